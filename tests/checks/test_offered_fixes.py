"""Which fix a finding has, and which it has not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.checks import mending
from tests.expectations import settings_of
from vmsnap_lint import document, engine
from vmsnap_lint.core.model import Safety

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding, Fix

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec:
"""
SOURCE = "  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}\n"
VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: NAME, namespace: prod}
spec:
  runStrategy: Halted
  template: {spec: {domain: {devices: {}}}}
---
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(flags: str = "") -> Settings:
    return settings_of(f"# with: {flags}\n")._replace(with_fixes=True)


def found(text: str, rule_id: str, flags: str = "") -> list[Finding]:
    Path("a.yaml").write_text(text, newline="")
    return [each for each in mending.findings(settings(flags)) if each.rule == rule_id]


def fixes(text: str, rule_id: str, flags: str = "") -> list[Fix]:
    return [fix for each in found(text, rule_id, flags) for fix in each.fixes]


def offered(text: str, rule_id: str, flags: str = "") -> list[tuple[str, str]]:
    return [(fix.title, str(fix.safety)) for fix in fixes(text, rule_id, flags)]


def fixed(text: str, *, unsafe: bool = False, flags: str = "") -> str:
    mending.mended({"a.yaml": text}, settings(flags), unsafe=unsafe)
    return Path("a.yaml").read_bytes().decode()


def vms(*names: str) -> str:
    return "".join(VM.replace("NAME", name) for name in names)


@pytest.mark.parametrize(
    ("names", "written", "expected"),
    [
        (("web",), "wbe", [("set name: web", "unsafe")]),
        (("web-2",), "web-1", [("set name: web-2", "display")]),  # another one of a series
        (("webb", "weba"), "webc", [("set name: weba", "display"), ("set name: webb", "display")]),
        (("unlike",), "web", []),
    ],
)
def test_a_name_is_corrected_where_one_alone_was_meant(
    names: tuple[str, ...], written: str, expected: list[tuple[str, str]]
) -> None:
    text = vms(*names) + SNAPSHOT + SOURCE.replace("name: web", f"name: {written}")
    assert offered(text, "source-vm-missing") == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("retain", [("set deletionPolicy: Retain", "safe")]),  # as it works already
        ("delete", [("set deletionPolicy: Delete", "unsafe")]),
        ("Retian", [("set deletionPolicy: Retain", "unsafe")]),
        ("Keep", []),
        ("${POLICY}", []),
    ],
)
def test_a_policy_that_is_accepted_is_changed_safely_only_to_what_it_does(
    policy: str, expected: list[tuple[str, str]]
) -> None:
    text = f"{SNAPSHOT}{SOURCE}  deletionPolicy: {policy}\n"
    assert offered(text, "deletion-policy-unknown") == expected


@pytest.mark.parametrize(
    ("running", "strategy", "expected"),
    [
        ("true", "Always", [("remove running", "safe")]),
        ("false", "Halted", [("remove running", "safe")]),
        ("true", "Halted", [("remove running", "unsafe")]),
        ("false", "Always", [("remove running", "unsafe")]),
        ("true", "RerunOnFailure", [("remove running", "unsafe")]),
        ("false", "Manual", [("remove running", "unsafe")]),
    ],
)
def test_running_is_removed_safely_where_it_says_the_same(
    running: str, strategy: str, expected: list[tuple[str, str]]
) -> None:
    text = vms("web").replace("Halted", f"{strategy}\n  running: {running}") + SNAPSHOT + SOURCE
    assert offered(text, "running-and-strategy") == expected


@pytest.mark.parametrize(("running", "strategy"), [("true", "Always"), ("no", "Halted")])
def test_running_becomes_the_run_strategy_of_the_same_meaning(running: str, strategy: str) -> None:
    text = (
        vms("web").replace("runStrategy: Halted", f"running: {running} # why") + SNAPSHOT + SOURCE
    )
    assert f"  runStrategy: {strategy} # why\n" in fixed(text, flags="--kubevirt 1.9")


