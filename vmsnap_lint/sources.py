"""The paths of a run become files with a role, in one order whatever the paths' order was. Floor 6.

A named file is read whatever it is called; `-` is the standard input. A directory is walked for
`*.yaml`, `*.yml` and `*.json`, dot directories too, but for version control and dependency stores
(`NOT_WALKED`). Links to files are followed, links to directories are not, so that no loop is
possible; one that leads out of what is walked is listed as not checked. Pages of documentation
are read where they are named, and in directories where they are asked for.

Most files of a tree are none of our business. What holds no marker of a kind that we read is not
decoded; and when directories alone were named and no file in them holds a marker of KubeVirt or
of volume snapshots, claims and classes are somebody else's, and nothing is.
"""

# pathlib costs start-up time, and time for every file:
# ruff: noqa: PTH100, PTH110, PTH112, PTH113, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import io
import os
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import kustomization
from vmsnap_lint.errors import UsageError
from vmsnap_lint.model import NotChecked
from vmsnap_lint.options import FILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NOT_WALKED", "STDIN", "Role", "SourceFile", "Sources", "collect", "is_ours"]

STDIN = "<stdin>"
NOT_WALKED = frozenset((".bzr", ".git", ".hg", ".jj", ".svn", ".terraform", ".tox", ".venv",
                        "__pycache__", "node_modules"))  # fmt: skip
MOST_BYTES = 2**26  # what is longer is cut here, and then over every budget of the reader


class Role(Enum):
    """What a file is to the tools that apply it."""

    MANIFEST = "manifest"
    PATCH = "patch"  # kustomize lays it over an object: it is none itself
    CONFIG = "config"  # settings of kustomize, or values of a chart
    TEMPLATE = "template"  # of a Helm chart, not rendered
    KUSTOMIZATION = "kustomization"
    PAGE = "page"  # of documentation, with manifests in blocks


class SourceFile(NamedTuple):
    """One file. `path` is for people, `location` opens it; `chart` is its chart's directory.

    `kustomized` says that a kustomization builds it, so that its final form is not in the file.
    """

    path: str
    location: str
    data: bytes
    role: Role = Role.MANIFEST
    kustomized: bool = False
    chart: str = ""


class Sources(NamedTuple):
    """The files that concern us, sorted by path, of `seen` files looked at.

    `kustomizations` are the kustomization files that were asked for, if any file concerns us.
    """

    files: tuple[SourceFile, ...]
    seen: int
    not_checked: tuple[NotChecked, ...]
    kustomizations: tuple[SourceFile, ...] = ()


def collect(
    paths: Sequence[str],
    *,
    stdin: bytes | None = None,
    allow_empty: bool = False,
    markers: Sequence[bytes] = (),
    docs: bool = False,
) -> Sources:
    """The files that `paths` stand for; a path that cannot be used is a UsageError.

    A file that holds one of `markers` concerns us whatever else is in it. `docs` asks for the pages
    in directories, too.
    """
    found = _Found(docs=docs)
    loaded = []
    for path in sorted(set(paths)):
        if path == "-":
            found.pointed = True
            loaded.append(SourceFile(STDIN, "-", _given(stdin)))
        elif os.path.isdir(path):
            found.walk(path, allow_empty=allow_empty)
        else:
            found.name(path)
    loaded += [SourceFile(path, key, _load(key, path)) for key, path in sorted(found.files.items())]
    seen = len(loaded) + sum(map(bool, found.kustomizations.values()))
    pages = [file._replace(role=Role.PAGE) for file in loaded if _is_page(file.path)]
    loaded = [file for file in loaded if not _is_page(file.path)] if pages else loaded
    files: list[SourceFile] = []
    found.pointed |= any(_is_marked(file.data, markers) for file in loaded)
    built: tuple[SourceFile, ...] = ()
    if (
        found.pointed
        or any(_MATTERS.search(_plain(file.data)) for file in loaded)
        or any(map(_reaches_ours, filter(found.kustomizations.get, found.kustomizations)))
    ):
        concern = [file for file in loaded if is_ours(file.data) or _is_marked(file.data, markers)]
        files = _with_roles(concern, found.kustomizations)
        built = tuple(
            SourceFile(path, key, _load(key, path), Role.KUSTOMIZATION)
            for key, path in sorted(found.kustomizations.items())
            if path
        )
    files += [page for page in pages if is_ours(page.data)]
    files.sort(key=lambda file: (file.path, file.location))
    return Sources(tuple(files), seen, tuple(sorted(found.not_checked)), built)


