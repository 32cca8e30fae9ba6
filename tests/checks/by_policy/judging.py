"""Policies over the objects of one cluster: what they find, and what they cannot verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.builders import ALL, in_namespace, world
from vmsnap_lint.checks.by_policy.policy_findings import judged_by_policies
from vmsnap_lint.config.policies.policy_settings import PolicySettings
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.deploy.units import Unit
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.problem import Problem

__all__ = ["Judged", "judged", "policy", "verdict"]

KINDS = {
    "vm": "VirtualMachine",
    "snapshot": "VirtualMachineSnapshot",
    "restore": "VirtualMachineRestore",
    "clone": "VirtualMachineClone",
    "export": "VirtualMachineExport",
}


class Judged(NamedTuple):
    """The names of the objects that do not meet a policy, and of which that is unknown, and why."""

    unmet: list[str]
    unknown: dict[str, str]
    problems: list[Problem]


def policy(require: str, kind: str = "vm", **rest: Any) -> PolicySettings:
    """A policy for objects of one kind."""
    return PolicySettings(id="of-ours", require=require, kinds=(KINDS[kind],), **rest)


def judged(
    of: PolicySettings, *objects: dict[str, Any], complete: frozenset[str] = ALL, **more: Any
) -> Judged:
    """What a policy says of objects, which are in namespace prod where they name none."""
    seen = world(in_namespace("prod", *objects), complete=complete, **more)
    manifests = [one for kind in seen.workspace.kinds() for one in seen.workspace.of(Kind(*kind))]
    found = judged_by_policies([of], [Unit(("",), tuple(manifests), ())], [seen])
    problems = [problem for _, problem in found.problems]
    places = [problem.at for problem in problems]
    reasons = (left.reason.partition(" for ")[2].partition(": ") for left in found.not_checked)
    return Judged(
        [at.manifest.name for at in places if isinstance(at, Place)],
        {name.split('"')[1]: why for name, _, why in reasons},
        problems,
    )


def verdict(of: PolicySettings, objects: Iterable[dict[str, Any]], **more: Any) -> str:
    """met, unmet or unknown, of the only object that a policy is for."""
    found = judged(of, *objects, **more)
    assert len(found.unmet) + len(found.unknown) < 2
    return "unmet" if found.unmet else "unknown" if found.unknown else "met"
