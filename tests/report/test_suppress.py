"""Comments, annotations and entries of a configuration hide what they name, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from vmsnap_lint import engine
from vmsnap_lint.cli.command import Command
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.settings import Override, Settings
from vmsnap_lint.config.suppressions.directives import Waiver
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.model import Span, SuppressionKind
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.document import read
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vmsnap_lint.core.model import Finding, Report

TODAY = "2026-01-31"
MISSING = "source-vm-missing"
META = frozenset(("suppression-expired", "suppression-unknown-rule", "suppression-unused"))
TEXT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
  namespace: prod
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: wbe
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec: {domain: {devices: {}}}
"""
NAME = 10  # the line of the finding


def lint(text: str | bytes, *rules: str, today: str = TODAY, **more: object) -> Report:
    """What is reported of a text, by the rules named or by that of the missing VM and our own."""
    data = text.encode() if isinstance(text, str) else text
    chosen = frozenset(rules or (MISSING, *META))
    settings = Settings(select=chosen, today=today)._replace(**more)  # type: ignore[arg-type]
    return engine.lint(("-",), data, settings).report


def lines_and_rules(found: Iterable[Finding]) -> list[tuple[int, str]]:
    """Lines and rules."""
    return [(finding.span.line, finding.rule) for finding in found]


def hidden(report: Report) -> list[tuple[int, str, str]]:
    """Lines and rules of what is suppressed, with the reasons."""
    return [(*lines_and_rules([one.finding])[0], one.reason) for one in report.suppressed]


def behind(line: int, words: str, text: str = TEXT) -> str:
    """The text with a comment at the end of a line."""
    lines = text.splitlines()
    lines[line - 1] += f"  {words}"
    return "\n".join(lines) + "\n"


def above(line: int, *words: str, text: str = TEXT) -> str:
    """The text with lines put in above a line."""
    lines = text.splitlines()
    lines[line - 1 : line - 1] = words
    return "\n".join(lines) + "\n"


def annotated(value: str, key: str = "vmsnap-lint/ignore") -> str:
    return above(6, "  annotations:", f"    {key}: {value}")


def test_without_a_suppression_the_fault_is_found() -> None:
    assert lines_and_rules(lint(TEXT).findings) == [(NAME, MISSING)]


# --- comments


@pytest.mark.parametrize(
    "words",
    [
        "# vmsnap-lint: ignore[source-vm-missing] by hand",
        "# vmsnap-lint:ignore[source-vm-missing]: by hand",
        "#vmsnap-lint : ignore [ source-vm-missing ] - by hand",
        "# vmsnap-lint: ignore[source-vm-missing] until=2026-01-31 by hand",
        "# vmsnap-lint: ignore[source-vm-missing] by hand until=2026-02-01",
        "# vmsnap-lint: ignore[source-vm-missing, source-vm-unverified,] by hand",
        "# noqa # vmsnap-lint: ignore[source-vm-missing] by hand",
    ],
)
def test_a_comment_hides_what_it_names_on_its_line(words: str) -> None:
    report = lint(behind(NAME, words))
    assert lines_and_rules(report.findings) == []
    assert hidden(report) == [(NAME, MISSING, "by hand")]
    assert [one.kind for one in report.suppressed] == [SuppressionKind.IN_SOURCE]


def test_a_comment_on_its_own_speaks_of_the_next_line_that_is_none() -> None:
    words = "    # vmsnap-lint: ignore[source-vm-missing] by hand"
    assert hidden(lint(above(NAME, words))) == [(NAME + 1, MISSING, "by hand")]
    chain = above(NAME, words, "# vmsnap-lint: ignore[claim-missing]", "    # more")
    assert hidden(lint(chain)) == [(NAME + 3, MISSING, "by hand")]
    assert lines_and_rules(lint(above(NAME, words, "")).findings) == [
        (NAME, "suppression-unused"), (NAME + 2, MISSING),
    ]  # fmt: skip


