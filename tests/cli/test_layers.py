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
from vmsnap_lint.cli import run
from vmsnap_lint.cli.command import Command, command, options_of, read_plain
from vmsnap_lint.cli.layers import gather
from vmsnap_lint.cli.parser import _app, parse
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.config.conversion import settings_of
from vmsnap_lint.config.levels import Levels
from vmsnap_lint.config.options import Group, Option, Type
from vmsnap_lint.config.output_formats import AUTO
from vmsnap_lint.config.settings import BY_KEY, OPTIONS, ROWS, Settings
from vmsnap_lint.core.errors import ConfigError, UsageError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report import plans

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "source-vm-missing"


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


def asked(*arguments: str) -> Command:
    """The lint that flags, variables and files ask for together, with typer."""
    command = parse(["check", *arguments])
    assert command is not None
    return command


def plain() -> Command:
    """The lint that variables and files ask for, without typer."""
    command = read_plain(["."])
    assert command is not None
    return command


# --- one table


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_the_flags_that_typer_reads_are_those_of_the_table(verb: str) -> None:
    import typer

    program = typer.main.get_command(_app())
    command: Any = program.commands[verb] if verb else program  # type: ignore[attr-defined]
    flags = {flag for one in command.params if one.opts[0][0] == "-" for flag in one.opts}
    assert flags - {"-h", "--help"} == {flag for row in options_of(verb) for flag in row.flags}


def test_every_key_has_a_flag_and_a_variable_unless_only_files_can_hold_it() -> None:
    structured = {"clusters", "overrides", "policies", "required-version", "severity"}
    assert {row.key for row in OPTIONS if not row.flags} == structured
    assert {row.key: row.variable for row in OPTIONS if row.key not in structured} == {
        row.key: f"VMSNAP_LINT_{row.key.upper().replace('-', '_')}" for row in OPTIONS if row.flags
    }
    steering = {
        "cache-dir", "cluster", "config", "diff", "fix", "fix-only", "format",
        "install-completion", "no-cap", "output", "schema", "show-completion", "statistics",
        "stdin-filename", "stdio", "timings", "unsafe-fixes", "version", "workers",
        "write-baseline",
    }  # fmt: skip
    assert {row.key for row in ROWS if not row.in_file} == steering
    variables = {"CACHE_DIR", "CONFIG", "OUTPUT", "WORKERS"}
    assert {row.variable for row in ROWS if not row.in_file} == {
        "",
        *(f"VMSNAP_LINT_{name}" for name in variables),
    }


def test_keys_are_sorted_and_formats_are_those_of_the_report() -> None:
    keys = [row.key for row in OPTIONS]
    assert keys == sorted(set(keys))
    choices = {row.name: set(row.choices) for row in ROWS if row.choices}
    assert choices["format"] == {AUTO, *report.BY_NAME}
    assert choices["plan_format"] == set(plans.BY_NAME)


def test_every_field_of_the_settings_has_a_row_but_for_those_of_the_program() -> None:
    by_program = {
        "list_unverified", "render_seconds", "today", "tool_path", "with_fixes", "world",
    }  # fmt: skip
    assert {row.name for row in ROWS if row.name} == set(Settings._fields) - by_program


def test_the_written_defaults_are_those_of_the_settings() -> None:
    written = {row.name: row.default for row in ROWS if row.name and row.default is not None}
    switched = {row.name for row in ROWS if row.type is Type.SWITCH}
    given = {name: value for name, value in written.items() if name not in switched or value}
    assert settings_of(given) == Settings()
    assert {written[name] for name in switched if name} == {False}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.key}-{row.name}")
def test_a_help_text_is_a_sentence_that_fits(row: Option) -> None:
    assert re.fullmatch(r"[A-Z][^\n]+\.", row.help)
    assert len(row.help) <= 80
    assert row.group in Group