def test_running_takes_the_place_of_a_run_strategy_that_is_null() -> None:
    text = vms("web").replace("Halted", "null\n  running: true") + SNAPSHOT + SOURCE
    result = fixed(text, flags="--kubevirt 1.9")
    assert "  runStrategy: Always\n  template:" in result
    assert "running:" not in result


@pytest.mark.parametrize("number", ["010", "1_000", "0x1F", "1.0", "1e3", "yes", "On", "20260131"])
def test_quotes_go_around_what_is_written(number: str) -> None:
    """The text is what was meant, not the value that YAML makes of it."""
    text = f"{SNAPSHOT.replace('nightly', 'a, labels: {of: ' + number + '}')}{SOURCE}"
    (document_,) = document.read("a.yaml", fixed(text).encode()).documents
    assert document_.value["metadata"]["labels"] == {"of": number}


@pytest.mark.parametrize(
    ("version", "expected"),
    [("v1beta1", [("set apiVersion: snapshot.storage.k8s.io/v1", "safe")]), ("v1alpha1", [])],
)
def test_a_version_of_another_shape_is_not_replaced(
    version: str, expected: list[tuple[str, str]]
) -> None:
    text = (
        f"apiVersion: snapshot.storage.k8s.io/{version}\nkind: VolumeSnapshotClass\n"
        "metadata: {name: fast}\ndriver: a.example.org\ndeletionPolicy: Delete\n"
    )
    assert offered(text, "snapshot-api-old") == expected


@pytest.mark.parametrize(
    ("reference", "rule_id", "expected"),
    [
        (
            "kind: VirtualMachine",
            "source-apigroup-missing",
            [("add apiGroup: kubevirt.io", "safe")],
        ),
        (
            "kind: virtualmachine",
            "source-apigroup-missing",
            [("add apiGroup: kubevirt.io", "safe")],
        ),
        (
            "kind: VirtualMachineInstance",
            "source-apigroup-missing",
            [("add apiGroup: kubevirt.io", "unsafe")],
        ),
        ("kind: Pod", "source-apigroup-missing", []),
        ("apiGroups: kubevirt.io, kind: VirtualMachine", "source-apigroup-missing", []),
        ("apiVersion: kubevirt.io/v1, kind: VirtualMachine", "source-apigroup-missing", []),
        (
            "apiGroup: other.example.org, kind: Pod",
            "source-apigroup-invalid",
            [("set apiGroup: kubevirt.io", "unsafe")],
        ),
    ],
)
def test_a_group_is_certain_where_the_kind_is(
    reference: str, rule_id: str, expected: list[tuple[str, str]]
) -> None:
    assert offered(f"{SNAPSHOT}  source: {{{reference}, name: web}}\n", rule_id) == expected


def test_a_version_in_the_place_of_a_group_is_mended_in_two_rounds() -> None:
    text = f"{SNAPSHOT}  source: {{apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: web}}\n"
    assert fixed(text, unsafe=True) == SNAPSHOT + SOURCE


def test_of_two_names_that_do_not_match_one_is_mended() -> None:
    """Or both would be changed at once, and never match."""
    text = vms("web").replace(
        "domain: {devices: {}}",
        "domain: {devices: {interfaces: [{name: defualt, masquerade: {}}]}}, "
        "networks: [{name: default, pod: {}}]",
    )
    result = fixed(f"{text}{SNAPSHOT}{SOURCE}", unsafe=True)
    assert result == f"{text}{SNAPSHOT}{SOURCE}".replace("defualt", "default")


def test_a_disk_does_not_get_the_name_that_another_one_has() -> None:
    text = vms("web").replace(
        "domain: {devices: {}}",
        "domain: {devices: {disks: [{name: root}, {name: roto}]}}, "
        "volumes: [{name: root, emptyDisk: {capacity: 1Gi}}]",
    )
    assert offered(f"{text}{SNAPSHOT}{SOURCE}", "volume-list-invalid") == []


def test_a_key_is_not_renamed_to_one_that_is_there() -> None:
    text = f"{SNAPSHOT}{SOURCE}  failuredeadline: 5m\n  failureDeadline: 10m\n"
    assert offered(text, "field-unknown") == []


