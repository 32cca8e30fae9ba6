"""What cards cannot show: encodings, JSON, budgets, files that kustomize builds, named prose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOT_DEPRECATED, snap, yaml_of
from tests.properties import examples
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import NotChecked, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding, Report

RULES = frozenset((
    "ambiguous-scalar", "api-deprecated", "class-schema", "document-budget", "duplicate-key",
    "encoding-unsupported", "field-type-wrong", "field-unknown", "flattened-indentation",
    "group-version-unknown", "kind-unknown", "name-invalid", "required-missing",
    "server-fields-in-source", "snapshot-api-old", "type-meta-missing", "unrendered-template",
    "value-not-allowed", "version-not-served", "yaml-invalid",
))  # fmt: skip
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
"""
HALF_A_VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {labels: {app: web}}
spec: {runStrategy: Halted}
"""
FLATTENED = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
creationTimestamp: "2026-01-31T03:00:00Z"
finalizers:
- snapshot.kubevirt.io/vmsnapshot-protection
name: nightly
namespace: shop
resourceVersion: "4711"
uid: 6a1a24a1-4061-4607-8bf4-a3963d0c5895
spec:
source:
apiGroup: kubevirt.io
kind: VirtualMachine
name: web
status:
conditions:
{conditions}
readyToUse: true # (3)
virtualMachineSnapshotContentName: vmsnapshot-content-6a1a24a1 4
"""
ALL_FLAT = '- reason: Operation complete\nstatus: "True" # (2)\ntype: Ready'
HALF_FLAT = '  - reason: Operation complete\n  status: "True" # (2)\n  type: Ready'


def lint(data: bytes, **chosen: Any) -> Report:
    return engine.lint(("-",), data, Settings(select=RULES, **chosen)).report


def findings_at(report: Report) -> list[tuple[str, int]]:
    return [(finding.rule, finding.span.line) for finding in report.findings]


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_kubernetes_encodings_are_read(encoding: str) -> None:
    assert findings_at(lint(SNAPSHOT.encode(encoding))) == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert findings_at(lint(SNAPSHOT.encode(encoding))) == [("encoding-unsupported", 1)]


def test_a_control_character_is_shown_where_it_stands() -> None:
    assert findings_at(lint(SNAPSHOT.replace("nightly", "night\0ly").encode())) == [
        ("encoding-unsupported", 4)
    ]


def test_a_file_over_the_budget_is_an_error() -> None:
    finding = only(lint(SNAPSHOT.encode() + b"#" * 10 * 1024 * 1024))
    assert (finding.rule, finding.severity) == ("document-budget", Severity.ERROR)


def test_aliases_without_end_are_stopped() -> None:
    bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n" + "".join(
        f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 10)}]\n" for i in range(1, 9)
    )
    assert only(lint((SNAPSHOT + bomb).encode())).rule == "document-budget"


def test_a_key_that_is_twice_in_json_shows_the_first_too() -> None:
    text = json.dumps(snap() | NOT_DEPRECATED)
    text = text.replace('"name": "web"', '\n"name": "api",\n"name": "web"')
    finding = only(lint(text.encode()))
    assert (finding.rule, finding.span.line) == ("duplicate-key", 3)
    assert [related.span.line for related in finding.related] == [2]


@pytest.mark.parametrize("conditions", [ALL_FLAT, HALF_FLAT], ids=["parses", "does not parse"])
@pytest.mark.parametrize("rules", [RULES, frozenset[str]()], ids=["these rules", "all rules"])
def test_lost_indentation_is_one_finding(conditions: str, rules: frozenset[str]) -> None:
    data = FLATTENED.replace("{conditions}", conditions).encode()
    report = engine.lint(("-",), data, Settings(select=rules)).report
    assert findings_at(report) == [("flattened-indentation", 3)]


def test_the_same_with_its_indentation_is_clean() -> None:
    lines = FLATTENED.replace("{conditions}", HALF_FLAT).splitlines()
    for first, last, blanks in ((3, 10, 2), (11, 12, 2), (12, 15, 4), (16, 17, 2), (18, 20, 4)):
        lines[first:last] = [" " * blanks + line.strip() for line in lines[first:last]]
    lines[17] = "  - " + lines[17].strip(" -")
    lines[20:] = ["  " + line for line in lines[20:]]
    assert findings_at(lint("\n".join(lines).encode())) == []


