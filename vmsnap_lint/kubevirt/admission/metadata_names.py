"""Names, namespaces and labels that the API server rejects.

kubernetes 0.34, apimachinery/pkg/api/validation and pkg/apis/meta/v1/validation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.values import holds_placeholder, is_dns1123_label
from vmsnap_lint.core.values import is_dns1123_subdomain as is_subdomain
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["name_rejections"]

_LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_SIMPLE = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_LONGEST = 80


def name_rejections(manifest: Manifest) -> Iterator[Rejection]:
    """What is wrong with the name, the namespace, the labels and the keys of annotations."""
    if _is_sound(manifest.mapping("metadata")):
        return
    yield from _names(manifest)
    namespace = manifest.namespace
    if namespace and not is_dns1123_label(namespace) and not holds_placeholder(namespace):
        message = (
            f"namespace {_quoted(namespace)} is not a DNS-1123 label: lower-case letters, digits "
            'and "-", at most 63, first and last a letter or digit'
        )
        yield Rejection(RejectionCause.NAME, Problem(manifest.at("metadata", "namespace"), message))
    for field in ("labels", "annotations"):
        for key in manifest.mapping("metadata", field):
            if not _is_label_key(key, lenient=field == "annotations"):
                message = (
                    f"{_quoted(key)} cannot be a key of {field}: at most 63 letters, digits, "
                    '"-", "_" and ".", first and last a letter or digit, and before them '
                    'perhaps a domain with "/"'
                )
                at = manifest.at("metadata", field, key, key=True)
                yield Rejection(RejectionCause.NAME, Problem(at, message))
    yield from _label_values(manifest)


def _is_sound(metadata: dict[str, Any]) -> bool:
    """Whether a quick look finds nothing: the usual fields, each a usual text."""
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return (
        isinstance(name, str)
        and (namespace is None or (isinstance(namespace, str) and _is_usual(namespace)))
        and _SIMPLE.fullmatch(name) is not None
        and "generateName" not in metadata
        and not metadata.get("annotations")
        and _are_usual(metadata.get("labels"))
    )


def _are_usual(labels: object) -> bool:
    if not isinstance(labels, dict):
        return labels is None
    return all(
        isinstance(value, str) and _is_usual_label(key, value) for key, value in labels.items()
    )


@lru_cache(maxsize=1024)
def _is_usual(namespace: str) -> bool:
    return is_dns1123_label(namespace)


@lru_cache(maxsize=4096)
def _is_usual_label(key: str, value: str) -> bool:
    sound = not value or _LABEL.fullmatch(value) is not None
    return sound and _is_label_key(key, lenient=False)


def _names(manifest: Manifest) -> Iterator[Rejection]:
    for field, prefix in (("name", False), ("generateName", True)):
        name = manifest.text("metadata", field)
        if not name or is_subdomain(name, prefix=prefix) or holds_placeholder(name):
            continue
        message = (
            f"{field} {_quoted(name)} is not a DNS-1123 subdomain: lower-case letters, digits, "
            '"-" and ".", at most 253, first and last a letter or digit'
        )
        yield Rejection(RejectionCause.NAME, Problem(manifest.at("metadata", field), message))


def _label_values(manifest: Manifest) -> Iterator[Rejection]:
    for key, value in manifest.mapping("metadata", "labels").items():
        if not isinstance(value, str) or not value or _LABEL.fullmatch(value):
            continue
        if not holds_placeholder(value):
            message = (
                f"label value {_quoted(value)} is refused: at most 63 letters, digits, "
                '"-", "_" and ".", first and last a letter or digit'
            )
            yield Rejection(
                RejectionCause.NAME, Problem(manifest.at("metadata", "labels", key), message)
            )


def _is_label_key(key: str, *, lenient: bool) -> bool:
    """Keys of annotations are looked at in lower case."""
    if holds_placeholder(key):
        return True
    domain, slash, name = (key.lower() if lenient else key).rpartition("/")
    return _LABEL.fullmatch(name) is not None and (not slash or is_subdomain(domain))


def _quoted(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    return f'"{shown}"' if shown.isprintable() else ascii(shown)
