"""No line of any output is a command to a CI system, whatever a tree holds.

GitHub runs lines that begin with `::name`, Azure Pipelines what follows `##vso[` anywhere in a
line, older GitHub runners `##[`, TeamCity `##teamcity[`. The format github is made of commands: of
these each is ours, and a runner reads from it what we wrote, no more.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.made import MISSING, SOURCES, rendered, report
from tests.report.workflow_commands import is_annotation
from vmsnap_lint import cli
from vmsnap_lint.cli import console
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    NotChecked,
    ObjectId,
    Related,
    Span,
    Subject,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.document import read
from vmsnap_lint.kubevirt.restore.restore_plan import (
    RestoredVolume,
    RestorePlan,
    VolumeOutcome,
)
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report import BY_NAME, plans, summary
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.terminal import ROOM, excerpt, folded, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vmsnap_lint.core.model import Finding, Report

COMMANDS = (
    "::error file=x,line=1::pwned", "  ::set-env name=PATH::/tmp", ":::error::x", ":",
    "::stop-commands::x", "##vso[task.setvariable variable=a]b", "x ##VSO[task.debug]",
    "##[error]x", "###[group]x", "##teamcity[message text='x']", "\n::error::x", "\r::error::x",
    "\x1b[1m::error::x", "#\u200d#[x]",
)  # fmt: skip
# Our own arrow before related places, ":::" and a blank, names no command.
_LINE = re.compile(r"\s*::(?!: )")
_ANYWHERE = re.compile(r"##[a-z]*\[", re.IGNORECASE)
_PAINT = re.compile(r"\x1b\[[0-9;]*m")


def _commands_in(lines: Iterable[str]) -> list[str]:
    """The lines on which a CI system acts, with or without colors."""
    bare = [_PAINT.sub("", line) for text in lines for line in f"{text}\n".splitlines()]
    return [
        line
        for line in bare
        if (_LINE.match(line) and not is_annotation(line)) or _ANYWHERE.search(line)
    ]


def _outputs(of: Report, sources: dict[str, object] | None = None) -> Iterator[str]:
    for name in BY_NAME:
        for color in (False, True):
            yield from rendered(name, of, sources or SOURCES, color)  # type: ignore[arg-type]
    yield from summary.not_checked(of.not_checked, verbose=True)
    yield from summary.stale(of, verbose=True)


def _finding(text: str) -> Finding:
    """A finding with that text in every field that can have text of a tree."""
    named = ObjectId(text, text, text, text)
    return MISSING._replace(
        file=text,
        message=text,
        subjects=(Subject(named, MISSING.subjects[0].manifest),),
        path=f"/{text}",
        related=(Related(text, Span(1, 1, 1, 2), text),),
        help=text,
    )


def _full_report(text: str) -> Report:
    finding = _finding(text)
    return report(finding)._replace(
        not_checked=(NotChecked(text, text),),
        suppressed=(Suppressed(finding, SuppressionKind.IN_SOURCE, text),),
        stale=(Accepted(text, text, text, text),),
        cut=(Cut("findings", 2, "r", MISSING.severity, text, finding.object),),
    )


@pytest.mark.parametrize("text", COMMANDS)
def test_reports_hold_no_command(text: str) -> None:
    sources = {text: read(text, f"{text}\n".encode("utf-8", "surrogatepass"))}
    assert _commands_in(_outputs(_full_report(text), sources)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("text", COMMANDS)
def test_the_text_of_json_is_the_same_for_who_reads_it(text: str) -> None:
    value = json.loads("\n".join(rendered("json", _full_report(text), SOURCES)))
    (finding,) = value["findings"]
    assert (finding["message"], finding["file"], finding["object"]["name"]) == (text, text, text)


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.parametrize("name", plans.BY_NAME)
@pytest.mark.parametrize("unicode", [True, False])
def test_plans_hold_no_command(text: str, name: str, unicode: bool) -> None:
    if plans.BY_NAME[name].extra:
        pytest.importorskip("pygraphviz")
    restored = RestoredVolume(text, text, text, VolumeOutcome.UNKNOWN, text)
    plan = RestorePlan(text, text, text, text, Verdict.UNKNOWN, (text,), (restored,))
    every = plans.Plans(restores=(plan,), not_checked=(NotChecked(text, text),))
    assert _commands_in(plans.render(name, every, Look(unicode=unicode))) == []


@pytest.mark.parametrize("text", COMMANDS)
def test_errors_hold_no_command(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    console.write_errors([text])
    console.write_defect(ValueError(text), verbose=True)
    assert _commands_in(capsys.readouterr().err.splitlines()) == []


@pytest.mark.parametrize("text", COMMANDS)
def test_a_tree_with_such_names_is_reported_without_a_command(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = text.replace("/", "_")
    monkeypatch.chdir(tmp_path)
    quoted = json.dumps(text)
    (tmp_path / f"{name}.yaml").write_text(
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        f"metadata: {{name: {quoted}, labels: {{{quoted}: 1}}}}\n"
        f"spec: {{source: {{kind: {quoted}, name: {quoted}}}, {quoted}: 1}}\n"
    )
    for words in (["check", "--format", name] for name in BY_NAME):
        assert cli.run([*words, "--complete", "all", "."]) == 1
        assert _commands_in(capsys.readouterr()) == []
    (tmp_path / ".vmsnap-lint.yaml").write_text(f"context: [{quoted}]\nexclude: [{quoted}]\n")
    for words in ([], ["plan"], ["plan", "--format", "json"], ["config"], [f"./{name}"]):
        cli.run(words)
        assert _commands_in(capsys.readouterr()) == []


_PIECES = (
    "::",
    ":",
    "##",
    "#",
    "[",
    "vso[",
    "error",
    "]",
    " ",
    "\t",
    "\n",
    "\r",
    "\x1b",
    "\u200b",
    "é",
)
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@examples(300)
@given(_TEXTS)
def test_no_text_becomes_a_command_in_any_format(text: str) -> None:
    assert _commands_in(_outputs(_full_report(text))) == []


@examples(300)
@given(_TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_what_is_shown_of_a_text_is_no_command(text: str, start: int, stop: int) -> None:
    shown = [visible(text), *folded(text, 10), f"1 | {excerpt(text * 9, start, stop).text}"]
    assert _commands_in(shown) == []
    assert _commands_in([f"1 | {excerpt(text, start, stop).text}"]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("a::b", "a::b"),
        ("##vso[x]", r"\x23#vso[x]"),
        ("a ###[b]", r"a #\x23#[b]"),
        ("## Heading [x]", "## Heading [x]"),
    ],
)
def test_only_commands_are_escaped(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_marks_stand_under_their_characters_behind_an_escaped_command() -> None:
    assert tuple(excerpt("a: ##vso[b] x", 12, 13)) == (r"a: \x23#vso[b] x", 15, 1)
    assert len(excerpt("#" * 500 + "[", 480, 490).text) <= ROOM + len("......")