def test_an_option_has_one_help_text_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--help"]) == cli.CLEAN
    shown = " ".join(capsys.readouterr().out.split())
    assert run(["config", "--schema"]) == cli.CLEAN
    properties = json.loads(capsys.readouterr().out)["properties"]
    assert {key: one["description"] for key, one in properties.items()} == {
        row.key: row.help for row in OPTIONS
    }
    assert [row.key for row in options_of("check") if row.help not in shown] == []


@pytest.mark.parametrize("row", options_of("check"), ids=lambda row: row.key)
def test_the_reader_without_typer_reads_all_long_flags_and_nothing_else(row: Option) -> None:
    """What it reads it reads as typer does; it leaves the rest to typer."""
    flag = row.flags[-1]
    given, other = ([flag], [flag]) if row.type is Type.SWITCH else _with_value(row)
    for arguments in (given, ["apps", *given], [*other, "-", "apps"], [*other, *given]):
        assert read_plain(arguments) == read_plain(["check", *arguments]) == parse(arguments)
    assert read_plain(given) != Command() or row.key == "config"
    if row.short:
        assert read_plain([row.short, *given[1:]]) is None
    if row.type is Type.SWITCH:
        assert read_plain([f"{flag}=true"]) is None
    else:
        for doubtful in ([flag], [flag, ""], [f"{flag}="], [flag, "-x"], [flag, "--", "x"]):
            assert read_plain(doubtful) is None


@pytest.mark.parametrize("row", options_of("plan"), ids=lambda row: row.key)
def test_the_flags_of_a_plan_are_read_without_typer(row: Option) -> None:
    given, other = ([row.flags[-1]],) * 2 if row.type is Type.SWITCH else _with_value(row)
    for arguments in (given, ["apps", *given], [*other, "-", "apps"], [*given, "--", "a"]):
        assert read_plain(["plan", *arguments]) == parse(["plan", *arguments])


def _with_value(row: Option) -> tuple[list[str], list[str]]:
    """The flag with a value, in both spellings."""
    flag = row.flags[-1]
    value: Any = row.choices[-1] if row.choices else VALUES[row.type]
    text = "none" if row.key == "config" else value if isinstance(value, str) else value[0]
    return [flag, text], [f"{flag}={text}"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "jsn"], ["--select=nope"], ["--fail-on", "all", "--format=x"],
        ["--kubevirt", "x"], ["--output", "json"], ["--config", "nowhere.yaml"],
    ],
)  # fmt: skip
def test_both_readers_refuse_the_same_values(arguments: list[str]) -> None:
    told = set()
    for reader in (read_plain, parse):
        with pytest.raises((UsageError, ConfigError)) as refused:
            reader(arguments)
        told.add(str(refused.value))
    assert len(told) == 1


