"""Kinds that other projects define are counted, and no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import in_namespace, snap, yaml_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OTHER = "virtualization.deckhouse.io/v1alpha2"


def test_kinds_of_other_projects_are_listed_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {"one": OTHER, "two": OTHER, "typo": "snapshot.kubvirt.io/v1beta1"}
    objects = [snap(name) | {"apiVersion": version} for name, version in versions.items()]
    write(tmp_path, {"all.yaml": yaml_of(*in_namespace("prod", *objects))})
    monkeypatch.chdir(tmp_path)
    report = engine.lint((".",), None, Settings()).report
    what = "VirtualMachineSnapshot of virtualization.deckhouse.io (2 objects)"
    assert report.not_checked == (("all.yaml", f"{what} is a kind of another project"),)
    assert [finding.rule for finding in report.findings] == ["kind-unknown"]


def test_a_kind_without_a_value_is_missing_and_no_other_key_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"all.yaml": yaml_of(snap() | {"kind": None})})
    monkeypatch.chdir(tmp_path)
    (finding,) = engine.lint((".",), None, Settings()).report.findings
    assert finding.rule == "type-meta-missing"
    assert finding.message.startswith("kind is missing")
    assert "case-sensitive" not in finding.message
