"""Collects the objects inside the objects of one document, within a budget."""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import CLUSTER_SCOPED, FLUX_HELM_RELEASE, VM, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.relevance import POINTERS, Relevance, of_kind
from vmsnap_lint.objects.manifest import Manifest, manifests
from vmsnap_lint.objects.wrappers import EACH, WRAPPERS, Form, Making

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.embedded.inline import TextDocument
    from vmsnap_lint.document.outline import Outline
    from vmsnap_lint.objects.wrappers import Wrapping

__all__ = ["MOST_VALUES", "TextBudget", "Unpacking", "Way", "Wrapped"]

MOST_VALUES = 100_000
"""Those that are looked at in a document."""
_MOST_OBJECTS = 2_000
_MOST_CHARACTERS = 2**21  # of the texts in one file; a ConfigMap holds at most 2**20
_DEEPEST = 5  # objects within objects
_CHART_NAMESPACE = {FLUX_HELM_RELEASE: ("spec", "targetNamespace")}
_DESTINATION = ("spec", "destination")
_IN_CLUSTER = ("", "in-cluster", "https://kubernetes.default.svc")


class Wrapped(NamedTuple):
    """An object inside another one: how it is made, and the outermost wrapper, for messages."""

    manifest: Manifest
    making: Making
    wrapper: str


class Way(NamedTuple):
    """How an object is reached: how it is made, what its wrapper gives it, and how deep it is."""

    making: Making = Making.APPLIED
    namespace: str = ""
    name: str = ""
    kind: Kind | None = None
    depth: int = 0


_DIRECT = Way()


class TextBudget:
    """How many characters of texts are still read of a file."""

    __slots__ = ("left",)

    def __init__(self, left: int = _MOST_CHARACTERS) -> None:
        self.left = left