def test_a_base_of_kustomize_may_lack_what_it_gets_later(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(f"{HALF_A_VM}---\n{SNAPSHOT}")
    settings_ = Settings(select=RULES)
    report = engine.lint((str(tmp_path),), None, settings_).report
    assert {finding.rule for finding in report.findings} == {
        "required-missing", "type-meta-missing",
    }  # fmt: skip
    (tmp_path / "kustomization.yaml").write_text("resources: [base.yaml]\n")
    assert engine.lint((str(tmp_path),), None, settings_).report.findings == ()


def test_an_export_that_kustomize_applies_is_no_export(tmp_path: Path) -> None:
    text = SNAPSHOT.replace("  name: nightly", "  name: nightly\n  uid: 6a1a24a1")
    (tmp_path / "snapshot.yaml").write_text(text)
    settings_ = Settings(select=frozenset(("server-fields-in-source",)))
    assert engine.lint((str(tmp_path),), None, settings_).report.findings == ()
    (tmp_path / "kustomization.yaml").write_text("resources: [snapshot.yaml]\n")
    assert only(engine.lint((str(tmp_path),), None, settings_).report).span.line == 5


def test_prose_that_is_named_is_listed_and_no_error(tmp_path: Path) -> None:
    page = tmp_path / "page.rst"
    page.write_text(f"# Snapshots: how to\n\n```yaml\n{SNAPSHOT}```\n")
    report = engine.lint((str(page),), None, Settings()).report
    assert report.findings == ()
    assert [one.file for one in report.not_checked] == [str(page)]


def test_a_list_of_machines_is_reported_where_something_is_snapshotted() -> None:
    listed = "- " + HALF_A_VM.replace("\n", "\n  ").rstrip()
    assert only(lint(f"{SNAPSHOT}---\n{listed}\n".encode())).severity is Severity.INFO
    report = lint(listed.encode())
    assert (report.findings, len(report.not_checked)) == ((), 1)


def test_machines_alone_are_not_our_business_unless_asked_for() -> None:
    assert findings_at(lint(HALF_A_VM.encode())) == []
    assert {rule for rule, _ in findings_at(lint(HALF_A_VM.encode(), all_vms=True))} == {
        "required-missing", "type-meta-missing",
    }  # fmt: skip


def test_a_list_in_a_list_and_an_item_without_kind_are_errors() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [{"kind": "VirtualMachineSnapshot"}]}
    nameless: dict[str, object] = {"metadata": {"name": "x"}}
    items = [inner, nameless, snap("second") | NOT_DEPRECATED]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    assert {finding.rule for finding in lint(text.encode()).findings} == {
        "kind-unknown", "type-meta-missing",
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "${X}", "kind"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "namespace", "kind", "labels", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@examples(150)
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("apiVersion", "kind", "metadata", "spec", "status", "items"), JSON),
    ),
    st.sampled_from(["snapshot.kubevirt.io/v1beta1", "kubevirt.io/v1", "v1", "storage.k8s.io/v1"]),
    st.sampled_from(["VirtualMachineSnapshot", "VirtualMachine", "List", "StorageClass", "X"]),
)
def test_no_object_breaks_a_rule(value: dict[str, Any], api_version: str, kind: str) -> None:
    whole = {"apiVersion": api_version, "kind": kind} | value
    report = lint(json.dumps(whole).encode(), all_vms=True)
    assert all(finding.rule in RULES for finding in report.findings)


TEMPLATE = "{{ if .x }}\napiVersion: kubevirt.io/v1\nkind: VirtualMachine\n{{ end }}\n"


def test_templates_that_do_not_parse_are_one_note_a_directory(tmp_path: Path) -> None:
    for name in ("a/1.yaml", "a/2.yaml", "b/1.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEMPLATE)
    report = engine.lint((str(tmp_path),), None, Settings())[0]
    assert [(one.file, one.reason) for one in report.not_checked] == [
        (f"{tmp_path}/a", "2 templates: render them first and lint the result"),
        (f"{tmp_path}/b/1.yaml", "a template: render it first and lint the result"),
    ]


@pytest.mark.parametrize("text", ["$VM", "${VM}", "$(VM)", "@@VM@@", "ENC[x]", "<vm>"])
def test_a_name_that_is_filled_in_later_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(SNAPSHOT.replace("name: web}", f'name: "{text}"}}'))
    findings = engine.lint((str(tmp_path),), None, Settings()).report.findings
    assert [one.rule for one in findings] == ["unrendered-template"]


@pytest.mark.parametrize(
    "name",
    ["name:\n    ${NAME}", "name: &n my-${NAME}", "name: >-\n    ${NAME}", '"name" : "{{ x }}"'],
)
def test_a_placeholder_is_found_however_the_name_is_written(name: str) -> None:
    report = lint(SNAPSHOT.replace("name: nightly", name).encode())
    assert [one.rule for one in report.findings] == ["unrendered-template"]


def test_names_are_searched_in_time_that_grows_with_the_text() -> None:
    text = SNAPSHOT + "# " + "name:" * 200_000 + "\n# name:" + " " * 2_000_000
    assert lint(text.encode()).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d\n",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\n   a: b\n",
        "apiVersion: v1\nkind: Pod\nmetadata: [\n",
        '{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": ]}',
    ],
)
@pytest.mark.parametrize("saves", [True, False])
def test_what_a_snapshot_may_need_and_does_not_parse_is_a_finding_beside_one(
    tmp_path: Path, text: str, saves: bool
) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    (tmp_path / "other.yaml").write_text(SNAPSHOT if saves else HALF_A_VM)
    report = engine.lint((str(tmp_path),), None, Settings(select=RULES & {"yaml-invalid"})).report
    broken = str(tmp_path / "broken.yaml")
    assert [finding.file for finding in report.findings] == ([broken] if saves else [])
    assert NotChecked(broken, "does not parse") in report.not_checked


STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
spec:
  volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
"""


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: gerrit.io/v1\nkind: Gerrit\nspec: {storage: {kind: Pod}}\na: 1\na: 2\n",
        STATEFUL_SET + "     a: b\n",
        "on: {push: {}}\njobs: {a: {run: kubectl get Pod}}\n",
    ],
)
def test_what_no_rule_reads_is_silent_beside_a_snapshot(tmp_path: Path, text: str) -> None:
    (tmp_path / "foreign.yaml").write_text(text)
    (tmp_path / "snapshot.yaml").write_text(SNAPSHOT)
    report = engine.lint((str(tmp_path),), None, Settings(select=RULES)).report
    assert report.findings == ()


OTHER = SNAPSHOT.replace("nightly", "weekly")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (SNAPSHOT + "...\n" + OTHER, [8]),
        (SNAPSHOT + "...\n# end\n...\n" + OTHER, [10]),
        ("{a: b}\n" + SNAPSHOT, [2]),
        ("[]\n" + SNAPSHOT, [1, 2]),
        ("[]\n---\n" + SNAPSHOT, [1]),
        (SNAPSHOT + "---\nsome text\n", [8]),
        ("- {op: add, path: /a, value: b}\n---\n" + SNAPSHOT, [1]),
        ("a: [\n---\n" + SNAPSHOT, [2]),
        ('{"a": 1} []\n' + SNAPSHOT, [1, 2]),
    ],
)
def test_what_kubectl_drops_or_stops_at_is_told(text: str, lines: list[int]) -> None:
    report = lint(text.encode())
    assert findings_at(report) == [("yaml-invalid", line) for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        SNAPSHOT + "...\n",
        SNAPSHOT + "...\n# end\n",
        SNAPSHOT + "...\n---\n" + OTHER,
        "---\nnull\n---\n" + SNAPSHOT,
        "a: b\n...\nc: d\n",
        "[]\n",
        "- {op: add, path: /a, value: b}\n",
        "[]\n---\na: b\n",
    ],
)
def test_an_end_with_nothing_of_ours_behind_it_is_no_finding(text: str) -> None:
    assert findings_at(lint(text.encode())) == []


def test_what_kustomize_builds_and_kubectl_drops_is_only_mentioned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kustomization.yaml").write_text("resources: [all.yaml]\n")
    (tmp_path / "all.yaml").write_text(SNAPSHOT + "...\n" + OTHER)
    report = engine.lint((".",), b"", Settings(select=frozenset({"yaml-invalid"}))).report
    finding = only(report)
    assert (finding.severity, finding.span.line) == (Severity.INFO, 8)


def test_a_key_that_is_written_three_times_names_the_first_twice() -> None:
    text = SNAPSHOT.replace("{apiGroup", "{name: a, name: b, apiGroup")
    related = [
        [near.span[:2] for near in finding.related] for finding in lint(text.encode()).findings
    ]
    assert related == [[(6, 12)], [(6, 12)]]


@pytest.mark.parametrize(
    ("other", "broken", "line"),
    [
        ("PersistentVolumeClaim", "kind: ConfigMap\nmetadata: {name: [a\n", 6),
        ("PersistentVolumeClaim", "[]\n", 5),
        ("PersistentVolumeClaim", "hello\n", 5),
        ("ConfigMap", "kind: ConfigMap\nmetadata: {name: [a\n", None),
    ],
)
def test_a_broken_document_beside_one_that_is_read(
    tmp_path: Path, other: str, broken: str, line: int | None
) -> None:
    """Whoever applies the file stops there."""
    (tmp_path / "s.yaml").write_text(yaml_of(snap()))
    head = f"apiVersion: v1\nkind: {other}\nmetadata: {{name: a}}\n---\n"
    (tmp_path / "a.yaml").write_text(head + broken)
    report = engine.lint((str(tmp_path),), None, Settings()).report
    found = [it.span.line for it in report.findings if it.rule == "yaml-invalid"]
    assert len(found) == (line is not None)
    assert line is None or found[0] >= line
