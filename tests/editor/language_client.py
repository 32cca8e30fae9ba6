"""A real client of the language server: its messages go over the pipes of a process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls import uris
from pygls.lsp.client import LanguageClient

from tests.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

__all__ = ["Editor", "edited"]

Partial = tuple[tuple[int, int], tuple[int, int], str]
_PATIENCE = 30.0  # seconds, of a busy machine
_CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True},
    },
}


class Editor:
    """What an editor knows: the diagnostics and messages that it was sent."""

    def __init__(self, folders: Sequence[Path], encoding: str = "utf-16") -> None:
        self.client = LanguageClient("tests", "1")
        self.folders = folders
        self.encoding = encoding
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.history: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.watched: list[str] = []
        self._versions: dict[str, int] = {}
        self._listen()

    def _listen(self) -> None:
        listen = self.client.feature  # which takes functions only
        listen(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda it: self._told(it))  # noqa: PLW0108
        listen(types.WINDOW_SHOW_MESSAGE)(lambda it: self._shown(it))  # noqa: PLW0108
        listen(types.WINDOW_LOG_MESSAGE)(lambda it: self._shown(it))  # noqa: PLW0108
        listen(types.CLIENT_REGISTER_CAPABILITY)(lambda it: self._registered(it))  # noqa: PLW0108

    def _told(self, params: types.PublishDiagnosticsParams) -> None:
        self.published[params.uri] = params
        self.history.append(params)

    def _shown(self, params: types.ShowMessageParams | types.LogMessageParams) -> None:
        self.messages.append(params.message)

    def _registered(self, params: types.RegistrationParams) -> None:
        self.watched += [each.method for each in params.registrations]

    async def start(self, *arguments: str) -> types.InitializeResult:
        """Starts the server, and waits until it is ready."""
        command = ("-m", "vmsnap_lint", "lsp", *arguments)
        await self.client.start_io(sys.executable, *command, cwd=ROOT)
        capabilities = self.client.protocol._converter.structure(
            {**_CAPABILITIES, "general": {"positionEncodings": [self.encoding]}},
            types.ClientCapabilities,
        )
        folders = [types.WorkspaceFolder(uri(path), path.name) for path in self.folders]
        params = types.InitializeParams(capabilities, workspace_folders=folders or None)
        result = await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())
        return result

    async def stop(self) -> int:
        """Ends the server as an editor does; its exit code."""
        await asyncio.wait_for(self.client.shutdown_async(None), _PATIENCE)
        self.client.exit(None)
        process: Any = self.client._server
        code: int = await asyncio.wait_for(process.wait(), _PATIENCE)
        return code

    def open(self, path: Path | str, text: str | None = None, version: int = 1) -> None:
        """Opens a file, or a text at a URI."""
        at = path if isinstance(path, str) else uri(path)
        content = path.read_text() if text is None and isinstance(path, Path) else text or ""
        self._versions[at] = version
        item = types.TextDocumentItem(at, "yaml", version, content)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: Path | str, *changes: str | Partial) -> int:
        """Sends changes: a whole text, or a text between two positions; the new version."""
        at = path if isinstance(path, str) else uri(path)
        self._versions[at] += 1
        document = types.VersionedTextDocumentIdentifier(version=self._versions[at], uri=at)
        events = [
            types.TextDocumentContentChangeWholeDocument(change)
            if isinstance(change, str)
            else types.TextDocumentContentChangePartial(
                types.Range(types.Position(*change[0]), types.Position(*change[1])), change[2]
            )
            for change in changes
        ]
        params = types.DidChangeTextDocumentParams(document, events)
        self.client.text_document_did_change(params)
        return self._versions[at]

    def close(self, path: Path | str) -> None:
        at = path if isinstance(path, str) else uri(path)
        document = types.TextDocumentIdentifier(at)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def changed_on_disk(self, *paths: Path) -> None:
        """Tells of files as an editor does that watches them."""
        events = [types.FileEvent(uri(path), types.FileChangeType.Changed) for path in paths]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    def of(self, path: Path | str) -> list[types.Diagnostic]:
        """The diagnostics that the editor shows of a file."""
        told = self.published.get(path if isinstance(path, str) else uri(path))
        return [*told.diagnostics] if told else []

    def rules(self, path: Path | str) -> list[str]:
        """Their rules."""
        return [str(each.code) for each in self.of(path)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits until a condition holds."""
        for _ in range(int(_PATIENCE * 100)):
            if condition():
                return
            await asyncio.sleep(0.01)
        assert condition(), (self.published, self.messages)


def uri(path: Path) -> str:
    """The URI of a file."""
    return uris.from_fs_path(str(path)) or ""


def edited(
    folders: Sequence[Path], session: Callable[[Editor], Coroutine[Any, Any, None]],
    *arguments: str, encoding: str = "utf-16",
) -> Editor:  # fmt: skip
    """The editor after a session with a server, which ends as it should."""

    async def run() -> Editor:
        editor = Editor(folders, encoding)
        await editor.start(*arguments)
        await asyncio.wait_for(session(editor), 2 * _PATIENCE)
        assert await editor.stop() == 0
        return editor

    return asyncio.run(run())