class Unpacking:
    """The objects found so far, the texts that were read, and what could not be read.

    It stops at a budget, which `unread` tells; what aliases repeat is looked at once.
    """

    def __init__(self, wrapper: str, texts: TextBudget) -> None:
        self.objects: list[Wrapped] = []
        self.texts: list[Source] = []
        self.unread: dict[str, None] = {}
        self._wrapper = wrapper
        self._values = MOST_VALUES
        self._budget = texts
        self._known: set[int] = set()
        self._known_texts: set[str] = set()

    def take(self, wrapper: Manifest, way: Way = _DIRECT) -> None:
        """Adds what a manifest holds, if its kind is one of the wrappers."""
        if wrapper.group_kind not in WRAPPERS or _is_observed(wrapper):
            return
        if way.depth >= _DEEPEST:
            self.unread[f"{self._wrapper} holds objects too deep to be read"] = None
            return
        for row in WRAPPERS[wrapper.group_kind]:
            making = max(way.making, row.making, _place(wrapper, row.making))
            name = "${NAME}" if row.gives_name else way.name
            inner = Way(making, _namespace(wrapper), name, row.kind, way.depth)
            for path, value in _at(wrapper.value, row.path):
                self._open(wrapper.document, (*wrapper.root, *path), value, row, inner)

    def add(self, document: Document, root: Path, value: dict[str, Any], way: Way) -> None:
        """Adds an object that stands at `root`, and what it holds."""
        if not self._allows(values=1, objects=1):
            return
        is_indirect = way.making is not Making.APPLIED
        manifest = Manifest(document, _completed(value, way), root, is_indirect=is_indirect)
        # a name is for this object, but a composition may also set those of what it holds
        name = way.name if way.making is Making.FILLED else ""
        self.take(manifest, way._replace(name=name, depth=way.depth + 1))
        is_pointer = manifest.group_kind in POINTERS
        if of_kind(*manifest.group_kind) and not (is_pointer and way.making):
            self.objects.append(Wrapped(manifest, way.making, self._wrapper))

    def read(
        self, document: Document, path: Path, text: str, way: Way, *, values: bool = False
    ) -> None:
        """Adds the objects in a text: manifests, a script, or with `values` those of a chart."""
        if "apiVersion" not in text or "kind" not in text or text in self._known_texts:
            return
        self._known_texts.add(text)
        from vmsnap_lint.document.embedded import inline as texts  # few files hold any

        if not (texts.may_hold(text) and self._allows(values=1, characters=len(text))):
            return
        for inline in texts.read_inline(document, path, text):
            if inline.is_unread:
                self.unread[f"a text in {self._wrapper} is a template or does not parse"] = None
            elif not values:
                self.texts.append(inline.source)
            for inner in inline.documents:
                if values:
                    self.walk(inner, inner.prefix, inner.value, way)
                else:
                    self._add_all(inner, inner.prefix, way)

    def walk(self, document: Document, root: Path, value: Any, way: Way) -> None:
        """Adds the objects anywhere in values, also those that are written as text."""
        stack: list[tuple[Path, Any]] = [(root, value)]
        while stack:
            path, inner = stack.pop()
            if not self._allows(values=1):
                return
            if isinstance(inner, str) and "apiVersion" in inner:
                self.read(document, path, inner, way)
            if not isinstance(inner, dict | list) or id(inner) in self._known:
                continue
            self._known.add(id(inner))
            if isinstance(inner, dict) and _is_typed(inner):
                self._typed(document, path, inner, way)
                continue
            entries = inner.items() if isinstance(inner, dict) else enumerate(inner)
            stack += [((*path, key), below) for key, below in entries][::-1]

    def _typed(self, document: Document, path: Path, value: dict[str, Any], way: Way) -> None:
        """Adds a mapping with apiVersion and kind, unless it is a reference or only a part."""
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and (metadata.get("name") or metadata.get("generateName")):
            self.add(document, path, value, way)
        elif isinstance(value.get("spec"), dict) and of_kind(*_kind(value)) >= Relevance.MARKER:
            what = f"a {cut(value['kind'])} of its values"
            self.unread[f"the chart of {self._wrapper} makes {what}"] = None

    def _add_all(self, document: TextDocument, prefix: Path, way: Way) -> None:
        if document.known is not None and _is_foreign(document.known):
            self._allows(values=1, objects=1)
            return
        for item in manifests(document):
            root = (*prefix, *item.root)
            if item.kind or item.api_version:
                self.add(document, root, item.value, way)
            else:  # values of a chart, which a release names
                self.walk(document, root, item.value, way)

    def _open(self, document: Document, root: Path, value: Any, row: Wrapping, way: Way) -> None:
        """Adds what stands at a place of a wrapper."""
        if row.form is Form.CONDITION:
            root, value = (*root, "objectDefinition"), _required(value)
        if isinstance(value, dict) and row.form in (Form.OBJECT, Form.CONDITION):
            self.add(document, root, value, way)
        elif isinstance(value, dict | list) and row.form is Form.VALUES:
            self.walk(document, root, value, way)
        elif not isinstance(value, str):
            return
        elif row.form is Form.TEMPLATE and "apiVersion" in value:
            self.unread[f"{row.path[-1]} of {self._wrapper} is a template"] = None
        elif row.form in (Form.TEXT, Form.VALUES_TEXT) or "<<" in value:
            self.read(document, root, value, way, values=row.form is Form.VALUES_TEXT)

    def _allows(self, *, values: int, objects: int = 0, characters: int = 0) -> bool:
        """Whether the budget allows so much more, which is taken from it."""
        self._values -= values
        self._budget.left -= characters
        is_full = objects and len(self.objects) >= _MOST_OBJECTS
        if self._values >= 0 and self._budget.left >= 0 and not is_full:
            return True
        self.unread[f"the rest of {self._wrapper}, which holds more than is read"] = None
        return False


