"""Configuration from the command line: flag before variable before file before default."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.shared import ROOT
from vmsnap_lint import cli, report
from vmsnap_lint.cli import choices, run
from vmsnap_lint.cli.command_options import CheckArguments, PlanArguments, ShowConfig
from vmsnap_lint.cli.flags import Flags
from vmsnap_lint.cli.layers import gather
from vmsnap_lint.cli.parser import _app, parse
from vmsnap_lint.config.options import BY_KEY, OPTIONS, Type
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "source-vm-missing"
# They steer one call of the program, and would make no sense for all of them.
NO_OPTIONS = {"config", "help", "write-baseline"}


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose snapshot names a VM that does not exist; the working directory."""
    (tmp_path / ".git").mkdir()
    for folder in ("apps", "legacy"):
        (tmp_path / folder).mkdir()
    (tmp_path / "apps" / "snapshot.yaml").write_text(SNAPSHOT.format(source="wbe"))
    (tmp_path / "apps" / "vm.yaml").write_text(MACHINE)
    (tmp_path / "apps" / "storage.yaml").write_text(CLASSES)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VMSNAP_LINT_")]:
        monkeypatch.delenv(name)
    return tmp_path


def configure(folder: Path, text: str) -> None:
    (folder / ".vmsnap-lint.yaml").write_text(text)


def asked(*arguments: str) -> CheckArguments:
    """The lint that flags, variables and files ask for together, with typer."""
    command = parse(["check", *arguments])
    assert isinstance(command, CheckArguments)
    return command


def plain() -> CheckArguments:
    """The lint that variables and files ask for, without typer."""
    command = cli._command(["."])
    assert isinstance(command, CheckArguments)
    return command


# --- one table


def flags_of(verb: str) -> set[str]:
    import typer

    command = typer.main.get_command(_app).commands[verb]  # type: ignore[attr-defined]
    names = (max(one.opts, key=len) for one in command.params)
    return {name.removeprefix("--") for name in names if name.startswith("--")}


def test_every_flag_has_its_key_and_its_variable_and_every_key_its_flag() -> None:
    with_variable = {option.key for option in OPTIONS if option.variable}
    assert flags_of("check") - NO_OPTIONS == with_variable
    assert flags_of("plan") - NO_OPTIONS <= with_variable
    assert {option.variable for option in OPTIONS if option.variable} == {
        f"VMSNAP_LINT_{key.upper().replace('-', '_')}" for key in with_variable
    }


def test_the_table_is_sorted_and_its_words_are_those_of_the_flags() -> None:
    keys = [option.key for option in OPTIONS]
    assert keys == sorted(set(keys))
    words = {option.key: set(option.choices) for option in OPTIONS if option.choices}
    assert words == {
        "color": set(choices.Color),
        "fail-on": set(choices.Threshold),
        "format": set(choices.Format),
        "render": set(choices.RenderMode),
        "snapshot-mode": set(choices.Mode),
    }
    assert words["format"] == set(report.BY_NAME)


def test_the_defaults_are_those_of_a_lint() -> None:
    flags = Flags()._asdict()
    names = {option.key: option.key.replace("-", "_") for option in OPTIONS}
    told = {key: BY_KEY[key].default or None for key, name in names.items() if name in flags}
    assert told == {key: flags[names[key]] or None for key in told}
    assert set(names.values()) >= set(flags)
    check = CheckArguments()
    rest = {key: BY_KEY[key].default for key in ("color", "exit-zero", "fail-on", "format")}
    assert rest == {
        "color": check.voice.color,
        "exit-zero": check.exit_zero,
        "fail-on": str(check.fail_on),
        "format": check.format,
    }


VALUES = {
    Type.SWITCH: True,
    Type.RULES: [MISSING],
    Type.KINDS: ["StorageClass"],
    Type.FILES: ["some/where"],
    Type.GLOBS: ["vendor/"],
    Type.FILE: "some.json",
    Type.RELEASE: "1.3",
    Type.REVISION: "main",
    Type.REVISION: "HEAD",
    Type.AGE: "2w",
}


