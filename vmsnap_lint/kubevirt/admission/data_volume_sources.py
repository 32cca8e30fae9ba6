"""What CDI's webhook rejects of the source of a DataVolume.

containerized-data-importer v1.66.0, pkg/apiserver/webhooks/datavolume-validate.go and util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy

    Fault = tuple[Place, str, *tuple[Remedy, ...]]

__all__ = ["faults"]

_CLAIM = "PersistentVolumeClaim"
# What a source needs beyond what its schema requires.
_NEEDED = {
    "imageio": ("diskId", "secretRef"),
    "pvc": ("name", "namespace"),
    "snapshot": ("name", "namespace"),
    "vddk": ("backingFile", "secretRef", "thumbprint", "url", "uuid"),
}
_HTTP = ("http", "https", "gs")
_IMAGES = ("docker", "oci-archive")
_SCHEMES = {**dict.fromkeys(("gcs", "http", "imageio", "s3", "vddk"), _HTTP), "registry": _IMAGES}
_METHODS = ("pod", "node")


def faults(spec: Place, value: dict[str, Any]) -> Iterator[Fault]:
    """Each fault of the source or sourceRef of a DataVolume's spec, or of its dataSource."""
    source, reference = value.get("source"), value.get("sourceRef")
    if isinstance(source, dict):
        for kind in sorted(source.keys() & _SCHEMES.keys() | source.keys() & _NEEDED.keys()):
            if isinstance(source[kind], dict):
                yield from _of_kind(spec, kind, source[kind])
        yield from _content(spec, value, source)
    elif isinstance(reference, dict):
        yield from _reference(spec, reference)
    for half in ("pvc", "storage"):
        for field in ("dataSource", "dataSourceRef"):
            populator = spec.manifest.get(*spec.path, half, field)
            if isinstance(populator, dict):
                yield from _populator(_in(spec, half, field), populator)


def _of_kind(spec: Place, kind: str, source: dict[str, Any]) -> Iterator[Fault]:
    lacking = [field for field in _NEEDED.get(kind, ()) if not source.get(field)]
    if lacking:
        yield _in(spec, "source", kind, key=True), f'source "{kind}" needs {quoted(lacking)}'
    if kind == "registry":
        yield from _registry(_in(spec, "source", kind), source)
    url = source.get("url")
    if isinstance(url, str) and kind in _SCHEMES and not holds_placeholder(url):
        scheme, mark, _ = url.partition("://")
        if not mark or scheme.lower() not in _SCHEMES[kind]:
            use = quoted(f"{one}://" for one in _SCHEMES[kind])
            message = (
                f'source "{kind}" has the url "{cut(url)}", which must begin with one of {use}'
            )
            yield _in(spec, "source", kind, "url"), message


def _registry(at: Place, source: dict[str, Any]) -> Iterator[Fault]:
    url, stream, method = (source.get(field) for field in ("url", "imageStream", "pullMethod"))
    if (url is None) is (stream is None):
        message = 'source "registry" needs either "url" or "imageStream"'
        yield at._replace(key=True), message
    elif isinstance(method, str) and method not in _METHODS and not holds_placeholder(method):
        message = f'pullMethod "{cut(method)}" is not one of {quoted(_METHODS)}'
        place = at._replace(path=(*at.path, "pullMethod"))
        yield place, message, *_chosen(place, method, _METHODS)
    elif stream is not None and method is None:
        message = 'an imageStream is only pulled by the node: set pullMethod to "node"'
        yield at._replace(path=(*at.path, "imageStream"), key=True), message


def _content(spec: Place, value: dict[str, Any], source: dict[str, Any]) -> Iterator[Fault]:
    """An archive is in no image of a registry, and a blank disk holds none."""
    kind = next((kind for kind in ("blank", "registry") if source.get(kind) is not None), "")
    if kind and value.get("contentType") == "archive":
        message = f'contentType "archive" does not go with source "{kind}"'
        yield _in(spec, "contentType"), message


def _reference(spec: Place, reference: dict[str, Any]) -> Iterator[Fault]:
    kind = reference.get("kind")
    if isinstance(kind, str) and kind != "DataSource" and not holds_placeholder(kind):
        at = _in(spec, "sourceRef", "kind")
        message = f'sourceRef kind "{kind}" must be "DataSource"'
        yield at, message, *_chosen(at, kind, ("DataSource",))
    if not reference.get("name"):
        yield _in(spec, "sourceRef", key=True), "sourceRef has no name"


def _populator(at: Place, populator: dict[str, Any]) -> Iterator[Fault]:
    """The fault of a dataSource or dataSourceRef, which names what fills the PVC."""
    field = at.path[-1]
    if not populator.get("apiGroup") and populator.get("kind") not in (None, _CLAIM):
        message = f'{field} needs an apiGroup, as its kind is not "{_CLAIM}"'
        yield at._replace(key=True), message
    if field == "dataSourceRef" and populator.get("namespace"):
        message = "a DataVolume cannot be filled from another namespace by a dataSourceRef"
        yield at._replace(path=(*at.path, "namespace")), message


def _chosen(at: Place, value: str, values: tuple[str, ...]) -> tuple[Remedy, ...]:
    from vmsnap_lint.objects import mending

    return mending.chosen(at, value, values)


def _in(spec: Place, *path: str | int, key: bool = False) -> Place:
    return spec._replace(path=(*spec.path, *path), key=key)
