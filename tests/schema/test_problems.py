"""What an operator reads when an object has the wrong shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.schema.samples import sample
from vmsnap_lint.checks.causes import RULE_OF
from vmsnap_lint.core import kinds
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import Release
from vmsnap_lint.schema import KINDS, SchemaFault, SchemaProblem, drops_status, is_valid, problems
from vmsnap_lint.schema.bundled import schema_for

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

SOURCE = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "db"}


def spec_of(kind: Kind, **fields: Any) -> dict[str, Any]:
    """The sample of `kind` with some fields of its spec set anew."""
    whole = sample(kind)
    return whole | {"spec": whole["spec"] | fields}


def messages(
    value: dict[str, Any], kind: Kind, release: str | None = None
) -> list[tuple[str, str]]:
    parsed = Release.parse(release) if release else None
    return [(RULE_OF[it.fault], it.message) for it in problems(value, kind, parsed)]


@pytest.mark.parametrize(
    ("fields", "rule", "message"),
    [
        (
            {"deletionpolicy": "Retain"}, "field-unknown",
            ("spec.deletionpolicy is not a field of VirtualMachineSnapshot "
            '(did you mean "deletionPolicy"?)'),
        ),
        (
            {"volumeSnapshotClassName": "fast"}, "field-unknown",
            ("spec.volumeSnapshotClassName is not a field of VirtualMachineSnapshot: "
            "the driver of each volume decides its class"),
        ),
        (
            {"source": {"apiVersion": "kubevirt.io/v1"} | SOURCE}, "field-unknown",
            ("spec.source.apiVersion is not a field of VirtualMachineSnapshot: "
            "the group is named without a version; write apiGroup"),
        ),
        (
            {"apiGroup": "kubevirt.io"}, "field-unknown",
            "spec.apiGroup is not a field of VirtualMachineSnapshot; it belongs in spec.source",
        ),
        (
            {"retention": "7d"}, "field-unknown",
            ("spec.retention is not a field of VirtualMachineSnapshot; "
            "known here: deletionPolicy, failureDeadline and source"),
        ),
        (
            {"failureDeadline": 300}, "field-type-wrong",
            'spec.failureDeadline is the number 300, expected a duration such as "5m"',
        ),
        (
            {"deletionPolicy": False}, "field-type-wrong",
            ("spec.deletionPolicy is the boolean false, expected a string; "
            "quote it (unquoted yes, no, on and off are booleans, too)"),
        ),
        (
            {"source": SOURCE | {"name": 7}}, "field-type-wrong",
            "spec.source.name is the number 7, expected a string; quote it",
        ),
        ({"source": []}, "field-type-wrong", "spec.source is an array, expected an object"),
        (
            {"source": {"kind": "VirtualMachine", "apiGroup": "kubevirt.io"}}, "required-missing",
            "spec.source.name is missing, and VirtualMachineSnapshot requires it",
        ),
        (
            {"source": SOURCE | {"name": None}}, "required-missing",
            "spec.source.name has no value, and VirtualMachineSnapshot requires it",
        ),
    ],
)  # fmt: skip
def test_snapshot_faults(fields: dict[str, Any], rule: str, message: str) -> None:
    assert messages(spec_of(kinds.SNAPSHOT, **fields), kinds.SNAPSHOT) == [(rule, message)]


@pytest.mark.parametrize(
    ("kind", "change", "rule", "message"),
    [
        (
            kinds.VOLUME_SNAPSHOT_CLASS, {"deletionPolicy": "delete"}, "value-not-allowed",
            'deletionPolicy is "delete", expected "Delete" or "Retain"',
        ),
        (
            kinds.VOLUME_SNAPSHOT_CLASS, {"snapshotter": "csi.example.com"}, "field-unknown",
            ("snapshotter is not a field of VolumeSnapshotClass: "
            "this is its name in v1alpha1; write driver"),
        ),
        (
            kinds.STORAGE_CLASS, {"parameters": {"a.b/c": 1}}, "field-type-wrong",
            'parameters["a.b/c"] is the number 1, expected a string; quote it',
        ),
        (
            kinds.STORAGE_CLASS, {"allowVolumeExpansion": "Yes"}, "field-type-wrong",
            'allowVolumeExpansion is "Yes", expected a boolean; write it without quotes',
        ),
        (
            kinds.PVC, {"spec": {"accessModes": [], "resources": {"requests": {"storage": 1}}}},
            "required-missing", "spec.accessModes is empty, expected at least one access mode",
        ),
        (
            kinds.VOLUME_SNAPSHOT, {"spec": {"source": {}}}, "required-missing",
            ("spec.source is empty, expected exactly one of persistentVolumeClaimName and "
            "volumeSnapshotContentName"),
        ),
        (
            kinds.CONTENT, {"spec": {"source": {"virtualMachine": {"apiVersion": "v1"}}}},
            "field-unknown",
            ("spec.source.virtualMachine.apiVersion is not a field of "
            "VirtualMachineSnapshotContent; known here: metadata, spec and status"),
        ),
        (
            kinds.SNAPSHOT, {"metadata": {"name": "s", "lables": {}}}, "field-unknown",
            'metadata.lables is not a field of VirtualMachineSnapshot (did you mean "labels"?)',
        ),
    ],
)  # fmt: skip
def test_faults_of_other_kinds(kind: Kind, change: dict[str, Any], rule: str, message: str) -> None:
    assert messages(sample(kind) | change, kind) == [(rule, message)]


@pytest.mark.parametrize(
    ("memory", "suggestion", "safety"),
    [
        ("4GiB", "4Gi", Safety.SAFE),
        ("4 Gi", "4Gi", Safety.SAFE),
        ("4GB", "4G", Safety.SAFE),
        ("4Gb", "4G", Safety.UNSAFE),  # which may be bits
        ("512mb", "512M", Safety.UNSAFE),
        ("512mB", "512M", Safety.UNSAFE),
        ("lots", None, None),
    ],
)
def test_a_quantity_is_repaired_where_it_can_be(
    memory: str, suggestion: str | None, safety: Safety | None
) -> None:
    value = spec_of(kinds.VM, template={"spec": {"domain": {"memory": {"guest": memory}}}})
    [missing, wrong] = sorted(problems(value, kinds.VM), key=lambda it: it.fault)
    assert missing.message == (
        "spec.template.spec.domain.devices is missing, and VirtualMachine requires it"
    )
    guess = f' (did you mean "{suggestion}"?)' if suggestion else ""
    assert wrong == SchemaProblem(
        fault=SchemaFault.WRONG_VALUE,
        path=("spec", "template", "spec", "domain", "memory", "guest"),
        key=False,
        message=f'spec.template.spec.domain.memory.guest is "{memory}", '
        f'expected a quantity such as "10Gi"{guess}',
        expected='a quantity such as "10Gi"',
        suggestion=suggestion,
        safety=safety,
    )


@pytest.mark.parametrize(
    ("cores", "message"),
    [
        ("2", '"2", expected an integer; write it without quotes'),
        (2.5, "the number 2.5, expected an integer"),
        (-1, "the number -1, expected an integer from 0 to 4294967295"),
        (4294967296, "the number 4294967296, expected an integer from 0 to 4294967295"),
    ],
)
def test_numbers_of_the_wrong_sort(cores: object, message: str) -> None:
    domain = {"devices": {}, "cpu": {"cores": cores}}
    value = spec_of(kinds.VM, template={"spec": {"domain": domain}})
    assert [it.message for it in problems(value, kinds.VM)] == [
        f"spec.template.spec.domain.cpu.cores is {message}"
    ]


def test_a_field_of_a_later_release_is_named_with_it() -> None:
    value = spec_of(kinds.RESTORE, volumeRestorePolicy="InPlace")
    message = "spec.volumeRestorePolicy came with KubeVirt 1.6.0, and the target is 1.5.3"
    assert messages(value, kinds.RESTORE, "1.5.3") == [("field-too-new", message)]
    assert messages(value, kinds.RESTORE, "1.6.0") == []
    assert messages(value, kinds.RESTORE) == []


def test_a_field_that_is_gone_is_reported_as_gone() -> None:
    value = spec_of(kinds.VM, liveUpdateFeatures={})
    message = "spec.liveUpdateFeatures was removed in KubeVirt 1.2.0"
    assert messages(value, kinds.VM) == [("field-unknown", message)]
    assert messages(value, kinds.VM, "1.1.1") == []


def test_values_that_the_schema_names_only_later_pass_before() -> None:
    value = spec_of(kinds.RESTORE, targetReadinessPolicy="FailImediate")
    message = (
        'spec.targetReadinessPolicy is "FailImediate", expected "FailImmediate", "StopTarget", '
        '"WaitGracePeriod" or "WaitEventually"'
    )
    assert messages(value, kinds.RESTORE, "1.8.4") == []
    assert messages(value, kinds.RESTORE, "1.9.0") == [("value-not-allowed", message)]
    assert messages(value, kinds.RESTORE) == [("value-not-allowed", message)]


def test_releases_of_kubevirt_do_not_touch_kinds_of_others() -> None:
    source = {"http": {"url": "https://example.com/disk.img", "checksum": "sha256:0"}}
    volume = spec_of(kinds.DATA_VOLUME, source=source)
    assert messages(volume, kinds.DATA_VOLUME, "1.0.0") == []
    template = {"metadata": {"name": "d"}, "spec": volume["spec"]}
    machine = spec_of(kinds.VM, dataVolumeTemplates=[template])
    path = "spec.dataVolumeTemplates[0].spec.source.http.checksum"
    [(rule, message)] = messages(machine, kinds.VM)
    assert rule == "field-unknown"
    assert message.startswith(f"{path} is not a field of VirtualMachine")


@pytest.mark.parametrize("kind", [kinds.SNAPSHOT, kinds.RESTORE, kinds.CONTENT])
@pytest.mark.parametrize("status", [False, True])
def test_strict_decoding_looks_at_a_dropped_status(kind: Kind, status: bool) -> None:
    value = sample(kind) | {"status": {"nonsense": 1}}
    [problem] = problems(value, kind, status=status)
    assert (problem.fault, problem.path) == (SchemaFault.UNKNOWN_FIELD, ("status", "nonsense"))


@pytest.mark.parametrize("kind", sorted(KINDS), ids=lambda kind: kind.kind)
def test_values_in_a_dropped_status_do_not_matter(kind: Kind) -> None:
    status = {"conditions": [{"type": 1}], "phase": ["x"], "readyToUse": "no", "error": 7}
    known = schema_for(kind, status=True)
    assert known is not None
    fields = known["properties"].get("status", {}).get("properties", {})
    value = sample(kind) | {"status": {key: status[key] for key in status if key in fields}}
    if drops_status(kind):
        assert problems(value, kind) == ()


@pytest.mark.parametrize("kind", [kinds.RESTORE, kinds.EXPORT, kinds.CLONE, kinds.POOL])
def test_a_status_that_is_no_object_breaks_the_webhook(kind: Kind) -> None:
    [problem] = problems(sample(kind) | {"status": "Ready"}, kind)
    assert (problem.fault, problem.path) == (SchemaFault.WRONG_TYPE, ("status",))


def test_a_status_that_no_webhook_decodes_may_be_anything() -> None:
    assert is_valid(sample(kinds.CONTENT) | {"status": "Ready"}, kinds.CONTENT)


def test_a_status_counts_at_releases_that_store_it() -> None:
    value = sample(kinds.SNAPSHOT) | {"status": {"readyToUse": "yes"}}
    assert messages(value, kinds.SNAPSHOT, "1.4.0") == []
    message = 'status.readyToUse is "yes", expected a boolean; write it without quotes'
    assert messages(value, kinds.SNAPSHOT, "1.3.1") == [("field-type-wrong", message)]


def test_nulls_count_as_absent_but_not_in_lists() -> None:
    nulls = {"name": "s", "labels": {"a": None}, "annotations": None, "creationTimestamp": None}
    value = spec_of(kinds.SNAPSHOT, failureDeadline=None) | {"metadata": nulls, "status": None}
    assert messages(value, kinds.SNAPSHOT) == []
    value = spec_of(kinds.RESTORE, patches=[None])
    message = "spec.patches[0] is null, expected one JSON Patch operation as a string"
    assert messages(value, kinds.RESTORE) == [("field-type-wrong", message)]


def test_a_null_does_not_hide_an_unknown_field() -> None:
    value = spec_of(kinds.SNAPSHOT, retention=None)
    assert [rule for rule, _ in messages(value, kinds.SNAPSHOT)] == ["field-unknown"]


def test_all_faults_are_reported_at_once_in_order() -> None:
    value = {"metadata": {"name": 1}, "spec": {"source": {"name": 2, "kind": 3, "x": 4}}}
    assert [it.path for it in problems(value, kinds.SNAPSHOT)] == [
        ("metadata", "name"), ("spec", "source", "kind"), ("spec", "source", "name"),
        ("spec", "source", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["${CORES}", "{{ .Values.cores }}", "<cores>"])
def test_what_is_not_rendered_yet_is_never_wrong(text: str) -> None:
    domain = {"devices": {}, "cpu": {"cores": text}, "memory": {"guest": text}, text: {}}
    value = spec_of(kinds.VM, template={"spec": {"domain": domain}}, running=text)
    assert problems(value, kinds.VM) == ()


def test_long_and_strange_text_stays_on_one_short_line() -> None:
    value = sample(kinds.STORAGE_CLASS) | {"reclaimPolicy": "x\n\x1b" * 5000}
    [problem] = problems(value, kinds.STORAGE_CLASS)
    assert problem.message.isprintable()
    assert len(problem.message) < 200


def test_a_deeply_nested_value_is_reported_like_any_other() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    [problem] = problems(spec_of(kinds.SNAPSHOT, deletionPolicy=deep), kinds.SNAPSHOT)
    assert problem.message == "spec.deletionPolicy is an array, expected a string"


def test_what_sops_adds_is_gone_before_the_apply() -> None:
    whole = sample(kinds.VM)
    assert messages(whole | {"sops": {"mac": "ENC[x]", "version": "3.9.0"}}, kinds.VM) == []
    other: dict[str, Any]
    for other in ({"sops": True}, {"sops": {}}, {"spec": whole["spec"] | {"sops": {"mac": "x"}}}):
        assert [rule for rule, _ in messages(whole | other, kinds.VM)] == ["field-unknown"]


def test_the_search_for_faults_ends_and_says_so() -> None:
    value: dict[str, Any] = {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "spec": {"template": {}},
    }
    value |= {f"field{number}": 1 for number in range(50)}
    assert len(problems(value, kinds.VM)) >= 50
    *first, last = problems(value, kinds.VM, most=10)
    assert len(first) == 10
    assert last.message == "only 10 faults of this object were looked for: it has more"