@pytest.mark.parametrize("line", [7, 9, 11])
def test_a_comment_behind_another_line_hides_nothing(line: int) -> None:
    report = lint(behind(line, "# vmsnap-lint: ignore[source-vm-missing]"))
    assert sorted(lines_and_rules(report.findings)) == sorted(
        [(NAME, MISSING), (line, "suppression-unused")]
    )
    assert report.suppressed == ()


def test_a_comment_for_another_rule_hides_nothing() -> None:
    report = lint(behind(NAME, "# vmsnap-lint: ignore[claim-missing]"))
    assert lines_and_rules(report.findings) == [(NAME, MISSING)]


def test_what_looks_like_a_comment_in_a_text_is_none() -> None:
    text = above(
        6, "  annotations:", "    note: |", "      # vmsnap-lint: ignore-file[claim-missing]"
    )
    assert lines_and_rules(lint(text).findings) == [(NAME + 3, MISSING)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_encoding_or_line_end_matters(encoding: str, end: str) -> None:
    text = behind(NAME, "# vmsnap-lint: ignore[source-vm-missing] by hand").replace("\n", end)
    text = f"# vmsnap-lint: ignore-file[claim-missing]{end}{text}"
    report = lint(text.encode(encoding))
    assert (lines_and_rules(report.findings), hidden(report)) == (
        [],
        [(NAME + 1, MISSING, "by hand")],
    )


def test_the_line_of_the_other_end_does_not_count() -> None:
    """Only who has to edit the line that is wrong can say that it is not."""
    text = TEXT.replace("name: wbe", "name: web").replace("Halted", "Always")
    words = "# vmsnap-lint: ignore[source-vm-running] it stops at night"
    (finding,) = lint(text, "source-vm-running").findings
    assert (finding.span.line, [place.span.line for place in finding.related]) == (16, [NAME])
    assert lines_and_rules(lint(behind(NAME, words, text), "source-vm-running").findings) != []
    assert lines_and_rules(lint(behind(16, words, text), "source-vm-running").findings) == []


# --- whole files


@pytest.mark.parametrize("lead", ["", "# a note\n\n", "---\n", "--- # begin\n"])
def test_a_comment_at_the_head_hides_it_in_the_whole_file(lead: str) -> None:
    text = f"{lead}# vmsnap-lint: ignore-file[source-vm-missing] by hand\n"
    report = lint(text + TEXT)
    assert lines_and_rules(report.findings) == []
    assert [reason for *_, reason in hidden(report)] == ["by hand"]


@pytest.mark.parametrize("line", [2, 12, 19])
def test_below_the_head_that_is_reported_and_hides_nothing(line: int) -> None:
    report = lint(above(line, "# vmsnap-lint: ignore-file[source-vm-missing]"))
    found = {rule: line for line, rule in lines_and_rules(report.findings)}
    assert found == {MISSING: NAME + (line <= NAME), "suppression-unused": line}
    assert report.suppressed == ()


def test_it_counts_for_its_own_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT)
    head = "# vmsnap-lint: ignore-file[source-vm-missing]\n"
    (tmp_path / "b.yaml").write_text(head + TEXT.replace("nightly", "weekly"))
    report = engine.lint((str(tmp_path),), None, Settings(select=frozenset((MISSING,)))).report
    assert [found.file[-6:] for found in report.findings] == ["a.yaml"]
    assert [one.finding.file[-6:] for one in report.suppressed] == ["b.yaml"]


# --- annotations


@pytest.mark.parametrize(
    "value",
    [
        '"source-vm-missing: by hand"',
        '"claim-missing, source-vm-missing: by hand"',
        '"source-vm-missing: until=2026-01-31 by hand"',
        '"claim-missing: else\\nsource-vm-missing: by hand"',
    ],
)
def test_an_annotation_hides_it_for_its_object(value: str) -> None:
    report = lint(annotated(value))
    assert lines_and_rules(report.findings) == []
    assert hidden(report) == [(NAME + 2, MISSING, "by hand")]


