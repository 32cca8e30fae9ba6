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
from pygls.exceptions import (
    FeatureNotificationError,
    FeatureRequestError,
    JsonRpcException,
    JsonRpcInternalError,
)
from pygls.lsp.server import LanguageServer

from vmsnap_lint import __version__
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.editor.answers import Answers
from vmsnap_lint.editor.client_positions import ClientPositions
from vmsnap_lint.editor.lsp_protocol import MessageStream, Protocol
from vmsnap_lint.editor.published import Published
from vmsnap_lint.editor.session import Session, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.editor.folder import Folder
    from vmsnap_lint.editor.open_text import OpenText

__all__ = ["Server"]

_PATIENCE = 2.0  # seconds that an answer waits for the lint of what was just typed
_STEP = 0.01


class Server(LanguageServer):
    """A language server, with the session of one editor."""

    def __init__(self, settings_of: Callable[[], Settings], config: str = "") -> None:
        super().__init__("vmsnap-lint", __version__, protocol_cls=Protocol)
        self._protocol: Protocol = self.protocol  # type: ignore[assignment]
        self.positions = ClientPositions("utf-16")
        self.session = Session(settings_of, Told(self._linted, self._failed), config)
        self._published = Published(self.positions, self.session.shows)
        self._judged: Mapping[str, OpenText] = {}
        self._answers: tuple[object, object, Answers] | None = None
        self._complaints: dict[str, list[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._untitled: tempfile.TemporaryDirectory[str] | None = None

    def begin(self) -> None:
        """Begins to lint what is open, once the editor is ready; says so only once, that is."""
        if self._loop is not None:
            return
        root = self.workspace.root_uri
        if root and not self.workspace.folders:  # of an editor that knows one folder only
            self.workspace.add_folder(types.WorkspaceFolder(root, ""))
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
        if self._untitled is not None:
            self._untitled.cleanup()

    def serve(self, from_editor: BinaryIO, to_editor: BinaryIO) -> int:
        """Answers until the editor ends; the exit code."""
        stream: Any = MessageStream(from_editor)  # has what is asked of a file
        self.start_io(stream, to_editor)
        return self._protocol.exit_code

    def refolder(self) -> None:
        """Takes the folders that are open in the editor."""
        folders = [folder.uri for folder in self.workspace.folders.values()]
        paths = (uris.to_fs_path(uri) for uri in folders if uris.urlparse(uri)[0] == "file")
        self.session.set_folders(path for path in paths if path)

    def path_of(self, uri: str) -> str:
        """The real path of a document, "" for what is neither a file nor a new text."""
        try:
            scheme = uris.urlparse(uri)[0]
            if scheme == "untitled":
                return self._path_of_untitled(uri)
            path = uris.to_fs_path(uri) if scheme == "file" else None
            real = os.path.realpath(path) if path and os.path.isabs(path) else ""
        except ValueError:
            return ""  # no URI, or no path of this system
        return "" if os.path.isdir(real) else real

    def _path_of_untitled(self, uri: str) -> str:
        """The path of a text that was never saved, in a directory of its own."""
        if self._untitled is None:
            self._untitled = tempfile.TemporaryDirectory(prefix="vmsnap-lint-")
        name = hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return os.path.realpath(os.path.join(self._untitled.name, f"untitled-{name}.yaml"))

    def text(self, uri: str) -> OpenText | None:
        """The text of an open document."""
        return self.session.texts.get(self.path_of(uri))

    def answers(self, uri: str) -> tuple[OpenText, Answers] | None:
        """The text of an open document, and who answers about its folder, if it was linted.

        None for a text that is too long to be read.
        """
        text = self.text(uri)
        folder = self.session.folder_of(text.path) if text is not None else None
        analysis = folder.analysis if folder is not None else None
        if text is None or analysis is None or text.is_too_long:
            return None
        catalog.declare(analysis.settings.policies)  # rules of this folder
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

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Tells of a message that cannot be understood, where nobody has to be interrupted.

        Who asked is told of a refusal, and nobody else.
        """
        refused = types.LSPErrorCodes.RequestFailed.value
        is_told = isinstance(error, JsonRpcException) and not isinstance(
            error, JsonRpcInternalError
        )
        if isinstance(error, JsonRpcException) and error.code == refused:
            return
        if source in (FeatureNotificationError, FeatureRequestError) and not is_told:
            self._failed(error)
            return
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
