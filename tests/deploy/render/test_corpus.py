"""Public repositories, built as their owners build them: nothing wild is said of them."""

from __future__ import annotations

import pytest

from tests.deploy.render.trees import findings_at, lint
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

CORPUS = SHARED / "corpus"
KUSTOMIZED = sorted(
    {file.relative_to(CORPUS).parts[0] for file in CORPUS.rglob("kustomization.y*ml")}
)


@pytest.mark.parametrize("name", KUSTOMIZED)
def test_what_holds_no_snapshot_has_no_findings(
    name: str, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / name)
    report = lint(tools)
    assert (findings_at(report), report.snapshots) == ([], 0)


def test_names_follow_where_the_repository_says_so(
    tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One VM and one claim, of 14 objects, become six of each, with their references."""
    monkeypatch.chdir(CORPUS / "yuanying__k8s-manifests-fraction")
    report = lint(tools, all_vms=True, select=frozenset(("kustomize-reference-not-rewritten",)))
    assert (report.findings, report.objects) == ((), 14)
