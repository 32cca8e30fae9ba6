"""What a run wants to know of a cluster, and what it knows from elsewhere."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest

    Position = tuple[str, int, Path]

__all__ = ["Policy"]


class Policy(NamedTuple):
    """The facts of a run about a cluster.

    `online` is the policy for running VMs (False: snapshots are to be taken offline), `all_vms`
    checks also VMs without a snapshot. `named` are the files that are arguments. With `in_scope`
    other files of the same directories are in scope, with `run_in_scope` another cluster of the
    run is.
    `requoted` has what kustomize builds of objects with ambiguous scalars, by their position,
    `appliers` the objects of Flux and Argo CD that apply others. `name` is that of a declared
    cluster. Flux replaces the variables in the files `replaced`.
    """

    online: bool = False
    all_vms: bool = False
    named: frozenset[str] = frozenset()
    in_scope: bool = False
    run_in_scope: bool = False
    requoted: Mapping[Position, tuple[Manifest, ...]] = {}
    appliers: Mapping[object, Manifest] = {}
    name: str = ""
    replaced: frozenset[str] = frozenset()
