"""The selector of a VirtualMachinePool, which must match the labels of its template.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmpool-admitter.go.
"""

from __future__ import annotations

from vmsnap_lint.core.label_selector import selects
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.kubevirt.admission.rejection import Rejection
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["selector_refusals"]

_SELECTOR = ("spec", "selector")
_LABELS = ("spec", "virtualMachineTemplate", "metadata", "labels")


def selector_refusals(pool: Manifest) -> Iterator[Rejection]:
    """The reason to reject a pool for a selector that does not match; its shape is the schema's."""
    selector = pool.get(*_SELECTOR)
    metadata = pool.mapping(*_LABELS[:-1])
    if not isinstance(selector, dict) or not pool.mapping("spec", "virtualMachineTemplate"):
        return
    if any(key != "labels" and key.lower() == "labels" for key in metadata):
        return  # Go decodes it as labels, and no schema closes the template's metadata
    wanted = pool.mapping(*_SELECTOR, "matchLabels")
    is_odd = not all(isinstance(value, str) for value in wanted.values())
    if not is_odd and selects(selector, pool.mapping(*_LABELS)) is False:
        at, what = _missed(pool)
        message = f"the selector wants {what}, which the labels of the template do not have"
        yield Rejection.at(at, SchemaFault.WRONG_VALUE, f"{message}: the pool is rejected")


def _missed(pool: Manifest) -> tuple[Place, str]:
    """The first label that the selector wants and the template lacks, else the whole selector."""
    labels = pool.mapping(*_LABELS)
    for key, value in pool.mapping(*_SELECTOR, "matchLabels").items():
        if labels.get(key) != value:
            place = pool.at(*_SELECTOR, "matchLabels", key)
            return place, f"{quoted([key])} to be {quoted([value])}"
    return pool.at(*_SELECTOR, key=True), "more than matchLabels"
