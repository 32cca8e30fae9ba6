"""Questions of an editor about a place become answers in the words of its protocol."""

from __future__ import annotations

import os
from functools import cache

from lsprotocol import types

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.repository import is_below
from vmsnap_lint.editor import completions, hover, lenses, navigation, renaming, symbols
from vmsnap_lint.editor.analysis import file_in
from vmsnap_lint.editor.offers import OfferKind
from vmsnap_lint.editor.published import uri_of
from vmsnap_lint.editor.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vmsnap_lint.core.model import Edit, Span
    from vmsnap_lint.editor.analysis import Analysis
    from vmsnap_lint.editor.client_positions import ClientPositions, LineOf
    from vmsnap_lint.editor.open_text import OpenText
    from vmsnap_lint.editor.symbols import FileSymbol
    from vmsnap_lint.editor.view import Location

__all__ = ["Answers", "RefusedError"]

_KINDS = {
    OfferKind.FIELD: types.CompletionItemKind.Property,
    OfferKind.KIND: types.CompletionItemKind.Class,
    OfferKind.NAME: types.CompletionItemKind.Reference,
    OfferKind.RULE: types.CompletionItemKind.Constant,
    OfferKind.VALUE: types.CompletionItemKind.EnumMember,
}


class RefusedError(Exception):
    """What an editor asked for is not done; the text says why."""


