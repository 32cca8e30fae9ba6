"""What a folder has comes to an editor as diagnostics by file: only what is not known there yet."""

from __future__ import annotations

import os
import re
from itertools import chain

from lsprotocol import types
from pygls import uris

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.editor.analysis import location_in
from vmsnap_lint.editor.diagnostics import SOURCE, diagnostic
from vmsnap_lint.editor.merged import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.editor.client_positions import ClientPositions, LineOf
    from vmsnap_lint.editor.folder import Folder
    from vmsnap_lint.editor.open_text import OpenText

__all__ = ["Published", "uri_of"]

_PLACE = re.compile(r"(?P<file>[^:]+):(?P<line>[0-9]+): (?P<message>.*)", re.DOTALL)
_NOTHING = Found((), None)
_MOST_ADDRESSES = 50_000


class _Shown(NamedTuple):
    """What an editor shows of a file: whose it is, and what was found."""

    folder: Folder
    found: Found
    trouble: tuple[tuple[int, str], ...] = ()


class Published:
    """The files that have diagnostics in an editor, by URI; used by the thread that lints."""

    def __init__(self, positions: ClientPositions, owns: Callable[[Folder, str], bool]) -> None:
        self._positions = positions
        self._owns = owns
        self._shown: dict[str, _Shown] = {}
        self._addresses: dict[tuple[str, str], tuple[str, str]] = {}

    def news(
        self, folder: Folder, texts: Mapping[str, OpenText]
    ) -> list[types.PublishDiagnosticsParams]:
        """The diagnostics of the files of a folder that are others than before."""
        new = dict(self._of(folder, texts))
        mine = {uri for uri, shown in self._shown.items() if shown.folder is folder}
        changed = []
        for uri in sorted({*new, *mine}):
            shown = new.get(uri, _Shown(folder, _NOTHING))
            if uri in new and self._shown.get(uri) == shown:
                continue
            diagnostics = self._diagnostics(folder, shown, texts)
            version = next((text.version for text in texts.values() if text.uri == uri), None)
            changed.append(types.PublishDiagnosticsParams(uri, diagnostics, version))
            self._shown[uri] = shown
            if uri not in new:
                del self._shown[uri]
        return changed

    def elsewhere(self, folder: Folder) -> list[str]:
        """Why a folder cannot be linted, as far as no file of it tells."""
        return [line for line in folder.trouble if _told_by(folder, line) is None]

    def _of(self, folder: Folder, texts: Mapping[str, OpenText]) -> Iterator[tuple[str, _Shown]]:
        troubles: dict[str, list[tuple[int, str]]] = {}
        for line in folder.trouble:
            told = _told_by(folder, line)
            if told is not None:
                troubles.setdefault(told["file"], []).append((int(told["line"]), told["message"]))
        for file in dict.fromkeys(chain(folder.merged.files, troubles)):
            found = folder.merged.files.get(file, _NOTHING)
            real, address = self._address(folder, file)
            if file and self._owns(folder, real):
                uri = texts[real].uri if real in texts else address
                yield uri, _Shown(folder, found, tuple(troubles.get(file, ())))

    def _address(self, folder: Folder, file: str) -> tuple[str, str]:
        """The real path and the URI of a file, worked out once."""
        key = folder.root, file
        if key not in self._addresses:
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses.clear()
            path = location_in(folder.root, file)
            self._addresses[key] = os.path.realpath(path), uris.from_fs_path(path) or ""
        return self._addresses[key]

    def _diagnostics(
        self, folder: Folder, shown: _Shown, texts: Mapping[str, OpenText]
    ) -> list[types.Diagnostic]:
        def line_of(file: str) -> LineOf:
            found = folder.merged.files.get(file)
            source = found.source if found else None
            if source is None and folder.analysis is not None:
                source = folder.analysis.by_file.get(file)
            return source.line if source is not None else lambda _: ""

        def range_of(file: str, span: Span) -> types.Range:
            return self._positions.range(span, line_of(file))

        def uri(file: str) -> str:
            return uri_of(location_in(folder.root, file), texts)

        troubles = (_trouble(line, message) for line, message in shown.trouble)
        return [*troubles, *(diagnostic(each, range_of, uri) for each in shown.found.findings)]


def uri_of(path: str, texts: Mapping[str, OpenText]) -> str:
    """The URI of a file, as the editor writes it if the file is open."""
    text = texts.get(os.path.realpath(path))
    return text.uri if text is not None else uris.from_fs_path(path) or ""


def _told_by(folder: Folder, line: str) -> re.Match[str] | None:
    """The file of a folder, the line in it and the message, if it is such a mistake."""
    told = _PLACE.fullmatch(line)
    return told if told and os.path.isfile(location_in(folder.root, told["file"])) else None


def _trouble(line: int, message: str) -> types.Diagnostic:
    at = types.Range(types.Position(max(line - 1, 0), 0), types.Position(max(line, 1), 0))
    return types.Diagnostic(at, message, types.DiagnosticSeverity.Error, source=SOURCE)