def test_a_key_is_not_renamed_where_the_value_does_not_fit() -> None:
    text = (
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineRestore\n"
        "metadata: {name: back}\nspec:\n  source: {name: nightly}\n"
        "  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}\n"
    )
    assert len(found(text, "field-unknown")) == 1
    assert offered(text, "field-unknown") == []
    assert offered(text.replace("{name: nightly}", "nightly"), "field-unknown") == [
        ("rename source to virtualMachineSnapshotName", "unsafe")
    ]


def test_an_equal_repeat_is_removed_safely_and_another_is_not() -> None:
    text = f"{SNAPSHOT}  failureDeadline: 5m\n{SOURCE}  failureDeadline: 5m\n"
    assert fixed(text) == f"{SNAPSHOT}{SOURCE}  failureDeadline: 5m\n"
    other = text.replace("5m", "10m", 1)
    assert fixed(other) == other
    assert fixed(other, unsafe=True) == fixed(text)


def test_each_of_three_repeats_goes() -> None:
    text = f"{SNAPSHOT}{SOURCE}" + "  failureDeadline: 5m\n" * 3
    assert fixed(text) == f"{SNAPSHOT}{SOURCE}  failureDeadline: 5m\n"


def test_a_separator_is_put_before_the_comments_of_the_object() -> None:
    text = vms("web").replace("---\n", "# the snapshot\n# of each night\n") + SNAPSHOT + SOURCE
    expected = vms("web") + "# the snapshot\n# of each night\n" + SNAPSHOT + SOURCE
    assert fixed(text) == expected
    assert fixed(text.replace("\n", "\r\n")) == expected.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("  # vmsnap-lint: ignore[mac-duplicated] why", ""),
        ("  # a note # vmsnap-lint: ignore[mac-duplicated] why", "  # a note"),
        (
            "  # vmsnap-lint: ignore[mac-duplicated, source-vm-unverified] why",
            "  # vmsnap-lint: ignore[source-vm-unverified] why",
        ),
        (
            "  # vmsnap-lint: ignore[source-vm-unverified,mac-duplicated] why",
            "  # vmsnap-lint: ignore[source-vm-unverified] why",
        ),
        ("  # vmsnap-lint: ignore[mac-duplicated, vm-busy] why", ""),
        ("  # vmsnap-lint: ignore[mac-duplicated] see #12", ""),
        ("  # a # vmsnap-lint: ignore[mac-duplicated] why # noqa", "  # a # noqa"),
        ("  # vmsnap-lint: ignore[quite-another] why", ""),
        ("  # vmsnap-lint: ignore[source-vm-unverified] until=2020-01-01 why", ""),
    ],
)
def test_of_a_suppression_goes_what_has_no_effect(comment: str, expected: str) -> None:
    text = f"{SNAPSHOT}{SOURCE}".rstrip("\n")
    for ending in ("\n", "\r\n", ""):
        written = f"{text}{comment}{ending}"
        if ending == "\r\n":
            written = written.replace("\r\n", "\n").replace("\n", "\r\n")
        assert fixed(written).replace("\r\n", "\n") == f"{text}{expected}{ending}".replace("\r", "")


@pytest.mark.parametrize(("before", "behind"), [("", "\n"), ("\ufeff", "\n"), ("a: 1\n---\n", "")])
def test_a_comment_goes_with_its_line(before: str, behind: str) -> None:
    object_ = f"{SNAPSHOT}{SOURCE}"
    comment = "# vmsnap-lint: ignore[mac-duplicated] why"
    assert fixed(f"{before}{comment}\n{object_}") == f"{before}{object_}"
    assert fixed(f"{before}{object_}{comment}{behind}").rstrip("\n") == f"{before}{object_}".rstrip(
        "\n"
    )


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ('"mac-duplicated: why"', {}),
        (
            '"mac-duplicated, source-vm-unverified: why"',
            {"vmsnap-lint/ignore": "source-vm-unverified: why"},
        ),
        (
            "|\n      source-vm-unverified: why\n      mac-duplicated: none",
            {"vmsnap-lint/ignore": "source-vm-unverified: why\n"},
        ),
    ],
)
def test_of_an_annotation_goes_what_has_no_effect(annotation: str, expected: object) -> None:
    text = SNAPSHOT.replace(
        "metadata: {name: nightly, namespace: prod}",
        f"metadata:\n  name: nightly\n  annotations:\n    vmsnap-lint/ignore: {annotation}",
    )
    (document_,) = document.read("a.yaml", fixed(text + SOURCE).encode()).documents
    assert document_.value["metadata"]["annotations"] == expected


