"""The selector of a VirtualMachinePool, which must match the labels of its template.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmpool-admitter.go; kubernetes
v1.33, apimachinery/pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.admission.rejection import Rejection
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["selector_refusals"]

_SELECTOR = ("spec", "selector")
_LABELS = ("spec", "virtualMachineTemplate", "metadata", "labels")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def selector_refusals(pool: Manifest) -> Iterator[Rejection]:
    """The reason to reject a pool for a selector that does not match; its shape is the schema's."""
    if not pool.mapping("spec", "virtualMachineTemplate") or not pool.mapping(*_SELECTOR):
        return
    labels = pool.mapping(*_LABELS)
    if any(map(holds_placeholder, (*labels, *labels.values()))):
        return
    for path, what in _misses(pool, labels):
        message = f"the selector wants {what}, which the labels of the template do not have"
        yield Rejection.at(pool.at(*path), SchemaFault.WRONG_VALUE, f"{message}: it is rejected")
        return


def _misses(pool: Manifest, labels: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """The requirements that the labels do not meet."""
    for key, value in pool.mapping(*_SELECTOR, "matchLabels").items():
        if labels.get(key) != value and not _is_open(key, value):
            yield (*_SELECTOR, "matchLabels", key), f"{quoted([key])} to be {quoted([str(value)])}"
    path: Path = (*_SELECTOR, "matchExpressions")
    for index, wanted in pool.items(*path):
        key, operator = wanted.get("key"), wanted.get("operator")
        listed = wanted.get("values")
        values: list[Any] = listed if isinstance(listed, list) else []
        if not isinstance(key, str) or _is_open(key, operator, *values):
            continue
        if operator in _OPERATORS and not _meets(labels, key, operator, values):
            yield (*path, index), f"{quoted([key])} as {operator} asks"


def _meets(labels: dict[str, Any], key: str, operator: str, values: list[Any]) -> bool:
    if operator in ("Exists", "DoesNotExist"):
        return (key in labels) is (operator == "Exists")
    if operator == "In":
        return key in labels and labels[key] in values
    return key not in labels or labels[key] not in values


def _is_open(*texts: object) -> bool:
    return any(map(holds_placeholder, texts))
