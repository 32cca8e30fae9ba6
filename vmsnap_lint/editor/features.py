"""What a language server does with each message of an editor."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.answers import Answers, RefusedError
from vmsnap_lint.editor.code_actions import KINDS, Offered, actions
from vmsnap_lint.editor.open_text import OpenText

if TYPE_CHECKING:
    from vmsnap_lint.editor.server import Server

__all__ = ["register"]

_WATCHED = (
    "**/*.{yaml,yml,json,toml,tpl,txt,md,mdx,markdown,adoc,asciidoc,sh,bash,zsh,tgz}",
    "**/{Kustomization,Makefile,GNUmakefile,justfile,.gitignore,.helmignore}",
)


def register(server: Server) -> None:
    """Makes a server answer the messages of an editor."""
    _register_texts(server)
    _register_folders(server)
    _register_questions(server)
    _register_overviews(server)
    _register_changes(server)


def _register_texts(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        path = server.path_of(document.uri)
        if path:
            text = OpenText(document.uri, path, document.version, document.text)
            server.session.put(text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        text = server.text(params.text_document.uri)
        if text is None:
            return
        version = params.text_document.version
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                at = change.range
                start, end = at.start, at.end
                text = text.changed(
                    version,
                    (start.line, start.character),
                    (end.line, end.character),
                    change.text,
                    server.positions.index,
                )
            else:
                text = text._replace(version=version, text=change.text)
        server.session.put(text)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.session.drop(server.path_of(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.session.changed_on_disk([server.path_of(params.text_document.uri)])


def _register_folders(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        server.begin()
        workspace = server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration("files", method, options)
            server.client_register_capability(types.RegistrationParams([registration]))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(params: types.DidChangeWatchedFilesParams) -> None:
        paths = (server.path_of(change.uri) for change in params.changes)
        server.session.changed_on_disk([path for path in paths if path])

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(_params: types.DidChangeConfigurationParams) -> None:
        server.session.configure()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.refolder()

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> None:
        server.finish()


def _register_questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        known = server.answers(params.text_document.uri)
        return known and known[1].hover(known[0], params.position)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        known = server.answers(params.text_document.uri)
        return known[1].definition(known[0], params.position) if known else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        known = server.answers(params.text_document.uri)
        if known is None:
            return []
        declarations = params.context.include_declaration
        return known[1].references(known[0], params.position, declarations=declarations)

    options = types.CompletionOptions(trigger_characters=[":", " ", "-", "[", ",", "{", '"'])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: types.CompletionParams) -> types.CompletionList | None:
        known = server.answers(params.text_document.uri)
        return known and known[1].completion(known[0], params.position)


def _register_overviews(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        await server.settled(params.text_document.uri)
        known = server.answers(params.text_document.uri)
        return known[1].symbols_in(known[0]) if known else []

    @server.feature(types.WORKSPACE_SYMBOL)
    def every_symbol(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found: list[types.WorkspaceSymbol] = []
        for folder in server.session.folders():
            if folder.analysis is not None:
                about = Answers(
                    folder.analysis, server.session.texts, server.positions, versioned=False
                )
                found += about.symbols_named(params.query)
        return found

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        await server.settled(params.text_document.uri)
        known = server.answers(params.text_document.uri)
        return known[1].lenses_of(known[0]) if known else []


def _register_changes(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[*KINDS])
    )
    async def offered(params: types.CodeActionParams) -> list[types.CodeAction]:
        await server.settled(params.text_document.uri)
        known = server.answers(params.text_document.uri)
        if known is None:
            return []
        text, about = known
        folder = server.session.folder_of(text.path)
        found = folder.merged.files.get(about.file(text.path)) if folder else None
        if found is None:
            return []
        lines = range(params.range.start.line, params.range.end.line + 1)
        asked = Offered(params.context.diagnostics, params.context.only, lines)
        return actions(found, asked, about.changes)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def renamable(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder:
        await server.settled(params.text_document.uri)
        known = server.answers(params.text_document.uri)
        if known is None:
            raise _refused("the file is not read yet")
        try:
            return known[1].renamable(known[0], params.position)
        except RefusedError as error:
            raise _refused(str(error)) from error

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def renamed(params: types.RenameParams) -> types.WorkspaceEdit:
        await server.settled(params.text_document.uri)
        known = server.answers(params.text_document.uri)
        if known is None:
            raise _refused("the file is not read yet")
        try:
            return known[1].renamed(known[0], params.position, params.new_name)
        except RefusedError as error:
            raise _refused(str(error)) from error


def _refused(reason: str) -> JsonRpcException:
    """The error that an editor shows to who asked."""
    return JsonRpcException(reason, types.LSPErrorCodes.RequestFailed.value)
