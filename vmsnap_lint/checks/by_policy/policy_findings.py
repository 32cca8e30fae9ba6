"""The policies of a run become problems of the objects that do not meet them.

What rests on unknown evidence is no problem, but listed as not checked.
"""

from __future__ import annotations

from itertools import chain, islice

from vmsnap_lint.checks.by_policy.ambiguous_places import of_several, place_of_name
from vmsnap_lint.checks.by_policy.evidence import Evidence
from vmsnap_lint.checks.by_policy.explanations import explained
from vmsnap_lint.checks.by_policy.matching import JUDGED, Matching
from vmsnap_lint.checks.by_policy.policy_answers import Unmet, outcomes
from vmsnap_lint.checks.by_policy.policy_questions import Ask
from vmsnap_lint.checks.by_policy.volume_evidence import class_of
from vmsnap_lint.config.policies.expression_tokens import names_in
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.addresses import EXTRAS
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import (
    SNAPSHOT,
    STORAGE_CLASS,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import MOST_PLACES, quoted
from vmsnap_lint.core.model import NotChecked, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from vmsnap_lint.config.policies.policy_settings import PolicySettings
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Place, Ref

__all__ = ["PolicyFindings", "judged_by_policies"]

_BUILT = "kustomize or helm gives it its final form"
_VERDICT = frozenset(("complete", "verdict"))  # fields of a plan that is not known
_OPEN = "a placeholder, or objects that the input does not show, decide"


class PolicyFindings(NamedTuple):
    """The problems of policies, each with its rule, what was not verified, and what was judged.

    `unmatched` are the rules for none of the objects of their kinds.
    """

    problems: tuple[tuple[str, Problem], ...]
    not_checked: tuple[NotChecked, ...]
    judged: frozenset[tuple[str, Ref]]
    unmatched: tuple[str, ...]


def judged_by_policies(
    policies: Sequence[PolicySettings], units: Sequence[Unit], worlds: Sequence[World]
) -> PolicyFindings:
    """What the policies say of all objects, in each cluster; pages of documentation are left out.

    Raises UsageError where CEL is not installed.
    """
    if not cel_process.is_installed():
        place = policies[0].at
        where = f"{place.source.file}:{place.span.line}: " if place else ""
        what = (
            f"policies are in CEL: install {cel_process.EXTRA} ({EXTRAS}), "
            "or leave them out with --ignore 'policy/*'"
        )
        raise UsageError(where + what)
    wanted = frozenset(chain.from_iterable(names_in(policy.require) for policy in policies))
    homes = [
        _Home(unit, world, Evidence(world, wanted, raw=False), _raw(world, wanted))
        for unit, world in zip(units, worlds, strict=True)
        if unit.samples is None
    ]
    problems: list[tuple[str, Problem]] = []
    left_out: set[NotChecked] = set()
    asks = {policy: list(_asks(policy, homes, left_out)) for policy in policies}
    for policy, found in outcomes(asks):
        named = of_several(outcome.ask.subject for outcome in found if not outcome.unknown)
        for outcome in found:
            if outcome.unknown:
                left_out.add(_not_checked(policy, outcome.ask.subject, _why(outcome)))
            else:
                problems.append((policy.rule, _problem(policy, outcome, named)))
    judged = ((ask.subject.file, ask.subject.ref) for each in asks.values() for ask in each)
    unmatched = (policy.rule for policy in asks if not asks[policy] and _is_for_none(policy, homes))
    return PolicyFindings(
        tuple(problems), tuple(sorted(left_out)), frozenset(judged), tuple(unmatched)
    )


class _Home(NamedTuple):
    """A unit and its world; `raw` is the evidence of the other end where something is open."""

    unit: Unit
    world: World
    evidence: Evidence
    raw: Evidence | None


def _raw(world: World, wanted: frozenset[str]) -> Evidence | None:
    """The evidence with placeholders as values and no further snapshots, where that differs."""
    kinds = (*JUDGED, STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS)
    manifests = chain.from_iterable(map(world.workspace.of, kinds))
    is_open = "snapshots" in wanted or any(map(_has_open_keys, manifests))
    return Evidence(world, wanted, raw=True) if is_open else None


def _has_open_keys(manifest: Manifest) -> bool:
    maps = [manifest.mapping("metadata", name) for name in ("labels", "annotations")]
    values = (each.values() for each in (*maps, manifest.mapping("parameters")))
    return any(map(holds_placeholder, chain.from_iterable(values)))


def _asks(
    policy: PolicySettings, homes: Sequence[_Home], left_out: set[NotChecked]
) -> Iterator[Ask]:
    """The objects that the policy is for, with what its expression reads; adds those in doubt."""
    matching, names, same = Matching(policy), names_in(policy.require), _Comparison()
    for unit, world, evidence, raw in homes:
        for manifest in unit.manifests:
            doubts = matching.doubts(manifest, world)
            if doubts is None:
                continue
            if world.is_rendered_later(manifest):
                doubts.append(_BUILT)
            if doubts:
                left_out.add(_not_checked(policy, manifest, doubts[0]))
                continue
            values = evidence.variables(manifest, names)
            other = raw.variables(manifest, names) if raw is not None else values
            is_same = all(same(values[name], other[name]) for name in values)
            yield Ask(manifest, world, evidence, values, None if is_same else other)


def _is_for_none(policy: PolicySettings, homes: Sequence[_Home]) -> bool:
    """Whether there are objects of its kinds, and it is certainly for none of them."""
    matching = Matching(policy)
    doubts = [
        matching.doubts(manifest, home.world)
        for home in homes
        for manifest in home.unit.manifests
        if matching.is_for_kind(manifest)
    ]
    return bool(doubts) and all(each is None for each in doubts)


class _Comparison:
    """Whether two values are equal; lists that many objects share are compared once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bool] = {}

    def __call__(self, one: Any, other: Any) -> bool:
        """Whether they are equal; the asks and the evidence hold both."""
        if not isinstance(one, list):
            return bool(one == other)
        key = id(one), id(other)
        if key not in self._known:
            self._known[key] = one == other
        return self._known[key]


def _not_checked(policy: PolicySettings, subject: Manifest, why: str) -> NotChecked:
    what = f"{policy.rule} is not verified for {_title(subject)}: {why}"
    return NotChecked(subject.file, what)


def _title(subject: Manifest) -> str:
    """`VirtualMachine "web" in namespace "prod"`."""
    where = f' in namespace "{cut(subject.namespace)}"' if subject.namespace else ""
    return subject.title + where


def _why(outcome: Unmet) -> str:
    if outcome.stopped:
        return outcome.stopped
    if not outcome.missing:
        return _OPEN
    plan = outcome.ask.values.get("plan", {})
    is_of_plan = not plan.get("known", True) and not _VERDICT.isdisjoint(outcome.missing)
    reasons = "; ".join(plan["reasons"][:MOST_PLACES]) if is_of_plan else ""
    return f"the input does not show {quoted(outcome.missing)}{f' ({reasons})' if reasons else ''}"


def _problem(policy: PolicySettings, outcome: Unmet, named: Set[Manifest]) -> Problem:
    ask = outcome.ask
    told = policy.told
    if outcome.error:
        told += f" (the expression fails: {outcome.error})"
    if ask.subject in named:
        told += f" ({_title(ask.subject)})"
    # what a script or an operator makes of it depends on what is there then
    severity = Severity.INFO if ask.subject.is_indirect else None
    related = tuple(islice(_related(policy, ask), MOST_PLACES))
    at, help_text = place_of_name(ask.subject), explained(policy.require, ask.values)
    return Problem(at, told, related, severity, help=help_text, cluster=ask.world.name)


def _related(policy: PolicySettings, ask: Ask) -> Iterator[Place]:
    """The other objects that the expression reads: VM, snapshots and classes."""
    names, evidence, subject = names_in(policy.require), ask.evidence, ask.subject
    vm = evidence.vm_of(subject)
    others: list[object] = []
    if "vm" in names and subject.group_kind != VM:
        others.append(vm)
    if "snapshot" in names and subject.group_kind != SNAPSHOT:
        others.append(evidence.snapshot_of(subject))
    for name, kind in (("snapshotClass", VOLUME_SNAPSHOT_CLASS), ("storageClass", STORAGE_CLASS)):
        if name in names and isinstance(vm, Manifest):
            volumes = ask.world.volumes(vm)
            used = (
                v.snapshot_class if name == "snapshotClass" else v.storage_class for v in volumes
            )
            others += [class_of(ask.world.cluster, vm, kind, each) for each in dict.fromkeys(used)]
    if "snapshots" in names:
        others += evidence.snapshots_of(vm)
    for other in dict.fromkeys(others):
        if isinstance(other, Manifest) and other is not subject:
            yield other.at("metadata", "name", note=other.title)
