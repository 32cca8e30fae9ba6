"""Tries inputs on a target and writes down what breaks: once a kind."""

from __future__ import annotations

import json
import mmap
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.mutation import MOST_BYTES
from fuzz.promises import BrokenPromiseError, TooSlowError, hold

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Attempts", "count", "current", "kind_of", "results"]

_RESULTS, _CURRENT, _COUNT = "results.jsonl", "current", "count"
_WORD = 8


class Attempts:
    """Calls a target; its folder says how many inputs were tried, and which one is tried now.

    So the input that ends the process is known.
    """

    def __init__(self, function: Callable[[bytes], None], folder: Path, patience: float) -> None:
        self._function = function
        self._patience = patience
        self._results = folder / _RESULTS
        self._kinds: set[str] = set()
        self._current = _shared(folder / _CURRENT, _WORD + MOST_BYTES)
        self._count = _shared(folder / _COUNT, _WORD)
        self._number = 0

    def __call__(self, data: bytes) -> None:
        """Tries one input."""
        data = data[:MOST_BYTES]
        self._number += 1
        self._count[:] = self._number.to_bytes(_WORD, "big")
        self._current[: _WORD + len(data)] = len(data).to_bytes(_WORD, "big") + data
        try:
            hold(self._function, data, self._patience)
        except (Exception, TooSlowError) as error:  # noqa: BLE001  # all that breaks is written down
            self._broken(data, error)

    def _broken(self, data: bytes, error: BaseException) -> None:
        kind = kind_of(error)
        if kind not in self._kinds:
            self._kinds.add(kind)
            with self._results.open("a") as file:
                file.write(json.dumps({"kind": kind, "input": data.hex()}) + "\n")


def kind_of(error: BaseException) -> str:
    """What tells one fault from another: its type and the innermost line of the program."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "vmsnap_lint" in frame.filename] or frames
    at = f"{Path(inside[-1].filename).name}:{inside[-1].lineno}" if inside else "?"
    words = str(error).split()[:6] if isinstance(error, BrokenPromiseError) else ()
    return " ".join(
        (f"{type(error).__name__} at {at}", *(word for word in words if word.isalpha()))
    )


def results(folder: Path) -> list[tuple[str, bytes]]:
    """What broke: the kinds of faults, with an input each."""
    path = folder / _RESULTS
    rows = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
    return [(row["kind"], bytes.fromhex(row["input"])) for row in rows]


def count(folder: Path) -> int:
    """How many inputs were tried."""
    path = folder / _COUNT
    return int.from_bytes(path.read_bytes(), "big") if path.exists() else 0


def current(folder: Path) -> bytes:
    """The input that was tried last."""
    data = (folder / _CURRENT).read_bytes()
    return data[_WORD : _WORD + int.from_bytes(data[:_WORD], "big")]


def _shared(path: Path, length: int) -> Any:
    with path.open("w+b") as file:
        file.truncate(length)
        return mmap.mmap(file.fileno(), length)