class Answers:
    """The answers about one folder, from its last good view, and the texts that are open.

    `versioned` says that the editor takes edits with the versions of the texts that they are for.
    """

    def __init__(
        self,
        analysis: Analysis,
        texts: Mapping[str, OpenText],
        positions: ClientPositions,
        *,
        versioned: bool,
    ) -> None:
        self._versioned = versioned
        self._analysis = analysis
        self._texts = texts
        self._positions = positions
        self._view = View.of(analysis)
        self._uri = cache(self._uri_of)

    def file(self, path: str) -> str:
        """The name in reports of the file at a real path."""
        return file_in(self._analysis.root, path)

    def hover(self, text: OpenText, position: types.Position) -> types.Hover | None:
        """What is to be told about a place."""
        line, column = self._place(text, position)
        found = hover.hover(self._view, self.file(text.path), line, column, text.text)
        if found is None:
            return None
        content = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
        return types.Hover(content, self._positions.range(found.span, text.line))

    def definition(self, text: OpenText, position: types.Position) -> list[types.Location]:
        """Where what is named at a place is declared."""
        at = self._place(text, position)
        return self._locations(
            navigation.definitions(self._view, self.file(text.path), *at, text.text)
        )

    def references(
        self, text: OpenText, position: types.Position, *, declarations: bool
    ) -> list[types.Location]:
        """Where the object at a place is named."""
        at = self._place(text, position)
        return self._locations(
            navigation.references_at(
                self._view, self.file(text.path), *at, text.text, declarations=declarations
            )
        )

    def completion(self, text: OpenText, position: types.Position) -> types.CompletionList | None:
        """What may be written at a place."""
        line, column = self._place(text, position)
        file = self.file(text.path)
        found = completions.completions(self._view, file, text.text, line, column)
        if found is None:
            return None
        where = self._positions.range(found.span, text.line)
        items = [
            types.CompletionItem(
                label=offer.label,
                kind=_KINDS[offer.kind],
                detail=offer.detail or None,
                documentation=types.MarkupContent(types.MarkupKind.Markdown, offer.documentation)
                if offer.documentation
                else None,
                sort_text=f"{number:05}",
                text_edit=types.TextEdit(where, offer.text or offer.label),
            )
            for number, offer in enumerate(found.offers)
        ]
        return types.CompletionList(found.is_cut, items)

    def symbols_in(self, text: OpenText) -> list[types.DocumentSymbol]:
        """The objects of a file."""
        file = self.file(text.path)
        line_of = self._line_of(file)
        return [self._symbol(each, line_of) for each in symbols.symbols_in(self._view, file)]

    def symbols_named(self, query: str) -> list[types.WorkspaceSymbol]:
        """The objects whose names hold a text."""
        return [
            types.WorkspaceSymbol(
                self._location(each.file, each.span),
                each.name,
                types.SymbolKind.Object,
                container_name=f"{each.kind} {each.namespace}".strip(),
            )
            for each in symbols.symbols_named(self._view, query)
        ]

    def lenses_of(self, text: OpenText) -> list[types.CodeLens]:
        """The verdicts of a file."""
        file = self.file(text.path)
        line_of = self._line_of(file)
        return [
            types.CodeLens(self._positions.range(each.span, line_of), types.Command(each.text, ""))
            for each in lenses.lenses(self._view, file)
        ]

    def renamable(self, text: OpenText, position: types.Position) -> types.PrepareRenamePlaceholder:
        """The name at a place. Raises RefusedError where none can be renamed."""
        at = self._place(text, position)
        found = renaming.renamable(self._view, self.file(text.path), *at, text.text)
        if isinstance(found, renaming.Refusal):
            raise RefusedError(found.reason)
        where = self._positions.range(found.span, self._line_of(self.file(text.path)))
        return types.PrepareRenamePlaceholder(where, found.name)

    def renamed(self, text: OpenText, position: types.Position, name: str) -> types.WorkspaceEdit:
        """The edits that rename what is at a place. Raises RefusedError where it is not renamed."""
        at = self._place(text, position)
        edits = renaming.renamed(self._view, self.file(text.path), at, name, self._is_ours)
        if isinstance(edits, renaming.Refusal):
            raise RefusedError(edits.reason)
        changes = self.changes(edits)
        if changes is None:
            raise RefusedError("the texts have changed: try again in a moment")
        return changes

    def changes(self, edits: Sequence[Edit]) -> types.WorkspaceEdit | None:
        """Edits as those of the editor; None where a text is not the one that they are for."""
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            by_file.setdefault(edit.file, []).append(edit)
        changed: dict[str, list[types.TextEdit]] = {}
        versions: dict[str, int | None] = {}
        for file, own in by_file.items():
            path = os.path.realpath(self._analysis.location(file))
            source, text = self._analysis.by_file.get(file), self._texts.get(path)
            if source is None or (text is not None and text.data != source.data):
                return None
            uri, line_of = self._uri(file), self._line_of(file)
            versions[uri] = text.version if text is not None else None
            changed[uri] = [
                types.TextEdit(self._positions.range(edit.span, line_of), edit.text) for edit in own
            ]
        return self._workspace_edit(changed, versions)

    def _workspace_edit(
        self, changed: Mapping[str, Sequence[types.TextEdit]], versions: Mapping[str, int | None]
    ) -> types.WorkspaceEdit:
        if not self._versioned:
            return types.WorkspaceEdit(changes=changed)
        identifier = types.OptionalVersionedTextDocumentIdentifier
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(identifier(uri, versions[uri]), edits)
                for uri, edits in changed.items()
            ]
        )

    def _is_ours(self, file: str) -> bool:
        """Whether a file may be changed: it is in the folder, and can be written to."""
        path = os.path.realpath(self._analysis.location(file))
        is_inside = is_below(path, os.path.realpath(self._analysis.root))
        return is_inside and (path in self._texts or os.access(path, os.W_OK))

    def _symbol(self, symbol: FileSymbol, line_of: LineOf) -> types.DocumentSymbol:
        return types.DocumentSymbol(
            name=symbol.name or symbol.detail or "?",
            kind=types.SymbolKind.Object,
            range=self._positions.range(symbol.span, line_of),
            selection_range=self._positions.range(symbol.name_span, line_of),
            detail=symbol.detail,
            children=[self._symbol(each, line_of) for each in symbol.children],
        )

    def _locations(self, found: Iterable[Location]) -> list[types.Location]:
        return [self._location(each.file, each.span) for each in found]

    def _location(self, file: str, span: Span) -> types.Location:
        return types.Location(self._uri(file), self._positions.range(span, self._line_of(file)))

    def _uri_of(self, file: str) -> str:
        return uri_of(self._analysis.location(file), self._texts)

    def _line_of(self, file: str) -> LineOf:
        source = self._analysis.by_file.get(file)
        return source.line if source is not None and not source.is_ascii else _ascii

    def _place(self, text: OpenText, position: types.Position) -> tuple[int, int]:
        return self._positions.place(position, text.line)


def _ascii(_: int) -> str:
    """Stands for the lines of a file in which a column is a unit in each encoding."""
    return ""
