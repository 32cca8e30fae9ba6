"""Suppressions hold for what is built of the files that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, write

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE = "failure-deadline-invalid"
ODD = SNAPSHOT + "  failureDeadline: 5x\n"
NOTE = f"  annotations:\n    vmsnap-lint/ignore: '{DEADLINE}: by hand'\nspec:"
BOTH = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/vm.yaml": VM,
    "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
    "test/kustomization.yaml": "resources: [../base]\nnamespace: test\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        ODD.replace("5x", f"5x  # vmsnap-lint: ignore[{DEADLINE}] by hand"),
        f"# vmsnap-lint: ignore-file[{DEADLINE}] by hand\n{ODD}",
        ODD.replace("spec:", NOTE),
    ],
    ids=["line", "file", "annotation"],
)
def test_in_the_base_they_hold_for_all_overlays(tree: Path, tools: str, text: str) -> None:
    write(tree, {**BOTH, "base/snapshot.yaml": text})
    report = lint(tools)
    assert findings_at(report) == []
    assert [(one.finding.rule, one.reason) for one in report.suppressed] == [(DEADLINE, "by hand")]
    unlike = text.replace("5x", "10m")
    write(tree, {"base/snapshot.yaml": unlike})
    assert [rule for *_, rule in findings_at(lint(tools))] == ["suppression-unused"]


def test_an_overlay_speaks_for_itself_alone(tree: Path, tools: str) -> None:
    """What the others build of the same line is still found."""
    noted = f"commonAnnotations:\n  vmsnap-lint/ignore: '{DEADLINE}: by hand'\n"
    write(tree, {**BOTH, "base/snapshot.yaml": ODD})
    write(tree, {"prod/kustomization.yaml": BOTH["prod/kustomization.yaml"] + noted})
    assert [rule for *_, rule in findings_at(lint(tools))] == [DEADLINE]
    write(tree, {"test/kustomization.yaml": BOTH["test/kustomization.yaml"] + noted})
    assert findings_at(lint(tools)) == []


def test_the_only_comment_may_stand_in_a_patch(tree: Path, tools: str) -> None:
    """Which is read only for the place of what is found there."""
    patch = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly}
spec:
  failureDeadline: 5x
"""
    overlay = f"{BOTH['prod/kustomization.yaml']}patches: [{{path: deadline.yaml}}]\n"
    write(tree, {**BOTH, "base/snapshot.yaml": SNAPSHOT, "prod/kustomization.yaml": overlay})
    write(tree, {"prod/deadline.yaml": patch})
    assert findings_at(lint(tools)) == [("prod/deadline.yaml", 5, DEADLINE)]
    noted = patch.replace("5x", f"5x  # vmsnap-lint: ignore[{DEADLINE}] by hand")
    write(tree, {"prod/deadline.yaml": noted})
    report = lint(tools)
    assert findings_at(report) == []
    assert [one.reason for one in report.suppressed] == ["by hand"]
