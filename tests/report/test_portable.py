"""All paths of a portable report are relative to the root of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.report.made import MISSING, UNSURE, report
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    Edit,
    Fix,
    NotChecked,
    Related,
    Safety,
    Severity,
    Span,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.document import Source
from vmsnap_lint.report.portable import from_root, in_repository
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AT = Span(1, 1, 1, 2)


def _within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, in whose directory `apps` the run is."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "apps").mkdir()
    monkeypatch.chdir(root / "apps")
    return root


def test_every_place_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _within(tmp_path, monkeypatch)
    places = (Related("vm.yaml", AT, ""),)
    finding = MISSING._replace(
        file="vm.yaml",
        related=places,
        same=places,
        fixes=(Fix("write x", Safety.SAFE, (Edit("vm.yaml", AT, "x"),)),),
    )
    skipped = (NotChecked("vm.yaml", "a template"),)
    every = report(finding)._replace(
        suppressed=(Suppressed(finding, SuppressionKind.IN_SOURCE, ""),), unread=skipped,
        stale=(Accepted("4f1c", "vm-busy", "vm.yaml", "it is busy"),), not_checked=skipped,
        cut=(Cut("findings", 1, "vm-busy", Severity.INFO, "vm.yaml"),),
    )  # fmt: skip
    renamed = in_repository(Result(every, {"vm.yaml": Source("vm.yaml", b"", (), ())}))
    text = repr(renamed.report)
    assert text.count("'apps/vm.yaml'") == repr(every).count("'vm.yaml'")
    assert "'vm.yaml'" not in text.replace(repr(finding.subjects), "")
    assert list(renamed.sources) == ["apps/vm.yaml"]


def test_entries_are_in_the_order_of_their_new_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _within(tmp_path, monkeypatch)
    names = ("b.yaml", "../a.yaml")
    skipped = tuple(NotChecked(name, "a template") for name in names)
    findings = tuple(UNSURE._replace(file=name) for name in names)
    one = in_repository(Result(report(*findings)._replace(not_checked=skipped), {})).report
    assert [finding.file for finding in one.findings] == ["a.yaml", "apps/b.yaml"]
    assert [each.file for each in one.not_checked] == ["a.yaml", "apps/b.yaml"]


def test_what_lies_elsewhere_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _within(tmp_path, monkeypatch)
    renamed = from_root()
    outside = str(tmp_path / "vm.yaml")
    assert [renamed(name) for name in ("<stdin>", "", outside, "a\0b")] == [
        "<stdin>", "", outside, "a\0b",
    ]  # fmt: skip
    assert renamed(str(root / "apps" / "vm.yaml")) == "apps/vm.yaml"
