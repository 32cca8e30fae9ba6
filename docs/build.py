"""Builds the site strictly: `python docs/build.py OUTPUT`; the extra `docs` has what it needs.

Every warning is an error. What Sphinx does not look at is checked in its output: that each link and
anchor leads somewhere, that nothing is loaded from elsewhere, and that each rule has its address.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from handbook.site_check import faults

__all__ = ["main"]

_DOCS = Path(__file__).resolve().parent


def main(output: str) -> int:
    """Builds into a directory; the exit code is 1 if anything is wrong."""
    strict = ("--fail-on-warning", "--keep-going", "--nitpicky", "--quiet", "--fresh-env")
    code = sphinx(["-b", "dirhtml", *strict, "-j", "auto", str(_DOCS), output])
    if code:
        return code
    found = faults(Path(output))
    for fault in found:
        print(fault)
    return int(bool(found))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/build.py OUTPUT")
    sys.exit(main(sys.argv[1]))
