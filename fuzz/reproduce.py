"""Tries one input again, and makes it small: `python -m fuzz.reproduce TARGET FILE [--shrink]`."""

from __future__ import annotations

import argparse
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.attempts import kind_of
from fuzz.promises import TooSlowError, hold
from fuzz.surroundings import confine
from fuzz.targets import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SECONDS = 20.0  # for making an input small


def main() -> int:
    """Prints why the input breaks a promise, and returns 1; 0 if it does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=BY_NAME)
    parser.add_argument("file", type=Path)
    parser.add_argument("--shrink", action="store_true", help="write a smaller input to the file")
    asked = parser.parse_args()
    confine()
    function, data = BY_NAME[asked.target].function, asked.file.read_bytes()
    error = _error(function, data)
    if error is None:
        print(f"{asked.file}: no promise of {asked.target} is broken")
        return 0
    if asked.shrink:
        data = _smallest(function, data, kind_of(error))
        asked.file.write_bytes(data)
    print("".join(traceback.format_exception(error)[-8:]).rstrip())
    print(f"{asked.target}: {kind_of(error)}: {len(data):,} bytes: {data[:400]!r}")
    return 1


def _error(function: Callable[[bytes], None], data: bytes) -> BaseException | None:
    try:
        hold(function, data)
    except (Exception, TooSlowError) as error:  # noqa: BLE001  # it is what is asked for
        return error
    return None


def _smallest(function: Callable[[bytes], None], data: bytes, kind: str) -> bytes:
    """The input without all parts that it breaks without, as far as time allows."""
    end = time.monotonic() + _SECONDS
    size = len(data) // 2
    while size:
        for smaller in _without(data, size):
            if time.monotonic() > end:
                return data
            error = _error(function, smaller)
            if error is not None and kind_of(error) == kind:
                data = smaller
                break
        else:
            size //= 2
    return data


def _without(data: bytes, size: int) -> Iterator[bytes]:
    """The input without a part of that size, once for each part."""
    for start in range(0, len(data), size):
        yield data[:start] + data[start + size :]


if __name__ == "__main__":
    raise SystemExit(main())
