"""The language server: messages of an editor become changes of a session, and questions answers.

The thread of the server only takes messages; another one lints.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from vmsnap_lint import __version__
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.editor.answers import Answers, RefusedError
from vmsnap_lint.editor.client_positions import ClientPositions
from vmsnap_lint.editor.code_actions import KINDS, Offered, actions
from vmsnap_lint.editor.open_text import OpenText
from vmsnap_lint.editor.published import Published
from vmsnap_lint.editor.session import Session, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.editor.folder import Folder

__all__ = ["Server"]

_WATCHED = (
    "**/*.{yaml,yml,json,toml,tpl,txt,md,mdx,markdown,adoc,asciidoc,sh,bash,zsh,tgz}",
    "**/{Kustomization,Makefile,GNUmakefile,justfile,.gitignore,.helmignore}",
)
_PATIENCE = 2.0  # seconds that an answer waits for the lint of what was just typed
_STEP = 0.01


class _Protocol(LanguageServerProtocol):
    """The protocol, in which each request is answered."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message; one that cannot be understood gets an error, and is told of.

        Raises JsonRpcException for such a one.
        """
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise


class Server(LanguageServer):
    """A language server, with the session of one editor."""

    def __init__(self, settings_of: Callable[[], Settings]) -> None:
        super().__init__("vmsnap-lint", __version__, protocol_cls=_Protocol)
        self.positions = ClientPositions("utf-16")
        self.session = Session(settings_of, Told(self._linted, self._failed))
        self._published = Published(self.positions, self.session.shows)
        self._judged: Mapping[str, OpenText] = {}
        self._answers: tuple[object, object, Answers] | None = None
        self._complaints: dict[str, list[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._untitled = tempfile.TemporaryDirectory(prefix="vmsnap-lint-")
        _register(self)

    def begin(self) -> None:
        """Begins to lint what is open, once the editor is ready."""
        self._loop = asyncio.get_running_loop()
        encoding = str(self.workspace.position_encoding or "utf-16")
        self.positions = ClientPositions(encoding)
        self._published = Published(self.positions, self.session.shows)
        # the texts are kept by the session, which counts lines as editors do
        self.workspace._sync_kind = types.TextDocumentSyncKind.None_  # noqa: SLF001
        self.refolder()
        self.session.start()

    def finish(self) -> None:
        """Ends the session."""
        self.session.end()
        self._untitled.cleanup()

    def refolder(self) -> None:
        """Takes the folders that are open in the editor."""
        folders = [folder.uri for folder in self.workspace.folders.values()]
        if not folders and self.workspace.root_uri:
            folders = [self.workspace.root_uri]
        paths = (uris.to_fs_path(uri) for uri in folders if uris.urlparse(uri)[0] == "file")
        self.session.set_folders(path for path in paths if path)

    def path_of(self, uri: str) -> str:
        """The real path of a document, "" for what is neither a file nor a new text."""
        try:
            scheme = uris.urlparse(uri)[0]
        except ValueError:
            return ""  # no URI
        if scheme == "untitled":
            name = hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()[:16]
            return os.path.realpath(os.path.join(self._untitled.name, f"untitled-{name}.yaml"))
        path = uris.to_fs_path(uri) if scheme == "file" else None
        return os.path.realpath(path) if path and "\0" not in path else ""

    def text(self, uri: str) -> OpenText | None:
        """The text of an open document."""
        return self.session.texts.get(self.path_of(uri))

    def answers(self, uri: str) -> tuple[OpenText, Answers] | None:
        """The text of an open document, and who answers about its folder, if it was linted."""
        text = self.text(uri)
        folder = self.session.folder_of(text.path) if text is not None else None
        analysis = folder.analysis if folder is not None else None
        if text is None or analysis is None:
            return None
        texts = self.session.texts
        known = self._answers
        if known is None or known[0] is not analysis or known[1] is not texts:
            documents = self.client_capabilities.workspace
            edits = documents.workspace_edit if documents else None
            versioned = bool(edits and edits.document_changes)
            new = Answers(analysis, texts, self.positions, versioned=versioned)
            known = self._answers = analysis, texts, new
        return text, known[2]

    async def settled(self, uri: str) -> None:
        """Waits until what was typed last in a document is judged, at most a moment."""
        text, left = self.text(uri), _PATIENCE
        while text is not None and self._judged.get(text.path) != text and left > 0:
            await asyncio.sleep(_STEP)
            left -= _STEP

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002
        """Tells of a message that cannot be understood, where nobody has to be interrupted."""
        self.window_log_message(
            types.LogMessageParams(types.MessageType.Error, f"message not understood: {error}")
        )

    # These two are called by the thread that lints.

    def _linted(self, folder: Folder, texts: Mapping[str, OpenText]) -> None:
        news = self._published.news(folder, texts)
        complaints = self._published.elsewhere(folder)
        self._call(self._publish, news, folder, complaints, texts)

    def _failed(self, error: Exception) -> None:
        text = f"vmsnap-lint has a defect, please report it: {error}"
        message = types.LogMessageParams(types.MessageType.Error, text)
        self._call(self.window_log_message, message)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _publish(
        self,
        news: Sequence[types.PublishDiagnosticsParams],
        folder: Folder,
        complaints: list[str],
        texts: Mapping[str, OpenText],
    ) -> None:
        for each in news:
            self.text_document_publish_diagnostics(each)
        self._judged = texts
        if complaints and self._complaints.get(folder.root) != complaints:
            text = "; ".join(complaints)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, text))
        self._complaints[folder.root] = complaints


def _refused(reason: str) -> JsonRpcException:
    """The error that an editor shows to who asked."""
    return JsonRpcException(reason, types.LSPErrorCodes.RequestFailed.value)


def _register(server: Server) -> None:
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
    async def initialized(_params: types.InitializedParams) -> None:
        server.begin()
        workspace = server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration("files", method, options)
            await server.client_register_capability_async(types.RegistrationParams([registration]))

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

    options = types.CompletionOptions(trigger_characters=[":", " ", "-", "[", ","])

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
        asked = Offered(params.context.diagnostics, params.context.only)
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
