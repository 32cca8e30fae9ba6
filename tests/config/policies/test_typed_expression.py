"""The names and types of an expression are checked, each mistake with its place in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.config.policies.expression_tokens import names_in, paths_in
from vmsnap_lint.config.policies.typed_expression import (
    evaluable,
    question,
    what_is_wrong,
)
from vmsnap_lint.config.policies.verdict_model import SUBJECTS
from vmsnap_lint.core.cel_process import evaluated

pytest.importorskip("cel_expr_python")

VM, RESTORE = "VirtualMachine", "VirtualMachineRestore"
RIGHT = [
    (VM, "plan.complete"),
    (VM, 'plan.volumes.all(v, v.snapshotClass.deletionPolicy == "Retain")'),
    (VM, "vm.labels.tier == 'gold' && has(vm.labels.tier) && 'tier' in vm.labels"),
    (VM, "vm.labels['a.b/c'] == 'x' && vm.labels.?tier.orValue('') == ''"),
    (VM, "vm.labels.name == vm.name && vm.annotations.size() > size(vm.labels)"),
    (VM, "has(vm.name) && has(vm.volumes) && has(snapshots[0].plan.complete)"),
    (VM, "vm.volumes.filter(v, v.persistent).map(v, v.storageClass)[0].provisioner == ''"),
    (VM, "vm.volumes.all(v, v.size <= 100 * Gi || v.storageClass.name == 'x')"),
    (VM, "cluster.minor >= 3 && 'all' in cluster.complete && cluster.name.matches('^p')"),
    (VM, "'vm.nam' == vm.name // vm.nam\n && \"has(vm.x)\" != r'\\.y'"),
    (VM, "snapshots.exists_one(s, s.plan.volumes.exists(v, v.name == s.name))"),
    (VM, "cluster.release == '1.6' || cluster.release in ['1.7'] || vm.labels.size() > 1"),
    (VM, "vm.name == 'cluster.release < 1' || 'cluster.release' < vm.name"),
    (VM, "vm . name == 'x' && vm.name . startsWith ('a')"),
    (VM, "1.5 < 2.5 && snapshots.map(s, s.name).join(',').size() < 10"),
    (RESTORE, "has(restore.targetReadinessPolicy) && (!vm.exists || !vm.running)"),
    ("VirtualMachineExport", "duration(export.ttlDuration) <= duration('24h')"),
    ("VirtualMachineClone", "plan.volumes.all(v, v.outcome == 'created') && !snapshot.exists"),
    ("VirtualMachineSnapshot", "!snapshot.online && plan.volumes.all(v, v.included)"),
]
WRONG = [
    (
        "plan.complet",
        'SnapshotPlan has no field "complet" (did you mean "complete"?), at character',
    ),
    (
        "plan.volumes.all(v,\n  v.snapshotClass.deletionpolicy == 'x')",
        (
            'VolumeSnapshotClass has no field "deletionpolicy" (did you mean "deletionPolicy"?), '
            "at character 19 of line 2"
        ),
    ),
    ("snapshots.all(s, s.failure_deadline == '')", '(did you mean "failureDeadline"?)'),
    ("plan.qqqqqqqqq", "(known are verdict, complete, known, reasons, volumes)"),
    ("vm.name.first", 'string has no field "first"'),
    ("vm.name", "its result is of type string, expected bool"),
    ("plan.volumes", "its result is of type list(Volume), expected bool"),
    ("vm", "its result is of type VirtualMachine, expected bool"),
    (
        "vmm.name == ''",
        'unknown name "vmm" (known for VirtualMachine are clus',
    ),
    ("foo == 1", 'unknown name "foo" (known for VirtualMachine are cluster, plan, snapshots, vm)'),
    ("foo()", 'no function "foo", at character'),
    ("vm.labels.a.startWith('x')", '"startWith" (did you mean "startsWith"?), at character 22'),
    ("restore.name == ''", '"restore" is not there for VirtualMachine: name VirtualMachineRestore'),
    ("snapshot.name == ''", "name VirtualMachineSnapshot, VirtualMachineRestore, "),
    ("vm.volumes.all(v, v.size <= '100Gi')", '"<=" is not for int and string, at character 26'),
    ("!plan.verdict", '"!" is not for string, at character 1'),
    ("vm == plan", '"==" is not for VirtualMachine and SnapshotPlan'),
    ("plan.complete &&", "mismatched input '<EOF>', at the end"),
    ("has(vm)", "has() argument must be a field selection"),
    ("(" * 60 + "true" + ")" * 60, "expression recursion limit exceeded. limit 32"),
    ("vm" + ".name" * 700, "exceeded max recursion depth of 32 when parsing"),
    ("'", "token recognition error"),
    ("vm.volumes.all(v, v.persistent) ? 1 : 2", "its result is of type int, expected bool"),
    ("vm._name() == 'web'", 'no function "_name"'),
    ("dyn(vm)['nam'] == 'web'", '"dyn" is not for policies'),
    ("vm.name.matches('[A')", "invalid regular expression missing ] [A in matches('[A')"),
    (
        "duration(\"10 min\") > duration('1m')",
        'expected a duration such as 1h30m or 45s in duration("10 min")',
    ),
    ("plan.complete and vm.running", ', at character 15 (write "&&")'),
    ("not plan.complete", ', at character 5 (write "!")'),
    ("plan.verdict = 'complete'", ', at character 14 (write "==")'),
    ("vm.volumes.all(v, v.size > 10Gi)", ', at character 28 (write "10 * Gi")'),
    ("vm.volumes.size > 1", ', at character 12 (write ".size()")'),
    ("vm.labels.app-name == 'x'", """(write 'labels["app-name"]')"""),
    ("vm.labels.app.k8s.io/name == 'x'", """(write 'labels["app.k8s.io/name"]')"""),
    ("cluster.release >= '1.6'", 'and "1.10" comes before "1.9": compare cluster.minor'),
    ("'1.6' < cluster . release", "compare cluster.minor"),
]


def said(expression: str, kind: str = VM) -> str:
    """What is wrong with an expression."""
    answers, _ = evaluated([question(expression, kind)], 20)
    return what_is_wrong(expression, kind, answers[0])


def test_the_values_that_an_expression_names() -> None:
    text = "vm.labels.tier == 'a.b' && has(vm . name) && vm.volumes.all(v, v.size > 1 * Gi)"
    assert paths_in(text) == [
        ("vm", "labels", "tier"), ("has",), ("vm", "name"), ("vm", "volumes"), ("v",),
        ("v", "size"), ("Gi",),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "expression"), RIGHT)
def test_nothing_is_wrong(kind: str, expression: str) -> None:
    assert said(expression, kind) == ""


@pytest.mark.parametrize(("expression", "expected"), WRONG)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(
    expression: str, expected: str
) -> None:
    assert expected in said(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("has(vm.name)", "!(dyn(vm.name) in ['', [], {}])"),
        ("!has( vm.a.name )", "!!(dyn( vm.a.name ) in ['', [], {}])"),
        ("has(vm.labels.tier)", "has(vm.labels_keys.tier)"),
        ("f(has(a.b(c.d).e))", "f(!(dyn(a.b(c.d).e) in ['', [], {}]))"),
        ("'has(vm.name)' // has(vm.name)", "'has(vm.name)' // has(vm.name)"),
    ],
)
def test_has_of_a_field_says_that_it_is_set(expression: str, expected: str) -> None:
    assert evaluable(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'tier' in vm.labels", "'tier' in vm.labels_keys"),
        ("vm.labels.all(k, vm.labels[k] == '')", "vm.labels_keys.all(k, vm.labels[k] == '')"),
        ("f((vm.labels)) || (vm.labels.b)", "f((vm.labels_keys)) || (vm.labels.b)"),
        ("vm.labels.?tier == vm.labels", "vm.labels_keys.?tier == vm.labels_keys"),
        ("has(vm.labels.a.b)", "!(dyn(vm.labels.a.b) in ['', [], {}])"),
        ("vm.labels.size(labels.name)", "vm.labels_keys.size(labels.name)"),
    ],
)
def test_the_keys_of_a_map_are_asked_of_a_field_of_their_own(
    expression: str, expected: str
) -> None:
    assert evaluable(expression) == expected


def test_names_are_those_outside_of_texts_and_comments() -> None:
    expression = "vm.labels['tier'] == \"plan\" // snapshots"
    assert names_in(expression) == {"vm", "labels"}


WORDS = ("vm", "plan", ".", "name", "(", ")", "has", "labels", "'", '"', " ", "\n", "//", "1", "&&")


@examples(150)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join) | st.text(max_size=40))
def test_any_text_is_checked_and_kept(expression: str) -> None:
    assert names_in(expression) is not None
    if "has" not in expression and "labels" not in expression:
        assert evaluable(expression) == expression
    text = question(expression, VM)["check"]
    assert what_is_wrong(expression, VM, ["", f"ERROR: <input>:1:{len(text) + 5}: it is"])


def test_each_kind_has_the_variables_of_the_issue() -> None:
    for kind in SUBJECTS:
        assert (
            said("vm.exists && plan.known && snapshots.size() > 0 && cluster.minor > 1", kind) == ""
        )
