"""Python programs get what the commands show, as objects."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

import vmsnap_lint
from tests import files
from tests.builders import snap, storage_class, vm, yaml_of
from tests.shared import ROOT
from vmsnap_lint import cli
from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.python_api import CheckOptions, PlanOptions
from vmsnap_lint.core.errors import ConfigError, UsageError
from vmsnap_lint.core.model import Report, Severity
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from pathlib import Path

SHOP = str(ROOT / "examples" / "shop")
# Flags that say what is printed, where, and with which exit code.
OF_THE_SCREEN = {
    "color", "exit_zero", "fail_on", "format", "min_severity", "no_cap", "output", "quiet",
    "statistics", "verbose", "write_baseline",
}  # fmt: skip


def test_check_has_the_findings_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    report = vmsnap_lint.check(SHOP)
    assert isinstance(report, Report)
    assert cli.run(["--format=json", SHOP]) == report.exit_code(Severity.ERROR)
    shown = json.loads(capsys.readouterr().out)["findings"]
    assert [(one.rule, one.message) for one in report.findings] == [
        (one["rule"], one["message"]) for one in shown
    ]


def test_plan_has_the_plans_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    plans = vmsnap_lint.plan([ROOT / "examples" / "shop"], kubevirt="1.6")
    assert isinstance(plans, Plans)
    assert [one.verdict for one in plans.snapshots] == [Verdict.REJECTED, Verdict.PARTIAL]
    assert cli.run(["plan", "--format=json", "--kubevirt=1.6", SHOP]) == cli.CLEAN
    shown = json.loads(capsys.readouterr().out)["snapshots"]
    assert [one.name for one in plans.snapshots] == [one["name"] for one in shown]


def test_options_are_those_of_the_flags(tmp_path: Path) -> None:
    files.write(tmp_path, {"all.yaml": yaml_of(snap(), vm(), storage_class())})
    rules = {one.rule for one in vmsnap_lint.check(tmp_path, complete=["all"]).findings}
    assert "claim-missing" in rules
    chosen = vmsnap_lint.check(tmp_path, complete=["all"], select=["claim-missing"])
    assert {one.rule for one in chosen.findings} == {"claim-missing"}
    unsuppressed = vmsnap_lint.check(tmp_path, no_suppressions=False, snapshot_mode="online")
    assert unsuppressed.suppressed == ()


def test_a_configuration_counts_unless_none_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(tmp_path, {"all.yaml": yaml_of(snap()), ".vmsnap-lint.yaml": "kubevirt: '1.4'"})
    monkeypatch.chdir(tmp_path)
    assert vmsnap_lint.check().judged[0].release == "1.4"
    assert vmsnap_lint.check(config="none").judged[0].release != "1.4"
    files.write(tmp_path, {".vmsnap-lint.yaml": "kubvirt: '1.4'"})
    with pytest.raises(ConfigError, match="kubvirt"):
        vmsnap_lint.check()


def test_what_cannot_be_used_is_an_exception(tmp_path: Path) -> None:
    for paths in (tmp_path / "gone", "-", "--config=x.yaml"):
        with pytest.raises(UsageError, match="no such file or directory"):
            vmsnap_lint.check(paths)
    with pytest.raises(UsageError, match="no KubeVirt release"):
        vmsnap_lint.plan(SHOP, kubevirt="77")
    wrong: Any = {"format": "json"}
    with pytest.raises(TypeError, match='check\\(\\) has no option "format"'):
        vmsnap_lint.check(SHOP, **wrong)
    with pytest.raises(TypeError, match='"select" takes a list'):
        vmsnap_lint.check(SHOP, select="claim-missing")
    with pytest.raises(AttributeError, match="no attribute 'lint'"):
        vmsnap_lint.lint  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(("verb", "typed"), [("check", CheckOptions), ("plan", PlanOptions)])
def test_each_flag_about_the_judgement_has_a_type(verb: str, typed: type) -> None:
    flags = {row.key.replace("-", "_") for row in options_of(verb)} - OF_THE_SCREEN
    assert set(get_type_hints(typed, localns={"Iterable": list})) == flags


def test_the_types_name_what_there_is() -> None:
    stub = ast.parse((ROOT / "vmsnap_lint" / "__init__.pyi").read_text(encoding="utf-8"))
    (named,) = (node.value for node in stub.body if isinstance(node, ast.Assign))
    assert ast.literal_eval(named) == vmsnap_lint.__all__
    assert all(hasattr(vmsnap_lint, name) for name in vmsnap_lint.__all__)


def test_the_page_names_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its example runs, and the fields in its table exist."""
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    files.write(
        tmp_path,
        {
            "manifests/all.yaml": yaml_of(snap(), vm()),
            "base/storage.yaml": yaml_of(storage_class()),
        },
    )
    monkeypatch.chdir(tmp_path)
    exec(page.partition("```python\n")[2].partition("```")[0], {})
    for function, made in (("check", Report), ("plan", Plans)):
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{function}("))
        for field in re.findall(r"`([a-z_]+)`", row.split("|")[2]):
            assert field in made._fields