@pytest.mark.parametrize("paths", [[], ["apps"], ["--config=x.yaml", "-q"], ["a", "--", "b"]])
def test_both_readers_take_what_follows_two_dashes_as_paths(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in paths:
        (tmp_path / path).touch()
    for arguments in (["--", *paths], ["check", "--quiet", "--", *paths], ["plan", "--", *paths]):
        assert read_plain(arguments) == parse(arguments)


@pytest.mark.parametrize(
    "arguments",
    [["plan", "-q"], ["rule"], ["--help"], ["-q"], ["--nope"], ["-x", "--"], ["check", "-V"]],
)
def test_the_reader_without_typer_leaves_all_else_to_typer(arguments: list[str]) -> None:
    assert read_plain(arguments) is None


VALUES = {
    Type.SWITCH: True,
    Type.RULES: [MISSING],
    Type.KINDS: ["StorageClass"],
    Type.FILES: ["some/where"],
    Type.GLOBS: ["vendor/"],
    Type.FILE: "some.json",
    Type.RELEASE: "1.3",
    Type.REVISION: "HEAD",
    Type.AGE: "2w",
    Type.NAMES: ["cluster-a"],
    Type.OUTPUTS: ["json=report.json"],
    Type.WORKERS: "2",
}


@pytest.mark.parametrize("key", [option.key for option in OPTIONS if option.variable])
def test_each_setting_reaches_the_lint_by_file_by_variable_and_by_flag(
    key: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = BY_KEY[key]
    value: Any = VALUES[option.type] if not option.choices else option.choices[-1]
    text = ",".join(value) if isinstance(value, list) else str(value)
    by_flag = asked(f"--{key}") if value is True else asked(f"--{key}", text)
    assert by_flag != Command()
    configure(repository, json.dumps({key: value}))
    assert asked() == plain() == by_flag
    (repository / ".vmsnap-lint.yaml").unlink()
    monkeypatch.setenv(option.variable, text)
    assert asked() == plain() == by_flag


# --- precedence


def test_flag_before_variable_before_file_before_default(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked().settings.fail_on is plain().settings.fail_on is Severity.ERROR
    configure(repository, "fail-on: warning\nquiet: true\n")
    assert asked().settings.fail_on is plain().settings.fail_on is Severity.WARNING
    monkeypatch.setenv("VMSNAP_LINT_FAIL_ON", "info")
    assert asked().settings.fail_on is plain().settings.fail_on is Severity.INFO
    assert asked("--fail-on", "error").settings.fail_on is Severity.ERROR
    assert asked("--fail-on", "error").settings.quiet


def test_a_variable_turns_a_switch_off(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(repository, "exit-zero: true\n")
    assert plain().settings.exit_zero
    monkeypatch.setenv("VMSNAP_LINT_EXIT_ZERO", "false")
    assert not plain().settings.exit_zero


def test_a_plan_has_the_settings_but_its_own_formats(repository: Path) -> None:
    configure(repository, "format: concise\nkubevirt: '1.3'\n")
    command = parse(["plan"])
    assert command is not None
    assert (command.settings.plan_format, command.settings.format) == ("tree", AUTO)
    assert str(command.settings.kubevirt)[:3] == "1.3"


def test_a_file_is_named_or_none(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(repository, "quiet: true\n")
    (repository / "other.yaml").write_text("verbose: true\n")
    assert asked("--config", "none") == Command()
    assert asked("--config", "other.yaml").settings.verbose
    monkeypatch.setenv("VMSNAP_LINT_CONFIG", "other.yaml")
    assert plain() == asked("--config", "other.yaml")
    assert asked("--config", "none") == Command()


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
    assert re.search(r"(?m)^format +default +\"auto\"$", out)


def test_config_without_any_shows_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    settings = shown(capsys)
    assert {origin for _, origin in settings.values()} == {"default"}
    assert (settings["clusters"][0], settings["severity"][0]) == ({}, {})
    assert (settings["overrides"][0], settings["exclude"][0]) == ([], [])
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
    assert parse(["config"]) == Command("config", (), layers=gather())


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
        assert first == f'{place}:1: unknown setting "quite" (did you mean "quiet"?)'
        assert second == f'{place}:2: color: expected one of auto, always, never, not "blue"'
        assert third.startswith("vmsnap-lint: error: VMSNAP_LINT_FORMAT: expected one of auto,")
        assert third.endswith(', not "ful" (did you mean "full"?)')


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
    found = [line for line in findings(capsys) if "suppression-unused" not in line]
    assert found == [f"apps/snapshot.yaml {severity}[{MISSING}]"]


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
    assert Levels(Settings()).severity(MISSING, "vm.yaml", None) is None


def test_rules_that_are_selected_and_ignored_are_a_slip() -> None:
    """A run without a rule would look like a clean one."""
    rule, other = "claim-missing", "non-csi-provisioner"
    with pytest.raises(UsageError, match="--ignore leaves out all rules of --select"):
        command("check", ["."], {"select": [rule], "ignore": [rule, other]})
    assert command("check", ["."], {"select": [rule, other], "ignore": [rule]}).settings.select
    assert command("check", ["."], {"ignore": [rule]}).settings.ignore
