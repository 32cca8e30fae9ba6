"""Volumes of cloud-init that KubeVirt's webhook rejects.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Place

    Fault = tuple[Place, str]

__all__ = ["faults"]

_SOURCES = ("cloudInitNoCloud", "cloudInitConfigDrive")
_USER = ("userData", "userDataBase64", "secretRef")
_NETWORK = ("networkData", "networkDataBase64", "networkDataSecretRef")
_LONGEST = 2048


def faults(at: Place) -> Iterator[Fault]:
    """Each fault of the volumes of cloud-init in the spec of an instance."""
    vm = at.manifest
    for index, volume in vm.items(*at.path, "volumes"):
        for source in _SOURCES:
            data = volume.get(source)
            if isinstance(data, dict):
                yield from _of_source(vm.at(*at.path, "volumes", index, source), data)


def _of_source(at: Place, data: dict[str, Any]) -> Iterator[Fault]:
    name = at.path[-1]
    if not any(data.get(field) for field in (*_USER, *_NETWORK)):
        message = f"{name} has no data, expected one of {quoted((*_USER, *_NETWORK))}"
        yield at._replace(key=True), f"{message}: the VM is rejected"
    for fields, secret in ((_USER, "secretRef"), (_NETWORK, "networkDataSecretRef")):
        given = [field for field in fields if data.get(field)]
        if len(given) > 1:
            message = f"{name} has several of {quoted(fields)}; keep one"
            yield at._replace(path=(*at.path, given[1]), key=True), message
        text = data.get(fields[0])
        if isinstance(text, str) and not holds_placeholder(text):
            size = len(text.encode(errors="replace"))
            if size > _LONGEST:
                what = f"{fields[0]} has {size:,} bytes, more than {_LONGEST:,}"
                message = (
                    f"{what}: the VM is rejected, put it into a Secret and name that in {secret}"
                )
                yield at._replace(path=(*at.path, fields[0]), key=True), message