def test_an_annotation_needs_no_reason_and_may_stand_in_json_and_lists() -> None:
    snapshot, machine = (dict(part.value) for part in read("", TEXT.encode()).documents)
    note = {"vmsnap-lint/ignore": MISSING}
    snapshot["metadata"] = {**snapshot["metadata"], "annotations": note}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [snapshot, machine]})
    report = lint(text)
    assert (lines_and_rules(report.findings), hidden(report)) == ([], [(1, MISSING, "")])


def test_an_annotation_of_another_object_hides_nothing() -> None:
    text = TEXT.replace("{name: web, ", '{annotations: {vmsnap-lint/ignore: "%s: x"}, name: web, ')
    report = lint(text % MISSING)
    assert lines_and_rules(report.findings) == [(NAME, MISSING), (14, "suppression-unused")]


@pytest.mark.parametrize("value", ["true", "''", "'*: no matter'", "{}", "'all'"])
def test_an_annotation_that_names_no_rule_is_refused(value: str) -> None:
    assert lines_and_rules(lint(annotated(value)).findings) == [
        (7, "suppression-unknown-rule"), (NAME + 2, MISSING),
    ]  # fmt: skip


# --- what is wrong with suppressions


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("ignore", "no rule is named"),
        ("ignore source-vm-missing", "no rule is named"),
        ("ignore[]", "no rule is named"),
        ("ignore[ , ] reason", "no rule is named"),
        ("ignore[*]", "no rule is named"),
        ("ignore[source-vm-missing, all]", "no rule is named"),
        ("ignore[source-vm-missing", "no rule is named"),
        ("ignore-file", "no rule is named"),
        ("ignored[source-vm-missing]", "this is not understood"),
        ("ignore-line[source-vm-missing]", "this is not understood"),
        ("disable=source-vm-missing", "this is not understood"),
        ("", "this is not understood"),
        ("ignore[source_vm_missing]", 'no rule "source_vm_missing" (did you mean "source-vm-miss'),
    ],
)
def test_what_names_no_rule_hides_nothing_and_is_reported(words: str, message: str) -> None:
    report = lint(behind(NAME, f"# vmsnap-lint: {words}"))
    assert sorted(lines_and_rules(report.findings)) == [
        (NAME, MISSING),
        (NAME, "suppression-unknown-rule"),
    ]
    assert report.suppressed == ()
    (meta,) = [found for found in report.findings if found.rule in META]
    assert meta.message.startswith(message)


def test_a_forgotten_colon_is_reported_and_prose_is_not() -> None:
    forgotten = lint(behind(NAME, "# vmsnap-lint ignore[source-vm-missing]"))
    assert (NAME, "suppression-unknown-rule") in lines_and_rules(forgotten.findings)
    for prose in (
        "# vmsnap-lint checks this",
        "# see vmsnap-lint: ignore[x]",
        "# `vmsnap-lint: x`",
    ):
        assert lines_and_rules(lint(behind(NAME, prose)).findings) == [(NAME, MISSING)]


def test_a_finding_about_one_rule_points_at_it() -> None:
    words = "# vmsnap-lint: ignore[source-vm-missing,  no-such-thing] x"
    (found,) = lint(behind(NAME, words)).findings
    start = len("    name: wbe  ") + words.index("no-such") + 1
    assert found.span == Span(NAME, start, NAME, start + len("no-such-thing"))


def test_an_end_is_the_last_day_on_which_it_holds() -> None:
    text = behind(NAME, "# vmsnap-lint: ignore[source-vm-missing] until=2026-01-31 by hand")
    assert lines_and_rules(lint(text, today="2026-01-31").findings) == []
    assert lines_and_rules(lint(text, today="2026-02-01").findings) == [
        (NAME, MISSING), (NAME, "suppression-expired"),
    ]  # fmt: skip
    assert lines_and_rules(lint(text, today="").findings) == []


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01", "2026-02-30", "20261231", "2026-1-1"])
def test_an_end_that_is_no_date_is_reported_and_the_suppression_does_not_hold(day: str) -> None:
    report = lint(behind(NAME, f"# vmsnap-lint: ignore[source-vm-missing] until={day} x"))
    assert lines_and_rules(report.findings) == [(NAME, MISSING), (NAME, "suppression-expired")]


