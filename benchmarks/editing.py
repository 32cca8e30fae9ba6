"""Times an editor that types: from a key to the findings of it, over the pipes of a real server.

`python -m benchmarks.editing` makes repositories of 1,000 and 10,000 manifests; directories may
follow. Each key is typed into the name of the VM of a snapshot, and changes a finding.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from lsprotocol import types
from pygls import uris
from pygls.lsp.client import LanguageClient

from benchmarks.trees import TREES, make

LIMITS = {1_000: 0.1, 10_000: 0.3}
"""The seconds that a key may take, by the number of manifests."""
_KEYS = 25
_PAUSE = 0.2  # seconds between keys, of a quick typist
_A_FILE = 2.6  # manifests in a file of the tree
_SOURCE = b"kind: VirtualMachine\n    name: "
_PATIENCE = 120.0


class Figures(NamedTuple):
    """Seconds: until a folder was judged first, and of each key."""

    first: float
    keys: list[float]


def main() -> int:
    """Prints a row for each repository; 1 when a figure is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.editing", description=__doc__)
    parser.add_argument("directories", nargs="*", type=Path, metavar="DIRECTORY")
    given = parser.parse_args().directories
    print(f"load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    print("| repository | judged first | a key: median | slowest | limit |\n|---|---|---|---|---|")
    over = 0
    with tempfile.TemporaryDirectory() as there:
        made = [] if given else [(number, Path(there, str(number))) for number in LIMITS]
        for number, root in made:
            make("dense", number / _A_FILE / TREES["dense"].size, root)
        for number, root in made or [(0, root) for root in given]:
            figures = asyncio.run(_typed(root.resolve()))
            limit = LIMITS.get(number, float("inf"))
            over += statistics.median(figures.keys) > limit
            print(_row(f"{number:,} manifests" if number else str(root), figures, limit))
    return int(over > 0)


def _row(name: str, figures: Figures, limit: float) -> str:
    median, most = statistics.median(figures.keys), max(figures.keys)
    seconds = (f"{each * 1000:.0f} ms" for each in (median, most))
    shown = f"{limit * 1000:.0f} ms" if limit < float("inf") else ""
    return f"| {name} | {figures.first:.1f} s | {' | '.join(seconds)} | {shown} |"


async def _typed(root: Path) -> Figures:
    """The figures of one repository."""
    file = next(path for path in sorted(root.rglob("*.yaml")) if _SOURCE in path.read_bytes())
    uri, text = uris.from_fs_path(str(file)) or "", file.read_text()
    line = text[: text.index(_SOURCE.decode())].count("\n") + 1
    column = len("    name: ")
    client = LanguageClient("benchmark", "1")
    told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
    listen = client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    listen(lambda params: told.put_nowait(params))  # noqa: PLW0108  # it takes functions only
    started = time.perf_counter()
    await client.start_io(sys.executable, "-m", "vmsnap_lint", "lsp")
    folder = types.WorkspaceFolder(uris.from_fs_path(str(root)) or "", root.name)
    params = types.InitializeParams(types.ClientCapabilities(), workspace_folders=[folder])
    await client.initialize_async(params)
    client.initialized(types.InitializedParams())
    item = types.TextDocumentItem(uri, "yaml", 0, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    keys: list[float] = []
    first = 0.0
    for version in range(_KEYS + 1):
        at = types.Position(line, column)
        change = types.TextDocumentContentChangePartial(types.Range(at, at), "x")
        document = types.VersionedTextDocumentIdentifier(version=version + 1, uri=uri)
        sent = time.perf_counter()
        client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        while (await asyncio.wait_for(told.get(), _PATIENCE)).version != version + 1:
            pass
        keys.append(time.perf_counter() - sent)
        first = first or time.perf_counter() - started  # which waits for the whole folder
        await asyncio.sleep(_PAUSE if version else 5.0)
    await client.shutdown_async(None)
    client.exit(None)
    ended: Any = client.stop  # which has no types
    await ended()
    return Figures(first, keys[1:])


if __name__ == "__main__":
    sys.exit(main())
