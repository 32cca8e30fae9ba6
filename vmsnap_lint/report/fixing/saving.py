"""Files as they are found to be fixed, and fixed files put in their place."""

from __future__ import annotations

import os
import stat

from vmsnap_lint.core import interruptions
from vmsnap_lint.core.bounded_files import replace, whole, why
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.repository import target
from vmsnap_lint.input.files import MOST_BYTES, location_of
from vmsnap_lint.report.fixing.edited_file import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.core.model import Fix
    from vmsnap_lint.report.fixing.edited_file import EditedFile

__all__ = ["found", "place", "saved"]

_CHANGED = "it was changed meanwhile, run it again"
_READ_ONLY = "it is read-only, make it writable"


def place(file: str) -> str:
    """The real path of a file of a report. Raises OSError for one outside of the repository."""
    return target(location_of(file))


def found(file: str, linted: bytes | None) -> EditedFile | str:
    """The file, of which these bytes were linted, or why it is left as it is; else a new one."""
    try:
        location = place(file)
        if linted is None:
            return (
                _new() if not os.path.lexists(location) else "its text is not known, fix it by hand"
            )
        data = whole(location, MOST_BYTES)
        if not _is_writable(location):
            return _READ_ONLY
    except OSError as error:
        return why(error)
    if data != linted:
        return _CHANGED
    return opened(data) or "its encoding cannot be kept, save it as UTF-8"


def _new() -> EditedFile | str:
    empty = opened(b"")
    return empty._replace(is_new=True) if empty is not None else ""


def saved(files: Mapping[str, EditedFile], fixes: Iterable[Fix]) -> dict[str, str]:
    """Puts the files in the place of those they were; returns those that are left, and why.

    Files that a fix changes together are written together or not at all.
    """
    refused: dict[str, str] = {}
    with interruptions.as_exceptions():
        for group in _groups(files, fixes):
            refused |= _save_together({file: files[file] for file in group})
    return refused


def _save_together(files: Mapping[str, EditedFile]) -> dict[str, str]:
    """Writes all of the files or none of them; returns why they are left, nothing if written."""
    written: list[str] = []
    try:
        for file, edited in files.items():
            reason = _save(file, edited)
            if reason:
                break
            written.append(file)
        else:
            return {}
    except BaseException:  # also the signal to end
        _restore(files, written)
        raise
    _restore(files, written)
    return dict.fromkeys(files, f"{file} is left ({reason})") | {file: reason}


def _save(file: str, edited: EditedFile) -> str:
    """Writes one file; returns why it is left, "" where it is written."""
    try:
        location = place(file)
        if edited.is_new and os.path.lexists(location):
            return _CHANGED
        if not edited.is_new and whole(location, MOST_BYTES) != edited.original:
            return _CHANGED
        replace(location, edited.data)
    except OSError as error:
        return why(error)
    return ""


def _restore(files: Mapping[str, EditedFile], written: Iterable[str]) -> None:
    """Undoes what was written before another file of the same fix could not be."""
    for file in written:
        edited, location = files[file], place(file)
        if whole(location, MOST_BYTES) != edited.data:
            continue
        if edited.is_new:
            os.unlink(location)
        else:
            replace(location, edited.original)


def _is_writable(location: str) -> bool:
    """Whether its owner lets anybody write it, and us put another one in its place."""
    is_marked = stat.S_IMODE(os.stat(location).st_mode) & 0o222
    directory = os.path.dirname(location) or "."
    return bool(is_marked) and os.access(location, os.W_OK) and os.access(directory, os.W_OK)


def _groups(files: Iterable[str], fixes: Iterable[Fix]) -> list[list[str]]:
    """The files in their order, those together that a fix, or a chain of them, changes together."""
    group_of = {file: [file] for file in files}
    for fix in fixes:
        first, *others = dict.fromkeys(edit.file for edit in fix.edits)
        for other in others:
            one, two = group_of[first], group_of[other]
            if one is not two:
                one += two
                group_of |= dict.fromkeys(two, one)
    return [*{id(group): group for group in group_of.values()}.values()]
