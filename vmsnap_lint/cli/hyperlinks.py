"""Whether the terminal makes links of OSC 8, by its environment.

There is no way to ask a terminal, so those are listed that are known to, as in the packages
supports-hyperlinks (https://github.com/chalk/supports-hyperlinks) and its namesake for Rust
(https://github.com/zkat/supports-hyperlinks), where FORCE_HYPERLINK comes from, too.
"""

from __future__ import annotations

import os
import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["supported"]

# The first version of each program with links, of those that name themselves.
_PROGRAMS = {
    "Hyper": (0,), "Orca": (0,), "WarpTerminal": (0,), "WezTerm": (20200620,), "ghostty": (0,),
    "iTerm.app": (3, 1), "terminology": (0,), "vscode": (1, 72), "zed": (0,),
}  # fmt: skip
_MARKS = ("DOMTERM", "KONSOLE_VERSION", "WT_SESSION")
_TERMINALS = frozenset((
    "alacritty", "alacritty-direct", "foot", "foot-extra", "xterm-ghostty", "xterm-kitty",
))  # fmt: skip
_VTE = 5001  # 0.50.0 crashes at a link


def supported(is_wanted: bool) -> bool:
    """Whether to write links; `is_wanted` is whether the output is for a terminal, in color."""
    forced = os.environ.get("FORCE_HYPERLINK", "")
    if forced:
        return forced.strip() != "0"
    return is_wanted and _makes_links(os.environ)


def _makes_links(environ: Mapping[str, str]) -> bool:
    terminal = environ.get("TERM", "")
    if environ.get("CI") or environ.get("TEAMCITY_VERSION") or terminal in ("dumb", "linux"):
        return False
    if terminal in _TERMINALS or any(name in environ for name in _MARKS):
        return True
    vte = environ.get("VTE_VERSION", "")
    if vte.isdecimal() and int(vte) >= _VTE:
        return True
    since = _PROGRAMS.get(environ.get("TERM_PROGRAM", ""))
    return since is not None and _version(environ.get("TERM_PROGRAM_VERSION", "")) >= since


def _version(text: str) -> tuple[int, ...]:
    """`1.72.0-insider` as (1, 72, 0); (0,) if there is no number."""
    return tuple(int(digits[:9]) for digits in re.findall(r"[0-9]+", text)[:3]) or (0,)
