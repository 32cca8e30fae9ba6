"""Kinds that other projects define are counted, and no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = """\
apiVersion: {}
kind: VirtualMachineSnapshot
metadata: {{name: {}, namespace: prod}}
spec: {{}}
"""
OTHER = "virtualization.deckhouse.io/v1alpha2"


def test_kinds_of_other_projects_are_listed_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [TEXT.format(OTHER, "one"), TEXT.format(OTHER, "two")]
    texts += [TEXT.format("snapshot.kubvirt.io/v1beta1", "typo")]
    write(tmp_path, {"all.yaml": "---\n".join(texts)})
    monkeypatch.chdir(tmp_path)
    report = engine.lint((".",), None, Settings()).report
    what = "VirtualMachineSnapshot of virtualization.deckhouse.io (2 objects)"
    assert report.not_checked == (("all.yaml", f"{what} is a kind of another project"),)
    assert [finding.rule for finding in report.findings] == ["kind-unknown"]
