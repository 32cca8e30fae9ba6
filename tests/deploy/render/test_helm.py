"""Charts are linted as helm renders them, and findings stand in their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
TEMPLATE = """\
{{- range .Values.vms }}
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: {{ .name }}
  namespace: {{ $.Release.Namespace }}
spec:
  runStrategy: {{ .run | default "Halted" }}
  template:
    spec:
      domain: {devices: {disks: [{name: root, disk: {bus: virtio}}]}}
      volumes:
      - name: root
        persistentVolumeClaim: {claimName: "{{ .name }}"}
{{- end }}
"""
FILES = {
    "web/Chart.yaml": CHART,
    "web/values.yaml": "vms: [{name: web}, {name: db}]\n",
    "web/templates/vm.yaml": TEMPLATE,
    "web/templates/snapshot.yaml": SNAPSHOT,
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_chart_is_silent(tree: Path, tools: str) -> None:
    """Also where one template leaves the namespace to helm, and another one leaves it out."""
    write(tree, FILES)
    report = lint(tools)
    assert (findings_at(report), not_checked(report)) == ([], {})
    assert (report.objects, report.snapshots) == (3, 1)


def test_a_finding_stands_in_the_template(tree: Path, tools: str) -> None:
    write(tree, {**FILES, "web/templates/snapshot.yaml": SNAPSHOT.replace("web", "wbe")})
    assert findings_at(lint(tools)) == [("web/templates/snapshot.yaml", 9, "source-vm-missing")]


def test_a_templated_line_is_known_by_its_key(tree: Path, tools: str) -> None:
    write(tree, {**FILES, "web/values.yaml": "vms: [{name: web, run: Alwys}]\n"})
    report = lint(tools, select=frozenset(("run-strategy-unknown",)))
    assert findings_at(report) == [("web/templates/vm.yaml", 9, "run-strategy-unknown")]


def test_values_are_given_by_option(tree: Path, tools: str) -> None:
    write(tree, {**FILES, "prod.yaml": "vms: [{name: other}]\n"})
    assert findings_at(lint(tools, "web", helm_values=("prod.yaml",))) == [
        ("web/templates/snapshot.yaml", 9, "source-vm-missing")
    ]


def test_a_missing_values_file_is_noted_and_the_rest_is_linted(tree: Path, tools: str) -> None:
    write(tree, {**FILES, "plain/vm.yaml": f"{VM}---\n{SNAPSHOT}  failureDeadline: 5x\n"})
    report = lint(tools, helm_values=("gone.yaml",))
    assert findings_at(report) == [
        ("plain/vm.yaml", 23, "failure-deadline-invalid"),
        ("web/Chart.yaml", 1, "render-failed"),
    ]
    assert any("gone.yaml" in one.message for one in report.findings)
    assert '"gone.yaml"' in not_checked(report)["web"]


def test_a_part_of_a_chart_is_rendered_with_it(tree: Path, tools: str) -> None:
    write(tree, {
        **FILES,
        "web/Chart.yaml": f"{CHART}dependencies: [{{name: sub, version: 0.1.0}}]\n",
        "web/charts/sub/Chart.yaml": CHART.replace("name: web", "name: sub"),
        "web/charts/sub/templates/snapshot.yaml": SNAPSHOT.replace("nightly", "sub")
                                                  + "  failureDeadline: 5x\n",
    })  # fmt: skip
    assert findings_at(lint(tools)) == [
        ("web/charts/sub/templates/snapshot.yaml", 10, "failure-deadline-invalid")
    ]


def test_a_chart_whose_parts_are_elsewhere_is_not_checked(tree: Path, tools: str) -> None:
    listed = f"{CHART}dependencies:\n- {{name: sub, repository: 'https://example.org'}}\n"
    write(tree, {**FILES, "web/Chart.yaml": listed})
    report = lint(tools)
    assert findings_at(report) == findings_at(lint(tools, render="never"))
    assert '"sub"' in not_checked(report)["web"]


def test_a_chart_that_needs_values_is_a_note_until_it_has_some(tree: Path, tools: str) -> None:
    needs = '{{ required "size is needed" .Values.size }}\n'
    write(tree, {**FILES, "web/templates/needs.yaml": f"# kubevirt.io\n{needs}", "v.yaml": "a: b"})
    report = lint(tools, "web")
    as_written = findings_at(lint(tools, "web", render="never"))
    assert findings_at(report) == as_written
    assert "size is needed" in not_checked(report)["web"]
    report = lint(tools, "web", helm_values=("v.yaml",))
    failed = ("web/templates/needs.yaml", 2, "render-failed")
    assert set(findings_at(report)) == {failed, *as_written}


def test_a_chart_whose_values_make_no_vm_may_make_any(tree: Path, tools: str) -> None:
    files = {**FILES, "web/values.yaml": "vms: []\n", "vm.yaml": VM.replace("web", "api")}
    del files["web/templates/snapshot.yaml"]
    write(tree, {**files, "snapshot.yaml": SNAPSHOT.replace("web", "apj")})
    report = lint(tools)
    assert findings_at(report) == [("snapshot.yaml", 9, "source-vm-unverified")]
    assert "make none of the objects" in not_checked(report)["web"]


def test_what_helm_logs_is_not_its_error(tree: Path, tools: str) -> None:
    """It tells of each link in a chart before it fails."""
    needs = '{{ required "size is needed" .Values.size }}\n'
    write(
        tree,
        {**FILES, "web/templates/needs.yaml": f"# kubevirt.io\n{needs}", "web/files/a.txt": ""},
    )
    (tree / "web" / "lib").symlink_to("files")
    told = not_checked(lint(tools, "."))["web"]
    assert "size is needed" in told
    assert "symbolic link" not in told


def test_a_library_is_no_chart_of_its_own(tree: Path, tools: str) -> None:
    write(tree, {**FILES, "web/Chart.yaml": f"{CHART}type: library\n"})
    assert "render-failed" not in {rule for _, _, rule in findings_at(lint(tools))}


def test_without_helm_templates_stay_what_they_are(tree: Path) -> None:
    write(tree, FILES)
    assert set(not_checked(lint(""))) == {"web"}
    with pytest.raises(UsageError, match="helm"):
        lint("", render="require")