def test_unused_is_said_of_rules_that_ran_alone() -> None:
    text = behind(1, "# vmsnap-lint: ignore[source-vm-missing, claim-missing]")
    both = lint(text, MISSING, "claim-missing", "suppression-unused").findings
    assert lines_and_rules(both)[:2] == [(1, "suppression-unused")] * 2
    one = lint(text, "claim-missing", "suppression-unused").findings
    assert [found.message for found in one] == ["claim-missing has no finding here: remove this"]
    ignored = lint(text, MISSING, *META, ignore=frozenset((MISSING,)))
    assert lines_and_rules(ignored.findings) == []
    assert lines_and_rules(lint(text, MISSING).findings) == [(NAME, MISSING)]


def test_unused_is_not_said_of_a_file_that_could_not_be_read() -> None:
    text = behind(1, "# vmsnap-lint: ignore[claim-missing]") + "---\nkind: VirtualMachine: x\n"
    head = "# vmsnap-lint: ignore-file[claim-missing]\n"
    found = lint(head + text, "claim-missing", *META).findings
    assert "suppression-unused" not in {one.rule for one in found}


def test_findings_about_suppressions_can_be_hidden_but_not_by_themselves() -> None:
    dead = behind(1, "# vmsnap-lint: ignore[source-vm-missing]")
    other = lint("# vmsnap-lint: ignore-file[suppression-unused] shared\n" + dead)
    assert lines_and_rules(other.findings) == [(NAME + 1, MISSING)]
    assert hidden(other) == [(2, "suppression-unused", "shared")]
    own = "# vmsnap-lint: ignore-file[suppression-unused, claim-missing]\n"
    alone = lint(own + TEXT, "claim-missing", *META)
    assert lines_and_rules(alone.findings) == [(1, "suppression-unused")] * 2
    twice = lint("# vmsnap-lint: ignore-file[suppression-unused]\n" * 2 + TEXT)
    assert lines_and_rules(twice.findings) == [
        (1, "suppression-unused"), (2, "suppression-unused"), (NAME + 2, MISSING),
    ]  # fmt: skip
    assert len({found.fingerprint for found in twice.findings}) == 3


def test_no_suppressions_shows_all_and_says_nothing_of_them() -> None:
    text = behind(NAME, "# vmsnap-lint: ignore[source-vm-missing, no-such-rule]")
    report = lint(text, suppressions=False)
    assert (lines_and_rules(report.findings), report.suppressed) == ([(NAME, MISSING)], ())


def test_a_file_without_our_name_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("vmsnap_lint.document.source.Source.comments", fail)
    monkeypatch.setattr("vmsnap_lint.report.suppress.apply_suppressions", fail)
    assert lines_and_rules(lint(TEXT + "# a comment\n").findings) == [(NAME, MISSING)]


def test_thousands_of_suppressions_are_no_burden() -> None:
    """Each is looked up, and none is held against each finding or each line."""
    head = "".join(f"# vmsnap-lint: ignore[source-vm-misng{n}]\n" for n in range(3000))
    report = lint(head + TEXT)
    assert report.severities().total() == 3001


# --- the configuration


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        (Scope(), True),
        (Scope("/", ("**",)), False),  # standard input is no file
        (Scope(objects=("VirtualMachineSnapshot/prod/nightly",)), True),
        (Scope(objects=("Pod/*", "VirtualMachine*/night*")), True),
        (Scope(objects=("VirtualMachine/nightly",)), False),
        (Scope(objects=("*/dev/*",)), False),
    ],
)
def test_an_entry_of_the_configuration_hides_what_it_speaks_of(where: Scope, fits: bool) -> None:
    waiver = Waiver((MISSING,), where, "a chart of others")
    report = lint(TEXT, overrides=(Override(where, waivers=(waiver,)),))
    assert lines_and_rules(report.findings) == ([] if fits else [(NAME, MISSING)])
    assert [(one.kind, one.reason) for one in report.suppressed] == (
        [(SuppressionKind.EXTERNAL, "a chart of others")] if fits else []
    )


