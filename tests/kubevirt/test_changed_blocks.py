"""Which VMs KubeVirt tracks the changed blocks of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import in_namespace, kubevirt_cr, vm, world
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.changed_blocks import untracked

BY_VM = {"virtualMachineLabelSelector": {"matchLabels": {"backup": "yes"}}}
BY_NAMESPACE = {"namespaceLabelSelector": {"matchLabels": {"backup": "yes"}}}


def _machine(state: object = None, **labels: str) -> dict[str, Any]:
    status = {"status": {"changedBlockTracking": {"state": state}}} if state is not None else {}
    return {**vm(metadata={"labels": labels}), **status}


def _namespace(**labels: str) -> dict[str, Any]:
    metadata = {"name": "prod", "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _reason(machine: dict[str, Any], *others: dict[str, Any], selectors: object = None) -> str:
    owner = kubevirt_cr("IncrementalBackup", changedBlockTrackingLabelSelectors=selectors)
    seen = world([*in_namespace("prod", machine), owner, *others], "1.8")
    (found,) = seen.workspace.of(VM)
    off = untracked(seen.cluster, found)
    return off.reason if off else ""


@pytest.mark.parametrize(
    ("selectors", "labels", "namespace", "is_tracked"),
    [
        (BY_VM, {"backup": "yes"}, None, True),
        (BY_VM, {"backup": "no"}, None, False),
        (BY_VM, {"backup": "${BACKUP}"}, None, True),
        (None, {"backup": "yes"}, None, False),
        ({}, {"backup": "yes"}, None, False),
        (BY_NAMESPACE, {}, None, True),  # its labels are not seen
        (BY_NAMESPACE, {}, {"backup": "yes"}, True),
        (BY_NAMESPACE, {"backup": "yes"}, {"backup": "no"}, False),
        ({**BY_VM, **BY_NAMESPACE}, {"backup": "yes"}, {}, True),
        ("${SELECTORS}", {}, None, True),
    ],
)
def test_either_selector_is_enough(
    selectors: object, labels: dict[str, str], namespace: dict[str, str] | None, is_tracked: bool
) -> None:
    others = [] if namespace is None else [_namespace(**namespace)]
    reason = _reason(_machine(**labels), *others, selectors=selectors)
    expected = "" if is_tracked else "no label selector of KubeVirt selects it"
    assert reason == expected


def test_the_name_of_the_namespace_is_one_of_its_labels() -> None:
    key = "kubernetes.io/metadata.name"
    here, there = ({"namespaceLabelSelector": {"matchLabels": {key: n}}} for n in ("prod", "test"))
    assert not _reason(_machine(), selectors=here)
    assert _reason(_machine(), selectors=there)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("Enabled", ""),
        ("Initializing", ""),
        ("PendingRestart", ""),
        ("Disabled", 'its changedBlockTracking is "Disabled"'),
        ("IncrementalBackupFeatureGateDisabled",
         'its changedBlockTracking is "IncrementalBackupFeatureGateDisabled"'),
        ("", "no label selector of KubeVirt selects it"),
        (7, "no label selector of KubeVirt selects it"),
    ],
)  # fmt: skip
def test_the_status_of_the_vm_counts_first(state: object, reason: str) -> None:
    assert _reason(_machine(state), selectors=BY_VM) == reason


def test_an_object_without_a_configuration_proves_nothing() -> None:
    seen = world([_machine(), {**kubevirt_cr(), "spec": {}}], "1.8")
    assert untracked(seen.cluster, seen.workspace.of(VM)[0]) is None


def test_hyperconverged_has_the_selectors_where_kubevirt_is_not_seen() -> None:
    def owner(**spec: object) -> dict[str, Any]:
        version = {"apiVersion": "hco.kubevirt.io/v1", "kind": "HyperConverged"}
        return {**version, "metadata": {"name": "hc"}, "spec": spec}

    field = "changedBlockTrackingLabelSelectors"
    for spec in ({field: BY_VM}, {"virtualization": {field: BY_VM}}):
        tracked, other = (world([_machine(**labels), owner(**spec)], "1.8")
                          for labels in ({"backup": "yes"}, {}))  # fmt: skip
        assert untracked(tracked.cluster, tracked.workspace.of(VM)[0]) is None
        assert untracked(other.cluster, other.workspace.of(VM)[0]) is not None


_ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["virtualMachineLabelSelector", "matchLabels", "matchExpressions"]),
            inner,
        )
    ),
    max_leaves=6,
)


@given(_ANY, _ANY)
def test_no_type_makes_it_fail(selectors: object, state: object) -> None:
    _reason(_machine(state), selectors=selectors)
