"""DataVolumes and dataVolumeTemplates that a snapshotted VM needs.

The rules are those of CDI v1.66.0, pkg/apiserver/webhooks/datavolume-validate.go, and of kubevirt
v1.9.0, pkg/storage/admitters/data-volume-template.go.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import vm_refusals
from vmsnap_lint.checks.families import Check
from vmsnap_lint.checks.prefilters import vm_in_scope
from vmsnap_lint.core.kinds import DATA_VOLUME, POOL, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.dependents import Link
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]


def datavolume_invalid(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume, or a template of one, that the webhook rejects."""
    if world.is_rendered_later(manifest):
        return
    specs: list[Place] = []
    related: tuple[Place, ...] = ()
    if manifest.kind == DATA_VOLUME.kind:
        user = world.dependents.data_volumes.get(manifest)
        if user is not None:
            specs, related = [manifest.at("spec")], (user.place,)
            yield from _not_adopted(user)
    elif world.vm_in_scope(manifest):
        path = (*VM_SPEC[manifest.group_kind], TEMPLATES[-1])
        if not manifest.get(*path):
            return
        specs = [manifest.at(*path, index, "spec") for index, _ in manifest.items(*path)]
    for spec in specs:
        from vmsnap_lint.kubevirt.admission import data_volume_webhook  # many VMs mount PVCs only

        for at, message, *fixes in data_volume_webhook.faults(spec):
            yield Problem(at, message, related or world.named_at(manifest), fixes=(*fixes,))


def _not_adopted(user: Link) -> Iterator[Problem]:
    """A PVC of the DataVolume's name that is not its own."""
    for cause in user.volume.causes:
        if cause.kind is StorageCause.CLAIM_NOT_ADOPTED and cause.at is not None:
            yield Problem(cause.at, cause.reason, (*cause.related, user.place))


def dvtemplate_unused(vm: Manifest, world: World) -> Iterator[Problem]:
    """A template that no volume uses, that has no name, or that has another namespace."""
    if not world.is_rendered_later(vm):
        yield from vm_refusals(vm, world, RejectionCause.TEMPLATE_UNUSED)


CHECKS: dict[str, Check] = {
    "datavolume-invalid": Check(datavolume_invalid, (DATA_VOLUME, POOL, VM)),
    "dvtemplate-unused": Check(dvtemplate_unused, (POOL, VM), vm_in_scope),
}
