"""Writes ten thousand findings of one file in a format; prints the seconds of CPU, and the MB."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from tests.effort import quickest
from tests.report.made import MACHINE, MISSING, SOURCES, rendered, report
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Source

NUMBER = 10_000
LINES = MACHINE.count(b"\n")


def main() -> None:
    """Prints what the format takes that the first argument names."""
    text = b"".join(MACHINE.replace(b"web", b"web-%d" % index) for index in range(NUMBER))
    sources = {**SOURCES, "snapshot.yaml": Source("snapshot.yaml", text, (), ())}
    findings = tuple(
        MISSING._replace(
            span=Span(LINES * index + 4, 9, LINES * index + 4, 12),
            message=f'no VirtualMachine "web-{index}" in namespace "prod"',
            path=f"/spec/{index}",
            fingerprint=f"{index:032x}",
        )
        for index in range(NUMBER)
    )
    written = 0

    def write() -> None:
        nonlocal written
        lines = rendered(sys.argv[1], report(*findings), sources)
        written = sum(len(line) + 1 for line in lines)

    seconds = quickest(write, 2)
    sys.stdout.write(f"{written} {seconds:.2f} {_peak():.0f}\n")


def _peak() -> float:
    """The most memory of this program in MB; `ru_maxrss` has that of the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    main()
