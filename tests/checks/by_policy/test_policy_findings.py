"""Objects that do not meet a policy are found where they are named, with what decided it."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from tests.builders import (
    claim,
    clone,
    in_namespace,
    manifests_of,
    restore,
    snap,
    snapshot_class,
    storage_class,
    vm,
    vmi,
    world,
)
from tests.checks.by_policy.judging import judged, policy, verdict
from vmsnap_lint.checks.by_policy import policy_answers
from vmsnap_lint.checks.by_policy.policy_findings import judged_by_policies
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.deploy.units import SampleKind, Unit
from vmsnap_lint.objects.manifest import Place

pytest.importorskip("cel_expr_python")

DISK = (storage_class(), snapshot_class(), claim())
GOLD = {"labels": {"tier": "gold"}}
LONG = f"[{','.join('1' * 400)}]"
SLOW = f"{LONG}.map(a, {LONG[:41]}].map(b, '{'x' * 1000}' + 'y').join('')).join('') == vm.name"


# --- the examples of the guide and what platform teams ask for

RETAINED = 'plan.complete && plan.volumes.all(v, v.snapshotClass.deletionPolicy == "Retain")'
RETAIN = {**snapshot_class(), "deletionPolicy": "Retain"}
ASKED: list[tuple[str, str, list[Any], list[Any]]] = [
    ("vm", RETAINED, [vm(), storage_class(), RETAIN, claim()], [vm(), *DISK]),
    ("vm", RETAINED, [vm(), storage_class(), RETAIN, claim()], [vm(), storage_class(), claim()]),
    ("snapshot", "has(snapshot.failureDeadline)", [snap(failureDeadline="5m")], [snap()]),
    (
        "snapshot",
        "has(snapshot.failureDeadline) && duration(snapshot.failureDeadline) <= duration('10m')",
        [snap(failureDeadline="9m")],
        [snap(failureDeadline="1h")],
    ),
    (
        "restore",
        "restore.targetReadinessPolicy != ''",
        [restore(targetReadinessPolicy="StopTarget")],
        [restore()],
    ),
    ("vm", "snapshots.size() > 0", [vm(), snap()], [vm(), snap(source="other")]),
    ("snapshot", "!snapshot.online", [vm(), snap()], [vm(), vmi(), snap()]),
    (
        "vm",
        "vm.volumes.all(v, v.size <= 100 * Gi || v.storageClass.name == 'large')",
        [vm(), *DISK],
        [vm(), storage_class(), claim(spec={"resources": {"requests": {"storage": "101Gi"}}})],
    ),
    (
        "restore",
        "!vm.exists || vm.runStrategy == 'Halted'",
        [vm(), restore()],
        [vm(strategy="Always"), restore()],
    ),
    ("restore", "plan.complete", [vm(), *DISK, snap(), restore()], [vm(), claim(), restore()]),
    ("snapshot", "snapshot.name.startsWith(vm.name)", [vm(), snap("web-1")], [vm(), snap("a")]),
    ("clone", "clone.targetName != vm.name && has(clone.targetName)", [], [vm(), clone()]),
    ("clone", "clone.sourceKind == 'VirtualMachineSnapshot'", [], [vm(), clone()]),
    (
        "vm",
        "snapshots.exists(s, s.plan.complete && has(s.labels.schedule))",
        [vm(), *DISK, snap(metadata={"labels": {"schedule": "daily"}})],
        [vm(), *DISK, snap()],
    ),
    (
        "vm",
        "plan.volumes.all(v, v.storageClass.provisioner.endsWith('.rbd.csi.ceph.com'))",
        [vm(), storage_class(provisioner="a.rbd.csi.ceph.com"), claim()],
        [vm(), *DISK],
    ),
    ("vm", "plan.volumes.size() <= 1", [vm(), *DISK], []),
    ("vm", "!(plan.verdict in ['rejected', 'stuck'])", [vm(), *DISK], []),
    ("vm", "has(vm.labels.owner)", [vm(metadata={"labels": {"owner": "a"}})], [vm()]),
]


@pytest.mark.parametrize(("kind", "require", "good", "bad"), ASKED)
def test_what_platform_teams_ask_for(
    kind: str, require: str, good: list[Any], bad: list[Any]
) -> None:
    assert not good or verdict(policy(require, kind), good) == "met"
    assert not bad or verdict(policy(require, kind), bad) == "unmet"


# --- what a finding says


def test_a_finding_stands_at_the_name_with_the_objects_that_decided() -> None:
    found = judged(policy(RETAINED, message="keep them"), vm(), *DISK)
    (problem,) = found.problems
    assert isinstance(problem.at, Place)
    assert problem.at.path == ("metadata", "name")
    assert problem.message == "keep them"
    assert [at.note for at in problem.related] == ['VolumeSnapshotClass "snap"']


def test_a_finding_on_a_restore_names_its_snapshot_and_its_vm() -> None:
    require = "vm.running && snapshot.exists && snapshots.size() > 3"
    (problem,) = judged(policy(require, "restore"), vm(), *DISK, snap(), restore()).problems
    notes = [at.note for at in problem.related]
    assert notes == ['VirtualMachine "web"', 'VirtualMachineSnapshot "nightly"']


def test_the_plan_says_why_it_is_not_complete() -> None:
    (problem,) = judged(policy("plan.complete"), vm(), storage_class(), claim()).problems
    assert problem.help.startswith("the plan is partial: volume ")
    (other,) = judged(policy("vm.name == ''"), vm(), storage_class(), claim()).problems
    assert "plan" not in other.help


def test_a_finding_has_the_values_that_the_expression_names() -> None:
    require = "duration(snapshot.failureDeadline) < duration('1h') || has(vm.labels.x)"
    (problem,) = judged(policy(require, "snapshot"), vm(), snap(failureDeadline="1d")).problems
    assert problem.message.endswith(
        "(the expression fails: expected a duration such as 1h30m or 45s)"
    )
    assert problem.help == 'snapshot.failureDeadline is "1d"'
    require = "vm.running && has(vm.labels.tier) && cluster.minor > 99 && vm.runStrategy == ''"
    (problem,) = judged(policy(require), vm(metadata=GOLD)).problems
    assert problem.help.split("; ")[:2] == ["vm.running is false", 'vm.labels.tier is "gold"']
    (problem,) = judged(policy("snapshot.deletionPolicy == 'x'", "snapshot"), snap()).problems
    assert problem.help == "snapshot.deletionPolicy is not set"


def test_an_expression_that_fails_says_so() -> None:
    (problem,) = judged(policy("vm.labels.tier == 'gold'"), vm()).problems
    expected = (
        'does not meet "vm.labels.tier == \'gold\'" (the expression fails: there is no "tier")'
    )
    assert problem.message == expected


def test_what_is_unknown_is_listed_with_what_is_missing() -> None:
    found = judged(policy(RETAINED), vm(), complete=frozenset())
    assert found.unmet == []
    assert found.unknown == {
        "web": 'the input does not show "complete", "deletionPolicy" '
        '(volume "root": PersistentVolumeClaim "root" is not in the input)'
    }
    (problem,) = judged(policy("plan.known"), vm(), complete=frozenset()).problems
    assert problem.help == (
        'the plan is unknown: volume "root": PersistentVolumeClaim "root" is not in the input'
    )
    (other,) = judged(policy("plan.volumes == []"), vm(), complete=frozenset()).problems
    assert other.help == ""


def test_an_object_that_others_make_later_makes_at_most_an_information() -> None:
    machine = manifests_of("a.yaml", vm())[0]
    later = type(machine)(machine.document, machine.value, (), is_indirect=True)
    seen = world([vm()])
    found = judged_by_policies([policy("false")], [Unit(("",), (later,), ())], [seen])
    assert [str(problem.severity) for _, problem in found.problems] == ["info"]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ({"labels": (("teir", "gold"),)}, ("policy/of-ours",)),
        ({"namespaces": ("other",)}, ("policy/of-ours",)),
        ({"labels": (("tier", "gold"),)}, ()),
        ({"labels": (("open", "x"),)}, ()),
        ({"kind": "restore"}, ()),
    ],
)
def test_a_policy_for_none_of_the_objects_of_its_kinds_is_told(
    rest: dict[str, Any], expected: tuple[str, ...]
) -> None:
    seen = world(in_namespace("prod", vm(metadata={"labels": {"tier": "gold", "open": "${X}"}})))
    unit = Unit(("",), tuple(seen.workspace.of(Kind("kubevirt.io", "VirtualMachine"))), ())
    assert judged_by_policies([policy("true", **rest)], [unit], [seen]).unmatched == expected


def test_pages_are_left_out() -> None:
    seen = world([vm()])
    manifests = tuple(seen.workspace.of(Kind("kubevirt.io", "VirtualMachine")))
    page = Unit((), manifests, (), samples=SampleKind.COMPLETE)
    assert judged_by_policies([policy("false")], [page], [seen]).problems == ()


def test_without_the_extra_a_run_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cel_process, "is_installed", lambda: False)
    with pytest.raises(
        UsageError, match=r"^policies are in CEL: install vmsnap-lint\[cel\] \(https://"
    ):
        judged_by_policies([policy("true")], [], [])


# --- hostile expressions


@pytest.mark.parametrize(
    ("require", "reason"),
    [
        (f"{LONG}.all(a, {LONG}.all(b, a == b))", "iteration budget exceeded"),
        (
            f"'{'x' * 500}'.replace('x', '{'y' * 900}').replace('y', '{'y' * 900}') == vm.name",
            "it takes too much memory",
        ),
    ],
)
def test_an_expression_that_costs_too_much_is_not_verified(require: str, reason: str) -> None:
    assert judged(policy(require), vm()).unknown == {"web": reason}


def test_a_slow_policy_does_not_keep_others_from_being_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(policy_answers, "_SECONDS_OF_PROCESS", 1.0)
    seen = world(in_namespace("prod", *(vm(name=f"m{at}") for at in range(60))))
    unit = Unit(("",), tuple(seen.workspace.of(Kind("kubevirt.io", "VirtualMachine"))), ())
    slow, quick = policy(SLOW), policy("vm.running")._replace(id="quick")
    start = monotonic()
    found = judged_by_policies([slow, quick], [unit], [seen])
    assert monotonic() - start < 20
    assert {rule for rule, _ in found.problems} == {"policy/quick"}
    assert len(found.problems) == 60
    assert {left.reason.partition(": ")[2] for left in found.not_checked} == {
        "not evaluated, as they took longer than 1 seconds"
    }


def test_many_objects_are_judged_in_one_process() -> None:
    names = [f"m{at}" for at in range(450)]
    found = judged(policy("vm.name.endsWith('7')"), *(vm(name=name) for name in names))
    assert found.unmet == [name for name in names if not name.endswith("7")]