def is_ours(data: bytes) -> bool:
    """Whether the bytes may hold an object that we read; errs on the side of yes."""
    return _READ.search(_plain(data)) is not None


def _reaches_ours(location: str) -> bool:
    """Whether a kustomization that leads out of its directory includes what concerns us."""
    stack, passed = [location], {location}
    while stack:
        at = stack.pop()
        data = _load(at, at)
        if _MATTERS.search(_plain(data)):
            return True
        if at == location and b".." not in data:
            return False
        if os.path.basename(at) in kustomization.NAMES:
            for below in kustomization.read(at, data).resources:
                inside = [os.path.join(below, name) for name in sorted(kustomization.NAMES)]
                files = [path for path in (below, *inside) if os.path.isfile(path)]
                stack += [path for path in files if path not in passed]
                passed.update(files)
    return False


def _is_marked(data: bytes, markers: Sequence[bytes]) -> bool:
    return bool(markers) and any(marker in _plain(data) for marker in markers)


class _Found:
    """Files and kustomization files by absolute path, each with the path for people.

    That of a kustomization is "" where it was not asked for, but stands beside a named file.
    `pointed` says that something was named which is no directory.
    """

    def __init__(self, *, docs: bool) -> None:
        self._docs = docs
        self.files: dict[str, str] = {}
        self.kustomizations: dict[str, str] = {}
        self.not_checked: set[NotChecked] = set()
        self.pointed = False
        self._beside: set[str] = set()

    def name(self, path: str) -> None:
        """Take a file that was named, and note a kustomization beside it."""
        if not os.path.exists(path):
            raise UsageError(
                f'no such file or directory: "{_shown(path)}": check the path, '
                "or leave it out to lint the current directory"
            )
        self.pointed = True
        key = os.path.abspath(path)
        self._take(key, os.path.normpath(path))
        directory = os.path.dirname(key)
        if directory not in self._beside:
            self._beside.add(directory)
            for beside in (os.path.join(directory, name) for name in kustomization.NAMES):
                if os.path.isfile(beside):
                    self.kustomizations.setdefault(beside, "")

    def walk(self, root: str, *, allow_empty: bool) -> None:
        """Take the manifests below a directory."""
        empty = True
        real_root = os.path.realpath(root)
        stack = [(os.path.abspath(root), os.path.normpath(root))]
        while stack:
            key, shown = stack.pop()
            prefix = "" if shown == "." else os.path.join(shown, "")
            for entry in _listing(key, shown):
                path, below = prefix + entry.name, os.path.join(key, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in NOT_WALKED:
                        stack.append((below, path))
                elif entry.is_dir():
                    self._pass_by(below, path, real_root)
                elif _is_candidate(entry.name) or (self._docs and _is_page(entry.name)):
                    empty = False
                    self._enter(entry, below, path)
        if empty and not allow_empty:
            raise UsageError(
                f'no YAML or JSON file in "{_shown(root)}": name a directory that holds '
                "manifests, or pass --allow-empty"
            )

    def _take(self, key: str, path: str) -> None:
        taken = self.kustomizations if os.path.basename(key) in kustomization.NAMES else self.files
        shown = _shown(path)
        taken[key] = min(taken.get(key) or shown, shown)

    def _enter(self, entry: os.DirEntry[str], key: str, path: str) -> None:
        if entry.is_file():
            self._take(key, path)
        else:
            reason = "a link to nothing" if entry.is_symlink() else "not a regular file"
            self.not_checked.add(NotChecked(_shown(path), reason))

    def _pass_by(self, key: str, path: str, real_root: str) -> None:
        if not f"{os.path.realpath(key)}{os.sep}".startswith(f"{real_root}{os.sep}"):
            reason = "a link to a directory elsewhere; name that directory to check it"
            self.not_checked.add(NotChecked(_shown(path), reason))


def _with_roles(files: list[SourceFile], kustomizations: Mapping[str, str]) -> list[SourceFile]:
    """The files with what kustomizations and charts make of them, and those kustomizations."""
    names = {os.path.basename(file.location) for file in files}
    uses: dict[str, Role] = {}
    resources: set[str] = set()
    result = []
    for key, path in sorted(kustomizations.items()):
        data = _load(key, path or key)
        if kustomization.may_name(data, names):
            named = kustomization.read(key, data)
            resources |= named.resources
            uses |= dict.fromkeys(named.configs, Role.CONFIG)
            uses |= dict.fromkeys(named.patches, Role.PATCH)
        if path and _RENAMES.search(data):
            result.append(SourceFile(path, key, data, Role.KUSTOMIZATION))
    uses |= dict.fromkeys(resources, Role.MANIFEST)
    built = {os.path.dirname(key): True for key in kustomizations}
    depths: dict[str, int] = {}
    for file in files:
        directory = os.path.dirname(file.location)
        if directory not in depths:
            depths[directory] = _depth_in_chart(directory) if directory else _NO_CHART
        role, chart = _in_chart(file, depths[directory])
        kustomized = file.location in resources or _is_below(directory, built)
        role = uses.get(file.location, role)
        result.append(file._replace(role=role, chart=chart, kustomized=kustomized))
    return result


def _in_chart(file: SourceFile, depth: int) -> tuple[Role, str]:
    """What a chart makes of a file that lies `depth` directories below it, and that chart."""
    if depth == 0 and os.path.basename(file.location).startswith("values"):
        return Role.CONFIG, ""
    if depth < 1:
        return Role.MANIFEST, ""
    parts = file.path.split("/")[: -depth - 1]
    return Role.TEMPLATE, "/".join(parts) or "."


def _depth_in_chart(directory: str) -> int:
    """How many directories up the chart is whose `templates` this belongs to; 0 is the chart."""
    if os.path.isfile(os.path.join(directory, "Chart.yaml")):
        return 0
    above = directory
    for depth in range(1, directory.count(os.sep) + 1):
        above, name = os.path.split(above)
        if name == "templates" and os.path.isfile(os.path.join(above, "Chart.yaml")):
            return depth
    return _NO_CHART


def _is_below(directory: str, built: dict[str, bool]) -> bool:
    """Whether a kustomization stands in the directory or above it; `built` learns the answer."""
    passed = []
    while directory not in built and directory:
        passed.append(directory)
        above = os.path.dirname(directory)
        directory = above if above != directory else ""
    answer = built.get(directory, False)
    built.update(dict.fromkeys(passed, answer))
    return answer


def _listing(directory: str, shown: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(shown, error) from error


def _load(location: str, path: str) -> bytes:
    try:
        with open(location, "rb", buffering=0) as file:
            if 0 < os.fstat(file.fileno()).st_size <= MOST_BYTES:
                return file.read()
            with io.BufferedReader(file) as pipe:  # or a device, or too long
                return pipe.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError) -> UsageError:
    reason = (error.strerror or "unknown error").lower()
    return UsageError(f'cannot read "{_shown(path)}": {reason}: make it readable or leave it out')


def _given(stdin: bytes | None) -> bytes:
    if stdin is None:
        raise UsageError('"-" was named, but nothing is on the standard input: pipe manifests in')
    return stdin


def _shown(path: str) -> str:
    """The path as reports write it: forward slashes, and nothing that is not text."""
    path = path.replace(os.sep, "/")
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_candidate(name: str) -> bool:
    if name in FILE_NAMES:
        return False
    return name.lower().endswith((".yaml", ".yml", ".json")) or name in kustomization.NAMES


def _is_page(path: str) -> bool:
    return path.lower().endswith((".adoc", ".asciidoc", ".markdown", ".md", ".mdx"))


def _plain(data: bytes) -> bytes:
    """ASCII of UTF-16 and UTF-32 as plain ASCII, so that the markers below are found in it."""
    return data.replace(b"\0", b"") if b"\0" in data else data


_NO_CHART = -1
# A tree with none of these has nothing to do with snapshots of virtual machines.
_MATTERS = re.compile(rb"kubevirt\.io|VirtualMachine|VolumeSnapshot|snapshot\.storage\.k8s\.io")
_READ = re.compile(
    _MATTERS.pattern + rb"|storage\.k8s\.io|PersistentVolume|StorageClass|DataVolume"
    rb"|kubevirt-config|StorageProfile|\bPod\b"
)
_RENAMES = re.compile(rb"\b(?:namePrefix|nameSuffix|namespace)\b")
