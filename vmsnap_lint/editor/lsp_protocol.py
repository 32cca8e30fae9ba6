"""The protocol as editors and others speak it: whatever comes gets an answer, or is passed over."""

from __future__ import annotations

import re
from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["MessageStream", "Protocol"]

_LENGTH = re.compile(rb"content-length:[ \t]*([0-9]{1,18})[ \t]*\r?\n\Z", re.IGNORECASE)
_LONGEST_LINE = 1 << 16
_LONGEST_MESSAGE = 1 << 30
_PIECE = 1 << 20  # bytes for which there is memory, whatever length is told
_NO_MESSAGE = b"null"


class MessageStream:
    """The bytes of an editor, as lines and bodies.

    What is left of a message whose length was wrong is passed over up to the next header.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readline(self) -> bytes:
        """The next line of a header, b"" at the end; the length of a body in its usual form."""
        line = self._stream.readline(_LONGEST_LINE)
        length = _LENGTH.search(line)
        return line if length is None else b"Content-Length: %d\r\n" % int(length[1])

    def read(self, number: int) -> bytes:
        """The body that has so many bytes; one that is too long is none."""
        parts: list[bytes] = []
        left = number
        while left > 0 and (part := self._stream.read(min(left, _PIECE))):
            left -= len(part)
            if number <= _LONGEST_MESSAGE:
                parts.append(part)
        return b"".join(parts) if number <= _LONGEST_MESSAGE else _NO_MESSAGE


class Protocol(LanguageServerProtocol):
    """The protocol, in which each request is answered, also when it comes too early or too late.

    `exit_code` is that of the process after all messages.
    """

    exit_code = 0

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message; one that cannot be understood gets an error, and is told of.

        Raises JsonRpcException for such a one.
        """
        method = data.get("method") if "jsonrpc" in data else None
        if method is None:
            return super().structure_message(data)
        is_request = isinstance(data.get("id"), str | int)
        try:
            if not isinstance(method, str) or ("id" in data and not is_request):
                raise JsonRpcInvalidRequest("a method is text, an id text or a number")
            if self.get_message_type(method) is not None:
                return super().structure_message(data)
            if is_request:
                raise JsonRpcMethodNotFound.of(method)
        except JsonRpcException as error:
            if is_request:
                self._send_response(data["id"], error=error.to_response_error())
            raise
        return JsonRPCNotification(method, self.VERSION, data.get("params"))

    def handle_message(self, message: Any) -> None:
        """Acts upon a message, unless it is not its time.

        Raises JsonRpcException for what is none.
        """
        if getattr(message, "jsonrpc", None) != self.VERSION:
            raise JsonRpcInvalidRequest("it is no message of JSON-RPC 2.0")
        method = getattr(message, "method", None)
        if method == types.EXIT:
            self.exit_code = 0 if self._shutdown else 1
        refusal = self._refusal(method)
        if refusal is None:
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._send_response(message.id, error=refusal.to_response_error())

    def _send_data(self, data: Any) -> None:
        """Sends a message, if the editor still reads."""
        with suppress(BrokenPipeError):  # its end is told by the other pipe
            super()._send_data(data)

    def _refusal(self, method: str | None) -> JsonRpcException | None:
        """Why a message comes too early or too late."""
        if method is None or method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("the server has been shut down")
        if self._workspace is None:
            is_first = method == types.INITIALIZE
            return None if is_first else JsonRpcServerNotInitialized("initialize comes first")
        return JsonRpcInvalidRequest("it is initialized") if method == types.INITIALIZE else None
