"""What a run is doing just now, for who watches it: one place for the whole process.

Nothing depends on it; to tell costs next to nothing, so that every run does.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["enter", "interrupt", "may_end", "now", "reach", "step", "watch"]


class _Stage:
    """A text and how much of its work is done; `total` is 0 where that is unknown.

    `ended` is called with the text and what was done before the next one begins; `ending` between
    any two pieces of work.
    """

    __slots__ = ("done", "ended", "ending", "total", "what")

    def __init__(self) -> None:
        self.what, self.done, self.total = "starting", 0, 0
        self.ended: Callable[[str, int], None] | None = None
        self.ending: Callable[[], None] | None = None


_STAGE = _Stage()


def enter(what: str, total: int = 0) -> None:
    """Tells that this begins, such as "reading files"."""
    if _STAGE.ended is not None:
        _STAGE.ended(_STAGE.what, _STAGE.done)
    may_end()
    _STAGE.what, _STAGE.done, _STAGE.total = what, 0, total


def step() -> None:
    """Tells that one more piece of it is done."""
    _STAGE.done += 1
    may_end()


def may_end() -> None:
    """Lets who watches end the run here, between two pieces of work."""
    if _STAGE.ending is not None:
        _STAGE.ending()


def interrupt(ending: Callable[[], None] | None) -> None:
    """Calls this between any two pieces of work; what it raises ends the run. None ends that."""
    _STAGE.ending = ending


def reach(part: float) -> None:
    """Tells that about this part of it is done, from 0 to 1, by other processes as well."""
    _STAGE.done = max(_STAGE.done, int(part * _STAGE.total))


def now() -> str:
    """What is being done: "reading files: 1,200", "building trees: 3 of 12"."""
    what, done, total = _STAGE.what, _STAGE.done, _STAGE.total
    if total:
        return f"{what}: {min(done, total):,} of {total:,}"
    return f"{what}: {done:,}" if done else what


def watch(ended: Callable[[str, int], None] | None) -> None:
    """Lets this know of each stage that ends, with how many pieces of it were done; None ends that.

    Nobody else knows of them then.
    """
    _STAGE.ended = ended