def test_all_of_what_a_cluster_wrote_goes_at_once() -> None:
    marked = SNAPSHOT.replace(
        "metadata: {name: nightly, namespace: prod}",
        "metadata: {uid: 1, name: nightly, generation: 2, resourceVersion: '3', namespace: prod}",
    )
    (edited,) = fixes(f"{vms('web')}{marked}{SOURCE}status: {{phase: Failed}}\n", SERVER_FIELDS)
    assert edited.safety is Safety.SAFE
    assert fixed(f"{vms('web')}{marked}{SOURCE}status: {{phase: Failed}}\n") == (
        f"{vms('web')}{SNAPSHOT}{SOURCE}".rstrip("\n") + "\n"
    )


SERVER_FIELDS = "server-fields-in-source"
CHAIN = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {}}
      volumes:
      - {name: root, persistentVolumeClaim: {claimName: root}}
      - {name: data, persistentVolumeClaim: {claimName: data}}
---
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: NAME, namespace: prod}
spec: {storageClassName: fast, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
"""
CLAIMS = CLAIM.replace("NAME", "root") + CLAIM.replace("NAME", "data")
COMPLETE = "--complete VolumeSnapshotClass"


@pytest.mark.parametrize(
    ("storage_class", "parameters"),
    [
        ("provisioner: ebs.csi.aws.com\n", None),
        ("provisioner: driver.longhorn.io\n", {"type": "snap"}),
        (
            (
                "provisioner: rook-ceph.rbd.csi.ceph.com\nparameters:\n  clusterID: rook-ceph\n"
                "  csi.storage.k8s.io/provisioner-secret-name: rook-csi\n"
                "  csi.storage.k8s.io/provisioner-secret-namespace: rook-ceph\n"
            ),
            {
                "clusterID": "rook-ceph",
                "csi.storage.k8s.io/snapshotter-secret-name": "rook-csi",
                "csi.storage.k8s.io/snapshotter-secret-namespace": "rook-ceph",
            },
        ),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_driver_gets_a_snapshot_class_once(
    storage_class: str, parameters: object, *, last: bool
) -> None:
    head = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n"
    own, rest = head + storage_class, CHAIN + CLAIMS + SNAPSHOT + SOURCE
    text = f"{rest}---\n{own}".rstrip("\n") if last else f"{own}---\n{rest}"
    assert [each.safety for each in fixes(text, "no-snapshot-class", COMPLETE)] == ["unsafe"] * 2
    result = fixed(text, unsafe=True, flags=COMPLETE)
    (made,) = [
        each.value
        for each in document.read("a.yaml", result.encode()).documents
        if each.value["kind"] == "VolumeSnapshotClass"
    ]
    assert made["driver"] == storage_class.split()[1]
    assert made.get("parameters") == parameters
    assert found(result, "no-snapshot-class", COMPLETE) == []
    assert own.rstrip("\n") in result
    assert rest in result


@pytest.mark.parametrize(
    "driver", ["rook-ceph.rbd.csi.ceph.com", "csi.hetzner.cloud", "unheard.example.org"]
)
def test_no_snapshot_class_is_suggested_where_it_would_not_work(driver: str) -> None:
    head = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n"
    text = f"{head}provisioner: {driver}\n---\n{CHAIN}{CLAIMS}{SNAPSHOT}{SOURCE}"
    assert fixes(text, "no-snapshot-class", COMPLETE) == []


@pytest.mark.parametrize(
    "patch",
    [
        '[{"op": "replace", "path": "/spec/runStrategy", "value": "Halted"}]',
        '{"op": "replace", "path": "/spec/template/spec/m", "value": "02:00:00:00:00:0a"}',
    ],
)
def test_a_patch_keeps_its_meaning(patch: str) -> None:
    text = (
        f"{vms('web')}{SNAPSHOT}{SOURCE}---\napiVersion: snapshot.kubevirt.io/v1beta1\n"
        "kind: VirtualMachineRestore\nmetadata: {name: back, namespace: prod}\nspec:\n"
        "  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: copy}\n"
        f"  virtualMachineSnapshotName: nightly\n  patches: ['{patch}']\n"
    )
    expected = patch.strip("[]").replace("02:00:00:00:00:0a", "02-00-00-00-00-0a")
    assert fixed(text) == text.replace(patch, expected)


@pytest.mark.parametrize(
    ("flags", "safety"), [("", "unsafe"), ("--kubevirt 1.9", "safe"), ("--kubevirt 1.8", None)]
)
def test_a_version_of_the_newest_release_is_safe_where_the_cluster_has_it(
    flags: str, safety: str | None
) -> None:
    text = (
        "apiVersion: export.kubevirt.io/v1beta1\nkind: VirtualMachineExport\n"
        "metadata: {name: out, namespace: prod}\n"
        f"spec:\n{SOURCE}"
    )
    expected = [("set apiVersion: export.kubevirt.io/v1", safety)] if safety else []
    assert offered(text, "api-deprecated", flags) == expected


@pytest.mark.parametrize(
    ("name", "deadline", "expected"),
    [
        ("1e3", "5m", ["put the value in quotes"]),
        ("nightly", "no", []),
        ("0x1F", "5m", []),  # no name
    ],
)
def test_a_value_is_quoted_only_where_the_text_is_accepted(
    name: str, deadline: str, expected: list[str]
) -> None:
    text = f"{SNAPSHOT.replace('nightly', name)}  failureDeadline: {deadline}\n{SOURCE}"
    assert [title for title, _ in offered(text, "field-type-wrong")] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "      featureGates:\n        - Snapshot\n"),
        ("      featureGates:\n", "      featureGates:\n        - Snapshot\n"),
        ("      featureGates: [A]\n", "      featureGates: [A, Snapshot]\n"),
    ],
)
def test_what_is_null_gets_what_it_lacks(before: str, after: str) -> None:
    text = (
        "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {name: a, namespace: b}\n"
        "spec:\n  configuration:\n    developerConfiguration:\n"
    )
    rest = f"---\n{vms('web')}{SNAPSHOT}{SOURCE}"
    flags = "--select snapshot-gate-off --kubevirt 1.6"
    assert fixed(f"{text}{before}{rest}", unsafe=True, flags=flags) == f"{text}{after}{rest}"


@pytest.mark.parametrize(
    ("rule_id", "path", "safety"),
    [
        ("source-vm-missing", ".", "safe"),
        ("source-vm-missing", "a.yaml", "unsafe"),  # the VMs may be beside it
        ("name-invalid", "a.yaml", "safe"),
    ],
)
def test_a_suppression_is_removed_where_its_finding_would_have_been_seen(
    rule_id: str, path: str, safety: str
) -> None:
    Path("a.yaml").write_text(f"{SNAPSHOT}  # vmsnap-lint: ignore[{rule_id}]\n{SOURCE}")
    report = engine.lint((path,), None, settings()).report
    (unused,) = (each for each in report.findings if each.rule == "suppression-unused")
    assert [str(fix.safety) for fix in unused.fixes] == [safety]


@pytest.mark.parametrize(
    ("field", "safety"),
    [
        ("finalizers: [snapshot.kubevirt.io/vmsnapshot-protection]", "safe"),
        ("ownerReferences: [{apiVersion: snapshot.kubevirt.io/v1beta1, kind: a}]", "unsafe"),
    ],
)
def test_an_owner_is_not_removed_without_a_word(field: str, safety: str) -> None:
    text = f"{SNAPSHOT.replace('prod}', f'prod, {field}}}')}{SOURCE}"
    ((_, offered_safety),) = offered(text, "controller-metadata-in-source")
    assert offered_safety == safety
