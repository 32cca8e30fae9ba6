"""The metadata in the template of a VM, which only KubeVirt's own schema closes.

kubevirt v1.9.0, pkg/util/openapi/openapi.go: the webhooks of a VM validate it with the OpenAPI
definitions, in which metadata is an ObjectMeta; the CRD keeps any field, and nulls with them.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.admission.rejection import Rejection
from vmsnap_lint.schema import SchemaFault
from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["rejections"]

_TEMPLATE = ("spec", "template", "metadata")
_FIELDS = frozenset((
    "annotations", "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp",
    "finalizers", "generateName", "generation", "labels", "managedFields", "name", "namespace",
    "ownerReferences", "resourceVersion", "selfLink", "uid",
))  # fmt: skip
_MAY_BE_NULL = frozenset(("creationTimestamp", "deletionTimestamp"))


def rejections(vm: Manifest) -> Iterator[Rejection]:
    """Unknown fields and nulls in the metadata of the template of a VM."""
    template = vm.mapping(*_TEMPLATE[:-1])
    if "metadata" not in template:
        return
    if template["metadata"] is None:
        yield _null(vm.at(*_TEMPLATE))
    for field, value in vm.mapping(*_TEMPLATE).items():
        at = vm.at(*_TEMPLATE, field)
        if field not in _FIELDS:
            if not holds_placeholder(field):
                what = f"unknown field {quoted_value(field)} in {dotted(_TEMPLATE)}"
                hint = nearest_hint(field, _FIELDS)
                place = at._replace(key=True)
                fixes = _renamed(place, field)
                yield Rejection.at(place, SchemaFault.UNKNOWN_FIELD, f"{what}{hint}", *fixes)
        elif value is None and field not in _MAY_BE_NULL:
            yield _null(at)
        elif field in ("labels", "annotations") and isinstance(value, dict):
            yield from (_null(vm.at(*at.path, key)) for key in value if value[key] is None)


def _renamed(at: Place, field: str) -> tuple[Remedy, ...]:
    from vmsnap_lint.objects import mending

    return mending.respelt(at, field, _FIELDS)


def _null(at: Place) -> Rejection:
    from vmsnap_lint.objects import mending

    message = f"{dotted(at.path)} is null, with which the VM is rejected: remove it"
    fixes = mending.without(at, safety=Safety.SAFE)
    return Rejection.at(at._replace(key=True), SchemaFault.WRONG_TYPE, message, *fixes)
