"""What KubeVirt's webhook for VMs rejects, of a VM or of the template of a VirtualMachinePool.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vms-admitter.go and
vmpool-admitter.go. The shape of the object is the schema's matter.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.releases import NEWEST, behaviour
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.admission import usual_vm
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["VM_SPEC", "refusals", "refusals_of"]

VM_SPEC: Mapping[Kind, Path] = {
    kinds.VM: ("spec",),
    kinds.POOL: ("spec", "virtualMachineTemplate", "spec"),
}
"""Where the kinds that the webhook judges have the spec of a VM."""

# Run strategies of each release.
_LASTING = ("Always", "Halted", "Manual", "RerunOnFailure")
_SINCE = {"Once": "0.51", "WaitAsReceiver": "1.6"}


def refusals(cluster: Cluster, manifest: Manifest, path: Path = ("spec",)) -> Iterator[Rejection]:
    """The reasons to reject the VM spec at `path`, from the manifest alone.

    It need not fit its schema; where it does not, that is not told here.
    """
    at = manifest.at(*path)
    if not isinstance(manifest.get(*path), dict):
        return
    if manifest.get(*path, "template") is None:
        message = "the VM has no template: it is rejected"
        yield Rejection.at(at._replace(key=True), SchemaFault.MISSING_FIELD, message)
        return
    yield from _beside_values(cluster, at)

    from vmsnap_lint.kubevirt.admission import vm_values  # of patches only

    yield from vm_values.refusals(cluster, at)


def refusals_of(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """The same of a VM or a pool with a template, without single values, which are rejections."""
    at = manifest.at(*VM_SPEC[manifest.group_kind])
    if manifest.mapping(*at.path).get("template") is not None:
        yield from _beside_values(cluster, at)


def _beside_values(cluster: Cluster, at: Place) -> Iterator[Rejection]:
    spec = at.manifest.mapping(*at.path)
    if spec.get("running") is not None or spec.get("runStrategy") not in _LASTING:
        yield from _run_state(cluster, at)
    if not usual_vm.is_sound(at):
        from vmsnap_lint.kubevirt.admission import vm_volumes  # many VMs have sound lists

        yield from vm_volumes.refusals(cluster, at)
    if spec.get("dataVolumeTemplates"):
        from vmsnap_lint.kubevirt.admission import data_volume_webhook  # many VMs mount PVCs only

        yield from data_volume_webhook.template_refusals(at)


def _run_state(cluster: Cluster, spec: Place) -> Iterator[Rejection]:
    """Exactly one of running and runStrategy is set, the latter to one that the release has."""
    vm = spec.manifest
    fields = vm.mapping(*spec.path)
    running, strategy = fields.get("running"), fields.get("runStrategy")
    if running is not None and strategy is not None:
        message = "running and runStrategy are mutually exclusive: the VM is rejected"
        at = vm.at(*spec.path, "running", key=True)
        other = vm.at(*spec.path, "runStrategy", note="the other one")
        fixes = _without_running(at, running, strategy)
        found = Rejection.at(at, RejectionCause.RUN_STATE_TWICE, message, *fixes)
        yield found._replace(problem=found.problem._replace(related=(other,)))
    elif running is None and strategy is None:
        message = "runStrategy must be specified (running is not set either): the VM is rejected"
        fixes = _with_strategy(spec)
        at = spec._replace(key=True)
        yield Rejection.at(at, RejectionCause.RUN_STATE_MISSING, message, *fixes)
    if isinstance(strategy, str) and not holds_placeholder(strategy):
        yield from _strategy(cluster, vm.at(*spec.path, "runStrategy"), strategy)


def _without_running(at: Place, running: object, strategy: object) -> tuple[Remedy, ...]:
    """The removal of `running`, which changes no meaning where both say the same."""
    from vmsnap_lint.objects import mending

    same = strategy == {True: "Always", False: "Halted"}.get(running is True)
    safety = Safety.SAFE if same and isinstance(running, bool) else Safety.UNSAFE
    return mending.without(at, safety=safety)


def _with_strategy(spec: Place) -> tuple[Remedy, ...]:
    """The two usual run strategies: nothing shows which one is meant."""
    from vmsnap_lint.objects import mending

    usual = ("Halted", "Always")
    added = (mending.added(spec, "runStrategy", each, Safety.DISPLAY, "template") for each in usual)
    return tuple(chain.from_iterable(added))


def _strategy(cluster: Cluster, at: Place, strategy: str) -> Iterator[Rejection]:
    known = cluster.behaviour.run_strategies
    if strategy in known:
        return
    fixes: tuple[Remedy, ...] = ()
    if strategy in behaviour(NEWEST).run_strategies:
        release = f"KubeVirt {_SINCE[strategy]}, but the cluster runs {cluster.release}"
        fault = f"exists since {release}: the VM is rejected"
    else:
        hint = nearest_hint(strategy, known)
        fault = f"does not exist{hint}: the VM is rejected, use {quoted(known)}"
        from vmsnap_lint.objects import mending

        fixes = mending.chosen(at, strategy, known)
    message = f'runStrategy "{cut(strategy)}" {fault}'
    yield Rejection.at(at, RejectionCause.RUN_STRATEGY, message, *fixes)
