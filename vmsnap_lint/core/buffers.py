"""Texts that stand in the place of files, by real path: what an editor has not saved yet.

Everything that reads, lists or looks for a file of the input asks here. One thread lints, so that
this is one place for the whole process.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

__all__ = ["NewEntry", "exists", "instead", "is_file", "listed", "stand_in"]


class NewEntry(NamedTuple):
    """What only buffers have in a directory: used as an `os.DirEntry` that is no link."""

    name: str
    path: str
    is_above: bool

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        return False

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002  # as of DirEntry
        """Whether it is a directory that a file would be in."""
        return self.is_above

    def is_file(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002  # the same
        """Whether it is a file."""
        return not self.is_above


class _Held:
    """The texts by real path, and by directory what would be there if they were saved."""

    texts: Mapping[str, bytes] = {}
    new: Mapping[str, Mapping[str, NewEntry]] = {}


class instead:  # noqa: N801  # reads as what it does: `with instead({path: text})`
    """Puts texts in the place of the files at these paths, which need not exist, while it lasts.

    Within others it adds to them.
    """

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = {os.path.realpath(path): text for path, text in texts.items()}

    def __enter__(self) -> None:
        """From now on."""
        self._before = _Held.texts, _Held.new
        texts = {**_Held.texts, **self._texts}
        _Held.texts, _Held.new = texts, _new_entries(texts)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """As it was before."""
        _Held.texts, _Held.new = self._before


def stand_in(location: str) -> bytes | None:
    """The text in the place of a file, None where that counts itself."""
    if not _Held.texts:
        return None
    return _Held.texts.get(os.path.realpath(location))


def is_file(path: str) -> bool:
    """Whether there is a file, or a text in its place."""
    return os.path.isfile(path) or (bool(_Held.new) and stand_in(path) is not None)


def exists(path: str) -> bool:
    """Whether there is anything, or would be if all texts were saved."""
    if os.path.exists(path):
        return True
    real = os.path.realpath(path) if _Held.new else ""
    return real in _Held.texts or real in _Held.new


def listed(directory: str, entries: Iterable[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """The entries of a directory with those that only texts have."""
    known = [*entries]
    if _Held.new:
        new = _Held.new.get(os.path.realpath(directory), {})
        known += new.values()  # type: ignore[arg-type]  # has what is asked of an entry
    return known


def _new_entries(texts: Iterable[str]) -> dict[str, dict[str, NewEntry]]:
    """What is missing on the disk of the ways to these paths, by directory and name."""
    new: dict[str, dict[str, NewEntry]] = {}
    for path in texts:
        step, is_above = path, False
        while not os.path.lexists(step):
            above, name = os.path.split(step)
            new.setdefault(above, {})[name] = NewEntry(name, step, is_above)
            if above == step:
                break
            step, is_above = above, True
    return new
