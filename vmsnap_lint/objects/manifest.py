"""A Document becomes Manifests: objects with a kind, a name and symbolic places."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key, Span
    from vmsnap_lint.document import Document, Source

__all__ = ["Manifest", "Place", "Ref", "SourceSpan", "manifests"]


class Ref(NamedTuple):
    """Names an object. `namespace` is None where it is not set (unknown) or the kind has none."""

    group: str
    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        """For messages: `VirtualMachine "web" in namespace "prod"`."""
        where = f' in namespace "{self.namespace}"' if self.namespace else ""
        return f'{self.kind} "{self.name}"{where}'


class Place(NamedTuple):
    """A symbolic location: a path in a manifest, turned into lines only when it is shown."""

    manifest: Manifest
    path: tuple[Key, ...]
    note: str = ""
    key: bool = False


class SourceSpan(NamedTuple):
    """A location in a file that holds no manifest (yet): what a reading fault points at."""

    source: Source
    span: Span
    note: str = ""


class Manifest:
    """One Kubernetes object of a document. Never changed after it is made.

    `value` is the decoded object, `root` the path of it in its document (() but for List items).
    `is_export` says that it was read from a cluster: it has a uid, a resourceVersion or a status.
    `group` is "" for the core group, `name` "" and `namespace` None where they are not set.
    """

    __slots__ = (
        "api_version", "document", "file", "group", "group_kind", "is_export", "kind", "name",
        "namespace", "ref", "root", "value", "version",
    )  # fmt: skip

    def __init__(self, document: Document, value: dict[str, Any], root: tuple[Key, ...]) -> None:
        self.document = document
        self.file = document.file
        self.value = value
        self.root = root
        self.api_version = _text(value.get("apiVersion"))
        self.kind = _text(value.get("kind"))
        self.group, self.version, self.group_kind = _identity(self.api_version, self.kind)
        metadata = value.get("metadata")
        if not isinstance(metadata, dict):
            metadata = {}
        self.name = _text(metadata.get("name"))
        self.namespace = _text(metadata.get("namespace")) or None
        self.ref = Ref(self.group, self.kind, self.namespace, self.name)
        self.is_export = bool(
            metadata.get("uid") or metadata.get("resourceVersion") or value.get("status")
        )

    @property
    def directory(self) -> str:
        """The directory of the file that it stands in, "" for the one of the run."""
        return self.file.rpartition("/")[0]

    @property
    def position(self) -> tuple[str, int, tuple[Key, ...]]:
        """Where it stands in the input: sorts, and is the same each time the file is read."""
        return self.file, self.document.index, self.root

    def get(self, *path: Key) -> Any:
        """The value at `path`, or None where any step is missing or of another shape."""
        value: Any = self.value
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and -1 < step < len(value):
                value = value[step]
            else:
                return None
        return value

    def mapping(self, *path: Key) -> dict[str, Any]:
        """The mapping at `path`, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def items(self, *path: Key) -> Iterator[tuple[int, dict[str, Any]]]:
        """The mappings in the list at `path`, each with its index; no other entries."""
        value = self.get(*path)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield index, item

    def text(self, *path: Key) -> str:
        """The text at `path`, or "" where there is none or it is of another type."""
        return _text(self.get(*path))

    def at(self, *path: Key, note: str = "", key: bool = False) -> Place:
        """The place of `path`; `key` points at the key rather than at its value."""
        return Place(self, path, note, key)


def manifests(document: Document) -> Iterator[Manifest]:
    """The objects of a document: itself, or the items of a List or of a typed list."""
    value = document.value
    if not isinstance(value, dict):
        return
    items = value.get("items")
    if isinstance(items, list) and _text(value.get("kind")).endswith("List"):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield Manifest(document, _typed(item, value), ("items", index))
    else:
        yield Manifest(document, value, ())


def _typed(item: dict[str, Any], of: dict[str, Any]) -> dict[str, Any]:
    """The item with the type that its list gives it, as an API server's answer leaves it out.

    Source: decodeToList in apimachinery's unstructured/helpers.go.
    """
    if (item.get("kind") and item.get("apiVersion")) or of["kind"] == "List":
        return item
    inferred = {"apiVersion": of.get("apiVersion"), "kind": of["kind"].removesuffix("List")}
    return {**item, **inferred}


@lru_cache(maxsize=1024)
def _identity(api_version: str, kind: str) -> tuple[str, str, Kind]:
    """Group, version, and the kind in its group."""
    group, _, version = api_version.rpartition("/")
    return group, version, Kind(group, kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
