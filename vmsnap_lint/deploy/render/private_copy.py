"""Copies of the files that renderers may read, in a directory that holds nothing else.

A file has its real path below that directory. Links are made anew, and lead to copies alone. So
what was judged is what is built, and nothing else can be.
"""

from __future__ import annotations

import os
import stat
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from vmsnap_lint.deploy.render.plugins import as_json
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import KustomizationNode

__all__ = ["PrivateCopy"]

_CHUNK = 1 << 20
_MOST_FILES = 20_000
_MOST_BYTES = 64 * 2**20


class PrivateCopy:
    """A directory of copies. Every method may raise OSError: no room, or too long a path."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._there: set[str] = set()
        self._size = cache(_size)

    def too_big(self, paths: Iterable[str]) -> str:
        """Why files are too many or too long to be copied together, or ""."""
        sizes = {path: self._size(path) for path in paths}
        largest = max(sizes, key=sizes.__getitem__, default="")
        if sizes and sizes[largest] > MOST_BYTES:
            return f"{os.path.basename(largest)} has more than {MOST_BYTES:,} bytes"
        if len(sizes) > _MOST_FILES or sum(sizes.values()) > _MOST_BYTES:
            return f"it has more than {_MOST_FILES:,} files or {_MOST_BYTES:,} bytes"
        return ""

    def place(self, path: str) -> str:
        """Where the copy of a path is."""
        return self.directory + os.path.splitdrive(path)[1]

    def original(self, path: str) -> str:
        """The path of which this is the copy."""
        return path.removeprefix(self.directory)

    def originals(self, text: str) -> str:
        """The text with the paths of originals in place of those of copies."""
        return text.replace(self.directory, "")

    def add_tree(self, nodes: Iterable[KustomizationNode], read: FileCache) -> None:
        """Copy the kustomizations and what they name, as it was read.

        Kustomizations and the configurations of plugins are written as JSON, so that no parser can
        see more in them than ours did.
        """
        nodes = list(nodes)
        for node in nodes:
            self._write(node.location, as_json([_with_plugins(node)]).encode())
            for file in (file for plugin in node.plugins.values() for file in plugin.files):
                values = [part.value for part in read.documents(file)]
                self._write(file, as_json(values).encode())
        for node in nodes:
            for path in node.paths:
                real = self.link(path)
                if os.path.isdir(real):
                    os.makedirs(self.place(real), exist_ok=True)
                elif real not in self._there:
                    data = read.data(real)
                    if data is not None:
                        self._write(real, data)

    def link(self, path: str) -> str:
        """The real path; links on the way to it lead to the copies of their targets."""
        real = os.path.realpath(path)
        if real == path:
            return real
        drive, tail = os.path.splitdrive(path)
        current = drive + os.sep
        for part in tail.split(os.sep):
            step = os.path.join(current, part)
            current = os.path.realpath(step)
            if current != step and step not in self._there:
                self._there.add(step)
                os.makedirs(os.path.dirname(self.place(step)), exist_ok=True)
                os.symlink(self.place(current), self.place(step))
        return real

    def add_file(self, path: str) -> None:
        """Copy a regular file. Raises OSError if it is none by now."""
        if path in self._there:
            return
        descriptor = os.open(path, os.O_RDONLY | _QUICKLY)
        with open(descriptor, "rb", buffering=0) as source:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(path)
            with self._new(path) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)

    def _write(self, path: str, data: bytes) -> None:
        if path not in self._there:
            with self._new(path) as file:
                file.write(data)

    def _new(self, path: str) -> BinaryIO:
        self._there.add(path)
        place = self.place(path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        return open(place, "xb")


def _size(path: str) -> int:
    """The bytes of a file, 0 for none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _with_plugins(node: KustomizationNode) -> dict[str, Any]:
    """The kustomization, with the plugins that are written in it as JSON."""
    fields = {str(at[0]) for at, plugin in node.plugins.items() if plugin.text}
    written = {
        field: [
            plugin.text if (plugin := node.plugins.get((field, index))) and plugin.text else item
            for index, item in enumerate(node.value[field])
        ]
        for field in fields
    }
    return {**node.value, **written}


_QUICKLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