def test_an_entry_is_judged_where_it_stands_and_for_what_was_looked_at() -> None:
    config = read("config.yaml", b"ignore: {}\n")
    at = SourceSpan(config, Span(1, 1, 1, 7))

    def said(where: Scope, *rules: str, until: str = "") -> list[tuple[str, str]]:
        waiver = Waiver(rules, where, until=until, at=at)
        overrides = (Override(where, waivers=(waiver,)),)
        found = lint(TEXT, MISSING, "claim-missing", *META, overrides=overrides).findings
        return [(one.file, one.rule) for one in found if one.rule in META]

    unused = [("config.yaml", "suppression-unused")]
    assert said(Scope(), "claim-missing") == unused
    assert said(Scope(objects=("*/nightly",)), "claim-missing") == unused
    assert said(Scope(objects=("*/elsewhere",)), "claim-missing") == []
    assert said(Scope("/", ("elsewhere",)), "claim-missing") == []
    assert said(Scope(), MISSING) == []
    assert said(Scope(), MISSING, until="2020-01-01") == [("config.yaml", "suppression-expired")]
    assert said(Scope(), "*") == [("config.yaml", "suppression-unknown-rule")]
    assert said(Scope(), "no-such-rule") == [("config.yaml", "suppression-unknown-rule")]


def test_a_configuration_file_waives_and_sets_how_bad_a_dead_suppression_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all.yaml").write_text(behind(1, "# vmsnap-lint: ignore[claim-missing]"))
    config = tmp_path / ".vmsnap-lint.yaml"
    config.write_text(
        "severity: {suppression-unused: error}\n"
        "overrides:\n"
        f"  - {{objects: ['*/nightly'], ignore: [{MISSING}], reason: a chart of others}}\n"
        "  - {paths: ['*.yaml'], ignore: [claim-missing], until: 2999-12-31}\n"
    )
    command = parse(["check", "--select", f"{MISSING},claim-missing,suppression-unused"])
    assert isinstance(command, Command)
    report = engine.lint((".",), None, command.settings).report
    assert [(one.file, str(one.severity), one.span.line) for one in report.findings] == [
        (".vmsnap-lint.yaml", "error", 4), ("all.yaml", "error", 1),
    ]  # fmt: skip
    assert hidden(report) == [(NAME, MISSING, "a chart of others")]


# --- properties

IDS = st.sampled_from([*rule_ids()[::20], MISSING, "type-meta-missing", "x", "*", ""])
WORDS = st.builds(
    "# vmsnap-lint: {}[{}]{}".format,
    st.sampled_from(["ignore", "ignore-file", "ignored"]),
    st.lists(IDS, max_size=3).map(", ".join),
    st.sampled_from(["", " until=2020-01-01", " until=2999-01-01 later", " until=x", " # y"]),
)
FAULTY = TEXT.replace("Halted", "Haltde").replace("name: nightly", "name: Nightly_")


@bounded(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 18), WORDS, st.booleans()), max_size=4))
def test_suppressions_only_move_findings(added: list[tuple[int, str, bool]]) -> None:
    """Nothing else is found, and nothing is lost: it is shown, or it is hidden."""

    def bare(found: Iterable[Finding]) -> Counter[tuple[str, str]]:
        return Counter((one.rule, one.message) for one in found if one.rule not in META)

    text = FAULTY
    for line, words, alone in sorted(added, reverse=True):
        is_mark = text.splitlines()[line - 1].startswith("---")
        text = (above if alone or is_mark else behind)(line, words, text=text)
    before = engine.lint(("-",), FAULTY.encode(), Settings()).report
    after = engine.lint(("-",), text.encode(), Settings(today=TODAY)).report
    both = bare(after.findings) + bare(one.finding for one in after.suppressed)
    assert both == bare(before.findings)
    assert list(after.findings) == sorted(after.findings, key=lambda one: (one.file, one.span))
