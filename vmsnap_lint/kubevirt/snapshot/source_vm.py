"""The VM that a snapshot names, or why the input does not show it."""

from __future__ import annotations

from vmsnap_lint.core.kinds import POOL, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["is_made_by_pool", "not_seen", "source_of"]


def source_of(cluster: Cluster, snapshot: Manifest) -> Manifest | Absence:
    """The VM that a snapshot names; UNKNOWN where it names none or in a placeholder.

    GUESSED where the input shows no VM of the namespace, but one of that name in another.
    """
    name = snapshot.text("spec", "source", "name")
    if snapshot.get("spec", "source", "name") == "":
        return Absence.ABSENT  # no schema and no webhook looks at it, and nothing has that name
    if not name or holds_placeholder(name):
        return _of_same_template(cluster, snapshot, name) or Absence.UNKNOWN
    vm = cluster.resolve(VM, name, snapshot)
    if isinstance(vm, Absence) and is_made_by_pool(cluster, name, snapshot):
        return Absence.UNKNOWN
    if vm is Absence.UNKNOWN:
        vm = _guessed(cluster, name, snapshot)
    if vm not in (Absence.ABSENT, Absence.GUESSED) or cluster.workspace.is_complete(VM):
        return vm
    return Absence.UNKNOWN if cluster.makes_vm(name, snapshot) else vm


def _guessed(cluster: Cluster, name: str, snapshot: Manifest) -> Absence:
    """What a VM of that name in another namespace says of one in the namespace of the snapshot.

    It is meant where the namespaces have nearly the same name.
    """
    workspace, namespace = cluster.workspace, snapshot.namespace
    others = workspace.elsewhere(VM, namespace, name)
    if not others or workspace.gap(VM, namespace, name):
        return Absence.UNKNOWN
    homes = [home for home in workspace.namespaces_with(VM, name) if home != namespace]
    return Absence.ABSENT if nearest(namespace or "", homes) else Absence.GUESSED


def is_made_by_pool(cluster: Cluster, name: str, near: Manifest) -> bool:
    """Whether a pool of the namespace creates VMs of such a name, `<pool>-<number>`.

    kubevirt v1.9.0, pkg/virt-controller/watch/pool/pool.go.
    """
    pool, dash, number = name.rpartition("-")
    return bool(dash) and number.isdecimal() and cluster.find(POOL, pool, near) is not None


def not_seen(cluster: Cluster, kind: Kind, name: str, near: Manifest) -> str:
    """That an object of the namespace of `near` is not in the input, and what may make it."""
    workspace, what = cluster.workspace, f'{kind.kind} "{name}"'
    if gap := workspace.gap(kind, near.namespace, name):
        return gap.explain(what)
    if homes := [home for home in workspace.namespaces_with(kind, name) if home != near.namespace]:
        return f"{what} is not in the input, but one of that name is in namespace {quoted(homes)}"
    return f"{what} is not in the input"


def _of_same_template(cluster: Cluster, snapshot: Manifest, name: str) -> Manifest | None:
    """The only VM that the template of the snapshot makes under the same placeholder."""
    if not (name and snapshot.is_indirect):
        return None
    same = [vm for vm in cluster.once(_templated).get(name, ()) if vm.file == snapshot.file]
    return same[0] if len(same) == 1 else None


def _templated(cluster: Cluster) -> dict[str, list[Manifest]]:
    """The VMs of templates whose names are placeholders, by these."""
    named: dict[str, list[Manifest]] = {}
    for vm in cluster.workspace.of(VM):
        if vm.is_indirect and holds_placeholder(vm.name):
            named.setdefault(vm.name, []).append(vm)
    return named