def _at(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Each value that the path leads to, with its own path; of `*` there are many."""
    found: list[tuple[Path, Any]] = [((), value)]
    for step in path:
        below: list[tuple[Path, Any]] = []
        for known, inner in found:
            if step == EACH:
                entries: Any = inner.items() if isinstance(inner, dict) else ()
                entries = enumerate(inner) if isinstance(inner, list) else entries
                below += [((*known, key), entry) for key, entry in entries]
            elif isinstance(inner, dict) and step in inner:
                below.append(((*known, step), inner[step]))
        found = below
    yield from found


def _is_typed(value: dict[str, Any]) -> bool:
    """Whether a mapping has the type of an object that rules read, or of one that holds such."""
    if not (isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)):
        return False
    return bool(of_kind(*_kind(value))) or _kind(value) in WRAPPERS


def _kind(value: dict[str, Any]) -> Kind:
    return Kind(value["apiVersion"].rpartition("/")[0], value["kind"])


def _is_foreign(known: Outline) -> bool:
    """Whether an object means nothing to a run, nor do those inside it."""
    kind = Kind(known.api_version.rpartition("/")[0], known.kind)
    return bool(known.kind) and kind not in WRAPPERS and not of_kind(*kind)


def _completed(value: dict[str, Any], way: Way) -> dict[str, Any]:
    """The object with the type, name and namespace that its wrapper gives it."""
    if way.kind is not None:
        value = {"apiVersion": f"{way.kind.group}/v1", "kind": way.kind.kind} | value
    metadata, version = value.get("metadata", {}), value.get("apiVersion")
    if not isinstance(metadata, dict):
        return value
    more = {}
    if way.name and not (metadata.get("name") or metadata.get("generateName")):
        more["name"] = way.name
    is_placed = way.namespace and not metadata.get("namespace") and isinstance(version, str)
    kind = Kind(str(version).rpartition("/")[0], str(value.get("kind")))
    if is_placed and kind not in CLUSTER_SCOPED:
        more["namespace"] = way.namespace
    return {**value, "metadata": {**metadata, **more}} if more else value


def _required(template: Any) -> Any:
    """The complete object that a policy requires, or None.

    "musthave" compares only the fields that are written, often of an object that something else
    made. https://open-cluster-management.io/docs/getting-started/integration/policy-controllers
    """
    if not isinstance(template, dict) or not isinstance(template.get("objectDefinition"), dict):
        return None
    definition: dict[str, Any] = template["objectDefinition"]
    if str(template.get("complianceType")).lower() == "mustnothave" or "status" in definition:
        return None
    metadata, spec = definition.get("metadata"), definition.get("spec")
    if not isinstance(metadata, dict) or not metadata.get("name"):
        return None
    is_vm = definition.get("kind") == VM.kind
    return None if is_vm and not (isinstance(spec, dict) and "template" in spec) else definition


def _is_observed(wrapper: Manifest) -> bool:
    """Whether it is a Crossplane Object that changes nothing."""
    policies = wrapper.get("spec", "managementPolicies")
    return policies == ["Observe"] or wrapper.text("spec", "managementPolicy") == "Observe"


def _namespace(wrapper: Manifest) -> str:
    """The namespace that the objects of a release get, "" where it is not known."""
    target = wrapper.text(*_DESTINATION, "namespace")
    if wrapper.group_kind in _CHART_NAMESPACE:
        target = wrapper.text(*_CHART_NAMESPACE[wrapper.group_kind]) or wrapper.namespace or ""
    return target


def _place(wrapper: Manifest, making: Making) -> Making:
    """ELSEWHERE for a release that is made in another cluster."""
    if making is not Making.APPLIED:
        return making
    server, name = (wrapper.text(*_DESTINATION, field) for field in ("server", "name"))
    is_here = server in _IN_CLUSTER and name in _IN_CLUSTER
    return making if is_here and not wrapper.get("spec", "kubeConfig") else Making.ELSEWHERE
