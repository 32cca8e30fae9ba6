"""Copies of the files that renderers may read, in a directory that holds nothing else.

A file has its real path below that directory. Links are made anew, and lead to copies alone. So
what was judged is what is built, and nothing else can be.
"""

from __future__ import annotations

import errno
import os
import stat
from functools import cache, partial
from hashlib import sha256
from itertools import chain

from vmsnap_lint.core.bounded_files import why
from vmsnap_lint.core.buffers import stand_in
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.align import array_at
from vmsnap_lint.deploy.render.chart_files import MOST_FILES
from vmsnap_lint.deploy.render.plugins import as_json, configured
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import BinaryIO

    from vmsnap_lint.deploy.render.chart_files import ChartFiles
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.jobs import ChartJob
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["PrivateCopy", "not_copied", "values_file"]

_CHUNK = 1 << 20
_MOST_BYTES = 64 * 2**20  # of a tree; what may be built has much less
_MOST_BYTES_OF_RUN = 4 * _MOST_BYTES


class PrivateCopy:
    """A directory of copies."""

    def __init__(
        self, directory: str, beside: PrivateCopy | None = None, *, has_generated: bool = False
    ) -> None:
        """One `beside` another one shares its room; one may hold what nobody wrote."""
        self.directory = directory
        self.has_generated = has_generated
        self._there: dict[str, str] = {}
        self._judged: set[str] = set()
        self._used: set[str] = set()
        self._waiting: dict[str, Callable[[], object]] = {}
        self._nodes: dict[str, KustomizationNode] = {}
        self._size = cache(_size)
        self.room: list[int] = [_MOST_BYTES_OF_RUN] if beside is None else beside.room

    def place(self, path: str) -> str:
        """Where the copy of a path is."""
        return self.directory + os.path.splitdrive(path)[1]

    def original(self, path: str) -> str:
        """The path of which this is the copy."""
        return path.removeprefix(self.directory)

    def originals(self, text: str) -> str:
        """The text with the paths of originals in place of those of copies."""
        return text.replace(self.directory, "")

    def used(self) -> frozenset[str]:
        """The paths that the tree or chart which was added last consists of."""
        return frozenset(self._used)

    def digest(self, paths: Iterable[str], top: str) -> str:
        """What the copies of paths hold, as seen from a directory: equal for an equal tree."""
        found = sorted((_below(path, top), self._content(path, top)) for path in paths)
        return sha256("\0".join(map("\0".join, found)).encode(errors="surrogatepass")).hexdigest()

    def _content(self, path: str, top: str) -> str:
        """What is at a path: the digest of a file, where a link leads, or what else it is."""
        there = self._there.get(path)
        if there is None:
            return "directory" if os.path.isdir(path) else "nothing"
        return f"link to {_below(there, top)}" if os.path.isabs(there) else there

    def make(self, paths: Iterable[str]) -> str:
        """Write the copies of paths, which a build reads. Why that is not possible, or ""."""
        try:
            for path in sorted(self._waiting.keys() & paths):
                self._waiting.pop(path)()
        except OSError as error:
            return not_copied(error)
        return ""

    def add_chart(self, chart: ChartFiles) -> str:
        """Copy the files of a chart, and its links. Why that is not possible, or ""."""
        self._used = set()
        try:
            problem = self._too_big(chart.files)
            if not problem:
                for path in chart.files:
                    self._add_file(path)
                for path in chart.links:
                    self._link(path, "")
        except OSError as error:
            return not_copied(error)
        return problem

    def has_other(self, nodes: Iterable[KustomizationNode]) -> bool:
        """Whether a kustomization has another form here: one job adds fields to it."""
        there = ((self._nodes.get(node.location, node), node) for node in nodes)
        return any(
            here is not node and (here.kept, here.charts) != (node.kept, node.charts)
            for here, node in there
        )

    def add_tree(
        self,
        nodes: Sequence[KustomizationNode],
        read: FileCache,
        charts: Mapping[ChartJob, Sequence[Manifest]],
    ) -> str:
        """Kustomizations and what they name, to be copied as it was read. Why not, or "".

        Kustomizations, the configurations of plugins and the objects of `charts` are written as
        JSON, so that no parser can see more in them than ours did.
        """
        self._used = set()
        try:
            files = {path for node in nodes for path in (*node.resources, *node.others)}
            problem = self._too_big(files)
            for node in nodes if not problem else ():
                inflated = [each for each in node.charts if each.job in charts]
                self._add_kustomization(node, [os.path.basename(each.file) for each in inflated])
                self._add_plugins(node, read)
                for each in inflated:
                    self._write_json(each.file, (one.value for one in charts[each.job]))
            paths = {} if problem else dict(chain.from_iterable(n.paths.items() for n in nodes))
            for path, real in paths.items():
                self._used |= {path, real}
                self._link(path, real)
                if os.path.isdir(real):
                    place = self.place(real)
                    self._waiting[real] = partial(os.makedirs, place, exist_ok=True)
                elif real in files and not self._has(real):
                    self._there[real] = sha256(_whole(read.data(real))).hexdigest()
                    self._waiting[real] = partial(self._write_again, real, read)
        except OSError as error:
            return not_copied(error)
        return problem

    def add_data(self, path: str, data: bytes) -> None:
        """What was read from a path, to be copied."""
        if not self._has(path):
            self._add(path, data)

    def _add_kustomization(self, node: KustomizationNode, charts: Sequence[str]) -> None:
        """Others in its directory are links to it, or keep kustomize from building any."""
        self._nodes.setdefault(node.location, node)
        self._write_json(node.location, [_kept(node, charts)])
        for name in KUSTOMIZATIONS:
            path = os.path.join(node.directory, name)
            if path == node.location or not os.path.lexists(path):
                continue
            if os.path.realpath(path) == node.location:
                self._link(path, node.location)
            elif os.path.isfile(path) and not self._has(path):
                self._add(path, b"")

    def _add_plugins(self, node: KustomizationNode, read: FileCache) -> None:
        for file in (file for plugin in node.plugins.values() for file in plugin.files):
            _whole(read.data(file))
            self._write_json(file, map(configured, read.documents(file)))

    def _too_big(self, paths: Iterable[str]) -> str:
        """Why files are too many or too long to be copied together, or with others, or ""."""
        sizes = {path: self._size(path) for path in paths}
        if len(sizes) > MOST_FILES or sum(sizes.values()) > _MOST_BYTES:
            return f"it has more than {MOST_FILES:,} files or {_MOST_BYTES:,} bytes"
        self.room[0] -= sum(size for path, size in sizes.items() if path not in self._there)
        return "" if self.room[0] > 0 else f"all trees have more than {_MOST_BYTES_OF_RUN:,} bytes"

    def _link(self, path: str, real: str) -> None:
        """Make the links on the way of a path; they lead to the copies of their targets."""
        if real == path:
            return
        drive, tail = os.path.splitdrive(path)
        current = drive + os.sep
        for part in tail.split(os.sep):
            step = os.path.join(current, part)
            current = os.path.realpath(step)
            if current != step and not self._has(step):
                self._there[step] = current
                self._waiting[step] = partial(self._make_link, step, current)

    def _make_link(self, step: str, target: str) -> None:
        os.makedirs(os.path.dirname(self.place(step)), exist_ok=True)
        os.symlink(self.place(target), self.place(step))

    def _add_file(self, path: str) -> None:
        """Copy a regular file. Raises OSError if it is none by now."""
        if self._has(path):
            return
        text = stand_in(path)
        if text is not None:
            self._there[path] = sha256(text).hexdigest()
            self._write(path, text)
            return
        descriptor = os.open(path, os.O_RDONLY | _QUICKLY)
        with open(descriptor, "rb", buffering=0) as source:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(path)
            content = sha256()
            with self._new(path) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    content.update(chunk)
            self._there[path] = content.hexdigest()

    def _add(self, path: str, data: bytes) -> None:
        self._used.add(path)
        self._there[path] = sha256(data).hexdigest()
        self._waiting[path] = partial(self._write, path, data)

    def _write(self, path: str, data: bytes) -> None:
        with self._new(path) as file:
            file.write(data)

    def _write_again(self, path: str, read: FileCache) -> None:
        """Write a file that was judged, read anew. Raises OSError if it has changed."""
        data = _whole(read.data(path))
        if sha256(data).hexdigest() != self._there[path]:
            raise OSError(errno.EAGAIN, "it changed meanwhile")
        self._write(path, data)

    def _write_json(self, path: str, values: Iterable[object]) -> None:
        """Write a configuration, also over what another tree only names."""
        self._used.add(path)
        if path not in self._judged:
            self._judged.add(path)
            self._add(path, as_json(values).encode())

    def _has(self, path: str) -> bool:
        """Whether a path is copied, which the tree that is added consists of."""
        self._used.add(path)
        return path in self._there

    def _new(self, path: str) -> BinaryIO:
        self._there.setdefault(path, "")
        place = self.place(path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        return open(place, "wb")


def _whole(data: bytes | None) -> bytes:
    """The bytes of a file. Raises OSError where they are not all of it, or it cannot be read."""
    if data is None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data


def _below(path: str, top: str) -> str:
    """The path as seen from a directory, where it is below it."""
    return "." if path == top else path.removeprefix(os.path.join(top, ""))


def values_file(data: bytes) -> str:
    """The path that stands for the values of a chart in errors."""
    return os.path.join(os.sep, "values", f"{sha256(data).hexdigest()}.yaml")


def not_copied(error: OSError) -> str:
    """Why something is not copied: no room, too long a path, a file that is gone."""
    return f"its files cannot be copied ({why(error)})"


def _size(path: str) -> int:
    """The bytes of a file, 0 for none."""
    text = stand_in(path)
    if text is not None:
        return len(text)
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _kept(node: KustomizationNode, charts: Iterable[str]) -> dict[str, Any]:
    """What is built of a kustomization, with the plugins that are written in it as JSON."""
    fields = {str(at[0]) for at, plugin in node.plugins.items() if plugin.text}
    written = {
        field: [
            plugin.text if (plugin := node.plugins.get((field, index))) and plugin.text else item
            for index, item in enumerate(node.kept[field])
        ]
        for field in fields
    }
    if charts:
        written["resources"] = [*array_at(node.kept, "resources"), *charts]
    return {**node.kept, **written}


_QUICKLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
