"""What kubectl's own decoder takes and refuses, we take and refuse, with the same values."""

from __future__ import annotations

import json
import random
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.document.test_colons import TAKEN
from vmsnap_lint.document import FaultKind, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = "apiVersion: example.com/v1\nkind: Example\nmetadata: {{name: n{}}}\n"
BLANKS = re.compile(r"\s*")
PIECES = [
    *"abc::,,[]{}?-#'\"!|>%@`~1\\ \n\t", "c:d", "http://x/y", "::", ": ", ", ", "? ", "- ", " #x",
    "\n ", "\n  ", "'a'", '"b"', '"\\/"', '"\\u00e9"', '"\\uD800"', '"\\x4"', '"a\\\n b"',
    "'a\n---'", "&x ", "*x ", "&x", "*x", "&a:b ", "*x:b", "!!str ", "!t:u ", "!<x:y> ",
    "!a,b ", "é", "\u00a0", "\u2028", "\x85", "\ufeff", "<<", "...", "|\n", "|2\n", ">-\n",
    "|+\n", "|\n \t x\n", "\r\n", "\r", "x" * 1025, "x" * 1022 + ":", "%YAML 1.1", "a: b",
    "k: ", '"k":', "k:\t", "= ",
]  # fmt: skip


def _text(choice: random.Random) -> str:
    body = "".join(choice.choice(PIECES) for _ in range(choice.randint(1, 7)))
    frame = choice.choice(
        ["[{}]", "[a:b, {}]", "{{{}}}", "{{a: {}}}", "{}", "\n- {}\n- b", "\n  a: {}\n  b: c"]
    )
    return f"spec: {frame.format(body)}\n"


PASSED_OVER = {FaultKind.DUPLICATE_KEY, FaultKind.DROPPED}  # by kubectl


def _texts(seed: int, count: int) -> list[str]:
    choice = random.Random(seed)
    found = (_text(choice) for _ in range(count))
    return [text for text in found if not re.search(r"(?m)^(?:---|apiVersion|kind|metadata)", text)]


def _by_kubectl(texts: list[str], tools: str, folder: Path) -> dict[int, Any]:
    """The objects that kubectl decodes, by the index of their text."""
    command = [f"{tools}/kubectl", "annotate", "--local", "-o=json", "x=y"]
    for index, text in enumerate(texts):
        (folder / f"{index}.yaml").write_bytes((HEAD.format(index) + text).encode())
        command.append(f"-f={index}.yaml")
    home = {"HOME": str(folder), "KUBECONFIG": "none"}
    done = subprocess.run(
        command, cwd=folder, env=home, capture_output=True, text=True, check=False
    )
    found = {}
    for value in _values(done.stdout):
        found[int(value.pop("metadata")["name"][1:])] = value
    return found


def _values(output: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    position = 0
    while position < len(output):
        value, position = decoder.raw_decode(output, position)
        yield value
        blanks = BLANKS.match(output, position)
        position = blanks.end() if blanks else position


def _ours(text: str, index: int) -> Any:
    source = read("x.yaml", (HEAD.format(index) + text).encode())
    if len(source.documents) != 1 or {f.kind for f in source.faults} - PASSED_OVER:
        return None
    return {key: value for key, value in source.documents[0].value.items() if key != "metadata"}


def _differences(texts: list[str], tools: str, folder: Path) -> list[tuple[str, Any, Any]]:
    kubectl = _by_kubectl(texts, tools, folder)
    assert kubectl
    pairs = [(text, kubectl.get(i), _ours(text, i)) for i, text in enumerate(texts)]
    return [pair for pair in pairs if _shown(pair[1]) != _shown(pair[2])]


def _shown(value: Any) -> str:
    """The value as text, which tells 1 from true."""
    return json.dumps(value, sort_keys=True)


def test_colons_within_brackets(tools: str, tmp_path: Path) -> None:
    texts = [f"spec: {text}\n" for text in TAKEN]
    found = _by_kubectl(texts, tools, tmp_path)
    assert [found.get(i, {"spec": None})["spec"] for i in range(len(texts))] == [*TAKEN.values()]


@pytest.mark.parametrize("seed", range(4))
def test_texts_made_by_chance(seed: int, tools: str, tmp_path: Path) -> None:
    assert _differences(_texts(seed, 1_000), tools, tmp_path) == []