@pytest.mark.parametrize("key", [option.key for option in OPTIONS if option.variable])
def test_each_setting_reaches_the_lint_by_file_by_variable_and_by_flag(
    key: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = BY_KEY[key]
    value: Any = VALUES[option.type] if not option.choices else option.choices[-1]
    text = ",".join(value) if isinstance(value, list) else str(value)
    by_flag = asked(f"--{key}") if value is True else asked(f"--{key}", text)
    assert by_flag != CheckArguments()
    configure(repository, json.dumps({key: value}))
    assert asked() == plain() == by_flag
    (repository / ".vmsnap-lint.yaml").unlink()
    monkeypatch.setenv(option.variable, text)
    assert asked() == plain() == by_flag


# --- precedence


def test_flag_before_variable_before_file_before_default(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked().fail_on is plain().fail_on is Severity.ERROR
    configure(repository, "fail-on: warning\nquiet: true\n")
    assert asked().fail_on is plain().fail_on is Severity.WARNING
    monkeypatch.setenv("VMSNAP_LINT_FAIL_ON", "info")
    assert asked().fail_on is plain().fail_on is Severity.INFO
    assert asked("--fail-on", "error").fail_on is Severity.ERROR
    assert asked("--fail-on", "error").voice.quiet


def test_a_variable_turns_a_switch_off(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(repository, "exit-zero: true\n")
    assert plain().exit_zero
    monkeypatch.setenv("VMSNAP_LINT_EXIT_ZERO", "false")
    assert not plain().exit_zero


def test_a_plan_has_the_settings_but_its_own_formats(repository: Path) -> None:
    configure(repository, "format: concise\nkubevirt: '1.3'\n")
    command = parse(["plan"])
    assert isinstance(command, PlanArguments)
    assert (command.format, str(command.settings.kubevirt)[:3]) == ("tree", "1.3")


def test_a_file_is_named_or_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(repository, "quiet: true\n")
    (repository / "other.yaml").write_text("verbose: true\n")
    assert asked("--config", "none") == CheckArguments()
    assert asked("--config", "other.yaml").voice.verbose
    monkeypatch.setenv("VMSNAP_LINT_CONFIG", "other.yaml")
    assert plain() == asked("--config", "other.yaml")
    assert asked("--config", "none") == CheckArguments()


# --- the verb


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[object, str]]:
    assert run(["config", "--format", "json"]) == cli.CLEAN
    rows = json.loads(capsys.readouterr().out)["settings"]
    return {row["key"]: (row["value"], row["origin"]) for row in rows}


def test_config_shows_each_value_and_its_source(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(repository, f"# ours\nquiet: true\nseverity:\n  {MISSING}: info\nfail-on: info\n")
    monkeypatch.setenv("VMSNAP_LINT_FAIL_ON", "warning")
    rows = shown(capsys)
    assert list(rows) == [option.key for option in OPTIONS]
    assert {key: row for key, row in rows.items() if row[1] != "default"} == {
        "fail-on": ("warning", "VMSNAP_LINT_FAIL_ON"),
        "quiet": (True, ".vmsnap-lint.yaml:2"),
        "severity": ({MISSING: "info"}, ".vmsnap-lint.yaml:3"),
    }
    assert run(["config"]) == cli.CLEAN
    out = capsys.readouterr().out
    assert out.startswith("configuration file: .vmsnap-lint.yaml\n")
    assert re.search(r"(?m)^fail-on +VMSNAP_LINT_FAIL_ON +\"warning\"$", out)
    assert re.search(r"(?m)^format +default +\"full\"$", out)


def test_config_without_any_shows_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    assert {origin for _, origin in shown(capsys).values()} == {"default"}
    assert run(["config"]) == cli.CLEAN
    assert capsys.readouterr().out.startswith("configuration file: none\n")


def test_the_schema_is_printed_even_where_the_file_is_broken(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(repository, "quiet: [\n")
    assert run(["config", "--schema"]) == cli.CLEAN
    assert set(json.loads(capsys.readouterr().out)["properties"]) == set(BY_KEY)
    assert run(["config"]) == cli.USAGE


def test_config_is_a_command_with_its_layers() -> None:
    assert parse(["config"]) == ShowConfig(gather())


# --- mistakes


def test_all_mistakes_are_lines_of_their_own(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(repository, "quite: true\ncolor: blue\n")
    monkeypatch.setenv("VMSNAP_LINT_FORMAT", "ful")
    for arguments in (["apps"], ["--quiet", "apps"], ["plan"], ["config"]):
        assert run(arguments) == cli.USAGE
        said = capsys.readouterr()
        assert said.out == ""
        first, second, third = said.err.splitlines()
        place = "vmsnap-lint: error: .vmsnap-lint.yaml"
        assert first == f'{place}:1: no setting "quite": did you mean "quiet"?'
        assert second == f'{place}:2: color: one of auto, always, never is expected, not "blue"'
        assert third.startswith("vmsnap-lint: error: VMSNAP_LINT_FORMAT: one of full,")
        assert third.endswith('is expected, not "ful": did you mean "full"?')


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["rule", MISSING]])
def test_a_broken_file_does_not_keep_help_away(repository: Path, arguments: list[str]) -> None:
    configure(repository, "quite: true\n")
    assert run(arguments) == cli.CLEAN


# --- rules by path and object


def findings(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What is found, as `file severity[rule]`."""
    run(["--format", "concise", *arguments])
    lines = capsys.readouterr().out.splitlines()
    return [re.sub(r":\d+:\d+: (\S+) .*", r" \1", line) for line in lines]


def test_a_severity_is_that_of_all_findings_of_the_rule(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert findings(capsys) == [f"apps/snapshot.yaml error[{MISSING}]"]
    configure(repository, f"severity: {{{MISSING}: warning}}\n")
    assert findings(capsys) == [f"apps/snapshot.yaml warning[{MISSING}]"]
    assert run(["."]) == cli.CLEAN
    assert run(["--fail-on", "warning"]) == cli.FINDINGS


def test_what_could_not_be_verified_is_shown_where_it_counts(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "apps" / "storage.yaml").unlink()
    (repository / "apps" / "snapshot.yaml").write_text(SNAPSHOT.format(source="web"))
    assert findings(capsys) == []
    configure(repository, "severity: {reference-unverified: error}\n")
    assert findings(capsys) == ["apps/vm.yaml error[reference-unverified]"]


@pytest.mark.parametrize(
    ("override", "severity"),
    [
        ("paths: [apps/]", "info"),
        ("paths: ['legacy/**']", "error"),
        ("objects: ['VirtualMachineSnapshot/prod/*']", "info"),
        ("objects: ['VirtualMachineSnapshot/staging/*']", "error"),
        ("paths: ['*.yaml']\n    objects: ['*/nightly']", "info"),
        ("paths: ['legacy/**']\n    objects: ['*/nightly']", "error"),
    ],
)
def test_an_override_counts_where_it_fits(
    repository: Path, capsys: pytest.CaptureFixture[str], override: str, severity: str
) -> None:
    configure(repository, f"overrides:\n  - {override}\n    severity: {{{MISSING}: info}}\n")
    assert findings(capsys) == [f"apps/snapshot.yaml {severity}[{MISSING}]"]


def test_the_last_override_that_fits_counts(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = "  - paths: ['apps/']\n    severity: {%s: %s}\n"
    text = f"overrides:\n{one % (MISSING, 'info')}{one % (MISSING, 'warning')}"
    configure(repository, f"severity: {{{MISSING}: error}}\n{text}")
    assert findings(capsys) == [f"apps/snapshot.yaml warning[{MISSING}]"]


def test_paths_count_from_the_file_wherever_the_run_starts(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(repository, f"overrides:\n  - paths: [apps/snapshot.yaml]\n    ignore: [{MISSING}]\n")
    assert findings(capsys) == []
    assert findings(capsys, "apps") == []
    assert findings(capsys, str(repository / "apps")) == []
    monkeypatch.chdir(repository / "apps")
    assert findings(capsys) == []
    assert findings(capsys, "--config", "none") == [f"snapshot.yaml error[{MISSING}]"]
    assert findings(capsys, "--no-suppressions") == [f"snapshot.yaml error[{MISSING}]"]


def test_an_ignore_that_hides_nothing_is_found_in_the_file(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        f"overrides:\n  - paths: [apps/]\n    ignore:\n      - {MISSING}\n      - claim-missing\n"
    )
    configure(repository, text)
    (found,) = findings(capsys)
    assert re.fullmatch(r"\.vmsnap-lint\.yaml \w+\[suppression-unused\]", found)
    run(["--format", "full"])
    assert "5 |       - claim-missing\n" in capsys.readouterr().out


def test_an_ignore_ends_with_its_day(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = f"overrides:\n  - objects: ['*/nightly']\n    ignore: [{MISSING}]\n    until: "
    configure(repository, f"{entry}2999-12-31\n")
    assert findings(capsys) == []
    configure(repository, f"{entry}2020-01-01\n")
    assert findings(capsys)[-1] == f"apps/snapshot.yaml error[{MISSING}]"


# --- the rest


def test_a_configuration_is_no_manifest(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(repository, "complete: [StorageClass]  # kubevirt.io\n")
    run(["."])
    assert "in 3 files" in capsys.readouterr().err


def test_our_own_pyproject_costs_no_toml() -> None:
    from vmsnap_lint.config.file.find import find

    assert find(str(ROOT / "vmsnap_lint")) is None


def test_without_configuration_no_reader_is_imported(repository: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom vmsnap_lint.cli import run\nrun(['apps'])\n"
        "print(sorted({'tomllib', 'typer', 'vmsnap_lint.config.file.configuration',"
        " 'vmsnap_lint.config.file.config_schema'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_settings_without_overrides_say_nothing_of_severities() -> None:
    assert Settings().severity(MISSING, "vm.yaml", None) is None
