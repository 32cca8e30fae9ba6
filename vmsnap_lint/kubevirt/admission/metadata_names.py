"""Names, namespaces and labels that the API server rejects.

kubernetes 0.34, apimachinery/pkg/api/validation and pkg/apis/meta/v1/validation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder, is_dns1123_label, is_dns1123_subdomain
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["name_rejections"]

_LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_USUAL_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_RARE = frozenset(("annotations", "generateName"))
_NO_LABELS: dict[str, str] = {}
_LONGEST = 80
_KEYED = ("labels", "annotations")
_IN_LABELS = 'at most 63 letters, digits, "-", "_" and "."'


def name_rejections(manifest: Manifest) -> Iterator[Rejection]:
    """The faults of the name, the namespace, the labels and the keys of annotations."""
    if _is_usual(manifest):
        return
    for place, text, fault in _faults(manifest):
        if not holds_placeholder(text):
            shown = cut(text, _LONGEST)
            if not shown.isprintable():
                shown = shown.encode("unicode_escape").decode("ascii")
            yield Rejection.at(place, RejectionCause.NAME, fault.format(f'"{shown}"'))


def _is_usual(manifest: Manifest) -> bool:
    """Whether name, namespace and labels are such that nothing needs to be looked at closely."""
    metadata = manifest.value.get("metadata")
    if not isinstance(metadata, dict) or not _RARE.isdisjoint(metadata):
        return False
    if not _USUAL_NAME.fullmatch(manifest.name):
        return False
    if manifest.namespace and not _is_namespace(manifest.namespace):
        return False
    labels = metadata.get("labels", _NO_LABELS)
    if not isinstance(labels, dict):
        return False
    for key, value in labels.items():
        if not (isinstance(value, str) and _LABEL.fullmatch(value) and _is_label_key(key)):
            return False
    return True


def _faults(manifest: Manifest) -> Iterator[tuple[Place, str, str]]:
    """The place and text of each name that may be rejected, and the message about it."""
    metadata = manifest.mapping("metadata")
    for field in ("name", "generateName"):
        name = metadata.get(field, "")
        is_prefix = field == "generateName"
        if name and isinstance(name, str) and not is_dns1123_subdomain(name, prefix=is_prefix):
            form = 'at most 253 lower-case letters, digits, "-" and "."; no "-" or "." at the ends'
            fault = f"{field} {{}} is not a DNS-1123 subdomain: {form}"
            yield manifest.at("metadata", field), name, fault
    namespace = manifest.namespace
    if namespace and not _is_namespace(namespace):
        form = 'at most 63 lower-case letters, digits and "-"; no "-" at the ends'
        fault = f"namespace {{}} is not a DNS-1123 label: {form}"
        yield manifest.at("metadata", "namespace"), namespace, fault
    if metadata.keys().isdisjoint(_KEYED):
        return
    for field in _KEYED:
        keys = metadata.get(field)
        for key in keys if isinstance(keys, dict) else ():
            if not _is_label_key(key.lower() if field == "annotations" else key):
                form = f'{_IN_LABELS} after an optional domain and "/"'
                fault = f"{{}} is not a valid key of {field}: {form}"
                yield manifest.at("metadata", field, key, key=True), key, fault
    labels = metadata.get("labels")
    for key, value in labels.items() if isinstance(labels, dict) else ():
        if isinstance(value, str) and value and not _LABEL.fullmatch(value):
            fault = f"label value {{}} is invalid: {_IN_LABELS}; a letter or digit at the ends"
            yield manifest.at("metadata", "labels", key), value, fault


_is_namespace = lru_cache(maxsize=1024)(is_dns1123_label)


@lru_cache(maxsize=4096)
def _is_label_key(key: str) -> bool:
    domain, slash, name = key.rpartition("/")
    return _LABEL.fullmatch(name) is not None and (not slash or is_dns1123_subdomain(domain))
