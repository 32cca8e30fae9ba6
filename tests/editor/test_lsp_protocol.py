"""Messages that are none, or come too early or too late: each request is answered, nothing ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("pygls")

from tests.shared import ROOT

SERVER = [sys.executable, "-m", "vmsnap_lint", "lsp"]
BEGIN: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
HOVER = {"textDocument": {"uri": "file:///x.yaml"}, "position": {"line": 0, "character": 0}}


def framed(body: bytes, header: str = "Content-Length: {}\r\n\r\n") -> bytes:
    return header.format(len(body)).encode() + body


def message(method: str, params: object = None, number: object = None, **more: object) -> bytes:
    """A request, or without a number a notification."""
    told = {"jsonrpc": "2.0", "method": method, "params": params, **more}
    return framed(json.dumps(told if number is None else {**told, "id": number}).encode())


FIRST = message("initialize", BEGIN, 1) + message("initialized", {})
LAST = message("shutdown", None, "last") + message("exit")


def spoken(*parts: bytes) -> tuple[int, list[Any]]:
    """The exit code of a server that is told all of this, and its messages."""
    run = subprocess.run(
        SERVER, input=b"".join(parts), capture_output=True, cwd=ROOT, timeout=60, check=False
    )
    assert run.stderr == b""
    bodies = run.stdout.split(b"Content-Length: ")[1:]
    return run.returncode, [json.loads(body.split(b"\r\n\r\n", 1)[1]) for body in bodies]


def codes(messages: list[Any]) -> dict[object, int]:
    """The error of each answer, 0 for a result."""
    answers = (each for each in messages if "id" in each and "method" not in each)
    return {each["id"]: each.get("error", {}).get("code", 0) for each in answers}


def test_nothing_that_is_no_message_ends_the_server() -> None:
    wrong = (
        framed(b"{abc}"), framed(b"\xff\xfe"), framed(b"[]"), framed(b"null"), framed(b"{}"),
        framed(b"[" * 100_000), framed(b'{"jsonrpc": "1.0", "id": 2, "method": "shutdown"}'),
        b"\r\n\r\nContent-Length: -5\r\n\r\nContent-Length: x\r\n\r\n",
        framed(b"{}", "Content-Type: application/vscode-jsonrpc\r\ncontent-length:{}\r\n\r\n"),
    )  # fmt: skip
    code, messages = spoken(FIRST, *wrong, message("textDocument/hover", HOVER, 3), LAST)
    assert (code, codes(messages)) == (0, {1: 0, 3: 0, "last": 0})
    told = [each["params"]["message"] for each in messages if "method" in each]
    assert len(told) == 8
    assert all(each.startswith("message not understood: ") for each in told)


@pytest.mark.parametrize("wrong", [-7, 30])
def test_after_a_wrong_length_the_next_messages_are_found(wrong: int) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 2, "method": "x/y"}).encode()
    off = f"Content-Length: {len(body) + wrong}\r\n\r\n".encode() + body
    lost = message("textDocument/hover", HOVER, 3)
    code, messages = spoken(FIRST, off, lost, message("textDocument/hover", HOVER, 4), LAST)
    assert code == 0
    assert codes(messages).items() >= {1: 0, 4: 0, "last": 0}.items()


def test_a_length_that_no_memory_has_reads_to_the_end() -> None:
    code, messages = spoken(FIRST, b"Content-Length: 999999999999999\r\n\r\n", LAST)
    assert (code, codes(messages)) == (0, {1: 0})


def test_each_request_is_answered_whenever_it_comes() -> None:
    code, messages = spoken(
        message("textDocument/hover", HOVER, 10), message("textDocument/didOpen", {}), FIRST,
        message("initialize", BEGIN, 11), message("no/such", None, 12), message("$/no", {}),
        message("textDocument/hover", {"x": 1}, 13), message("textDocument/hover", HOVER, {"a": 1}),
        message("textDocument/foldingRange", {"textDocument": {"uri": "file:///x"}}, 14),
        message("shutdown", None, 15), message("textDocument/hover", HOVER, 16),
        message("shutdown", None, 17), message("exit"),
    )  # fmt: skip
    assert code == 0
    assert codes(messages) == {
        10: -32002, 1: 0, 11: -32600, 12: -32601, 13: -32602, 14: -32601,
        15: 0, 16: -32600, 17: -32600,
    }  # fmt: skip


def test_who_says_twice_that_it_is_ready_is_heard_once() -> None:
    code, messages = spoken(FIRST, message("initialized", {}), LAST)
    assert (code, codes(messages), len(messages)) == (0, {1: 0, "last": 0}, 2)


@pytest.mark.parametrize("before", [b"", FIRST])
def test_an_exit_without_a_shutdown_is_a_failure(before: bytes) -> None:
    assert spoken(before, message("exit"))[0] == 1


def test_an_editor_that_is_gone_leaves_no_trace_of_what_it_was_asked() -> None:
    watching = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    begin = message("initialize", {**BEGIN, "capabilities": watching}, 1)
    code, messages = spoken(begin, message("initialized", {}))
    assert code == 0
    assert "client/registerCapability" in [each.get("method") for each in messages]


URIS = (
    "", "file:", "file:///", "file://[::1", "file:///\ud800", "file:///%ff%fe", "file:///nul%00",
    "http://example.com/x.yaml", "file:///c%3A/x.yaml", f"file:///{'a/' * 9000}x.yaml",
)  # fmt: skip


def test_no_uri_makes_an_answer_fail() -> None:
    asked = []
    for number, uri in enumerate(URIS, 2):
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": "a: 1\n"}
        asked += [
            message("textDocument/didOpen", {"textDocument": document}),
            message("textDocument/hover", {**HOVER, "textDocument": {"uri": uri}}, number),
            message("textDocument/didClose", {"textDocument": {"uri": uri}}),
        ]
    code, messages = spoken(FIRST, *asked, LAST)
    assert code == 0
    assert codes(messages) == dict.fromkeys(range(1, len(URIS) + 2), 0) | {"last": 0}


def test_an_editor_that_reads_no_more_ends_the_server_by_its_other_pipe() -> None:
    with subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdout.close()
        server.stdin.write(FIRST + message("textDocument/hover", HOVER, 2))
        server.stdin.close()
        assert server.wait(60) == 1
        assert server.stderr.read() == b""


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("handlers")
def test_a_signal_ends_a_server_that_waits(number: signal.Signals) -> None:
    with subprocess.Popen(
        SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write(FIRST)
        server.stdin.flush()
        server.stdout.read(100)
        server.send_signal(number)
        assert server.wait(60) == 128 + number
        assert server.stderr.read() == b""
