"""Splits a Document into Manifests: objects with a kind, a name and symbolic places."""

from __future__ import annotations

from functools import lru_cache

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Key, Span
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.outline import Outline

__all__ = [
    "Manifest", "Place", "Ref", "SourceSpan", "in_namespace", "manifests", "number_written",
]  # fmt: skip


class Ref(NamedTuple):
    """The identity of an object; `namespace` is None if it is not set or the kind has none."""

    group: str
    kind: str
    namespace: str | None
    name: str

    def __str__(self) -> str:
        """`VirtualMachine "web" in namespace "prod"`, for messages."""
        where = f' in namespace "{self.namespace}"' if self.namespace else ""
        return f'{self.kind} "{self.name}"{where}'


class Place(NamedTuple):
    """A path in a manifest; its line is computed only when it is shown."""

    manifest: Manifest
    path: tuple[Key, ...]
    note: str = ""
    key: bool = False


class SourceSpan(NamedTuple):
    """A location in a file, for faults outside of manifests."""

    source: Source
    span: Span
    note: str = ""


class Manifest:
    """One Kubernetes object of a document. Immutable.

    `value` is the decoded object, `root` its path in the document (() except for items of a List
    and for objects inside other objects). `is_indirect` is true if nothing applies it as it
    stands there: a script, the user of a template or the controller of its wrapper makes it.
    `is_export` is true if it was read from a cluster: it has a uid, a resourceVersion or a status.
    `group` is "" for the core group; `name` is "" and `namespace` None if not set.
    """

    __slots__ = (
        "api_version", "document", "file", "group", "group_kind", "is_export", "is_indirect",
        "kind", "name", "namespace", "root", "value", "version",
    )  # fmt: skip

    def __init__(
        self,
        document: Document,
        value: dict[str, Any],
        root: tuple[Key, ...],
        *,
        is_indirect: bool = False,
    ) -> None:
        self.is_indirect = is_indirect
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
        self.is_export = bool(
            metadata.get("uid") or metadata.get("resourceVersion") or value.get("status")
        )

    @classmethod
    def outlined(cls, document: Document, known: Outline) -> Manifest:
        """The object of a document of which the outline is known: decoded when it is used."""
        metadata = {"name": known.name, "namespace": known.namespace}
        value = {"apiVersion": known.api_version, "kind": known.kind, "metadata": metadata}
        manifest = cls(document, value, ())
        manifest.is_export = known.is_export
        del manifest.value
        return manifest

    if not TYPE_CHECKING:  # or every name would be an attribute

        def __getattr__(self, name: str) -> Any:
            """The value, when it is used for the first time."""
            if name != "value":
                raise AttributeError(name)
            self.value = self.document.value
            return self.value

    def may_hold(self, word: str) -> bool:
        """Whether the word may be in a string of its document: told without decoding it."""
        return self.document.may_hold(word)

    @property
    def ref(self) -> Ref:
        """Its identity."""
        return Ref(self.group, self.kind, self.namespace, self.name)

    @property
    def directory(self) -> str:
        """The directory of its file, "" for the working directory."""
        return self.file.rpartition("/")[0]

    @property
    def title(self) -> str:
        """`VirtualMachine "web"`, for messages; a long name is cut."""
        return f'{self.kind} "{cut(self.name)}"'

    @property
    def position(self) -> tuple[str, int, tuple[Key, ...]]:
        """Its place in the input, as a sort key that is the same in each run."""
        return self.file, self.document.index, self.root

    def get(self, *path: Key) -> Any:
        """The value at `path`, or None if a step is missing or has another type."""
        return _below(self.value, path)

    def mapping(self, *path: Key) -> dict[str, Any]:
        """The object at `path`, or an empty one."""
        value = _below(self.value, path)
        return value if isinstance(value, dict) else {}

    def items(self, *path: Key) -> Iterator[tuple[int, dict[str, Any]]]:
        """The objects in the array at `path`, each with its index."""
        value = _below(self.value, path)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield index, item

    def text(self, *path: Key) -> str:
        """The string at `path`, or "" if there is none."""
        value = _below(self.value, path)
        return value if isinstance(value, str) else ""

    def at(self, *path: Key, note: str = "", key: bool = False) -> Place:
        """The place of `path`, or with `key` that of its key."""
        return Place(self, path, note, key)


def manifests(document: Document) -> Iterator[Manifest]:
    """The objects of a document: the items of a List or typed list, else the document itself."""
    if document.outline is not None:
        yield Manifest.outlined(document, document.outline)
        return
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


def number_written(manifests: Iterable[Manifest]) -> int:
    """How many objects are written: one that several clusters have counts once."""
    return len({manifest.document.written(manifest.root) for manifest in manifests})


def in_namespace(manifest: Manifest, namespace: str | None, name: str = "") -> Manifest:
    """The same object, at the same place, as it is applied to a namespace, or under a name."""
    metadata = {**manifest.mapping("metadata"), "namespace": namespace}
    if namespace is None:
        del metadata["namespace"]
    if name:
        metadata["name"] = name
    value = {**manifest.value, "metadata": metadata}
    return Manifest(manifest.document, value, manifest.root, is_indirect=manifest.is_indirect)


def _typed(item: dict[str, Any], within: dict[str, Any]) -> dict[str, Any]:
    """The item with the type of its list, which API servers omit in the items.

    Source: decodeToList in apimachinery's unstructured/helpers.go.
    """
    if (item.get("kind") and item.get("apiVersion")) or within["kind"] == "List":
        return item
    inferred = {"apiVersion": within.get("apiVersion"), "kind": within["kind"][: -len("List")]}
    return {**item, **inferred}


@lru_cache(maxsize=1024)
def _identity(api_version: str, kind: str) -> tuple[str, str, Kind]:
    """Group, version, and the kind in its group."""
    group, _, version = api_version.rpartition("/")
    return group, version, Kind(group, kind)


def _below(value: Any, path: tuple[Key, ...]) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -1 < step < len(value):
            value = value[step]
        else:
            return None
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
