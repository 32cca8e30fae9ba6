"""Equal findings of one cause are one in texts for people, and all are counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.made import MISSING, UNSURE, rendered, report
from vmsnap_lint import cli
from vmsnap_lint.core.model import ObjectId, Related, Severity, Span, Subject
from vmsnap_lint.report.cap import MOST_IN_LIST, capped
from vmsnap_lint.report.folding import folded
from vmsnap_lint.report.hidden import hidden
from vmsnap_lint.report.summary import and_same

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding

CLASS = Related("class.yaml", Span(5, 1, 5, 9), 'StorageClass "local"')
NO_CSI = 'StorageClass "local" uses "local-path", not a CSI driver'


def about(name: str, message: str, **more: object) -> Finding:
    """A finding about a VM of that name, in a file of its own."""
    subject = Subject(ObjectId("v1", "VirtualMachine", "prod", name), MISSING.subjects[0].manifest)
    finding = MISSING._replace(
        file=f"{name}.yaml", message=message, subjects=(subject,), related=(), fingerprint=name
    )
    return finding._replace(**more)  # type: ignore[arg-type]


def places(*findings: Finding) -> list[list[str]]:
    """The files of each entry after folding."""
    return [[one.file, *(at.file for at in one.same)] for one in folded(report(*findings)).findings]


EQUAL = [
    ("spec.running is deprecated", "spec.running is deprecated"),
    ('VirtualMachine "a" has runStrategy Always', 'VirtualMachine "b" has runStrategy Always'),
    ('VM "a" in namespace "prod" is running', 'VM "b" in namespace "prod" is running'),
    (f'volume "root": {NO_CSI}', f'volume "data": {NO_CSI}'),
    ('volume "root": no PVC "data"', 'volume "disk": no PVC "data"'),
    ('volume "root": PVC "a" has no accessModes', 'volume "root": PVC "b" has no accessModes'),
]
DIFFERENT = [
    ('no VirtualMachine "x" in namespace "a"', 'no VirtualMachine "x" in namespace "b"'),
    ('no StorageClass "a"', 'no StorageClass "b"'),
    ('volume "root": no PVC "a"', 'volume "root": no PVC "b"'),
    ('no snapshot "a"', 'no snapshot "b"'),
    ("spec.running is deprecated", "spec.paused is deprecated"),
    ('VirtualMachine "a" in namespace "x" runs', 'VirtualMachine "b" in namespace "y" runs'),
]


@pytest.mark.parametrize("messages", EQUAL)
def test_only_the_name_of_the_object_and_its_volume_tells_them_apart(
    messages: tuple[str, str],
) -> None:
    assert places(about("a", messages[0]), about("b", messages[1])) == [["a.yaml", "b.yaml"]]


@pytest.mark.parametrize("messages", DIFFERENT)
def test_what_is_fixed_in_different_ways_stays_apart(messages: tuple[str, str]) -> None:
    assert places(about("a", messages[0]), about("b", messages[1])) == [["a.yaml"], ["b.yaml"]]


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "source-vm-running"},
        {"severity": Severity.WARNING},
        {"clusters": ("prod",)},
        {"help": "do it in another way"},
        {"related": (CLASS._replace(file="other.yaml"),)},
        {"related": ()},
        {"more": 3},
    ],
    ids=str,
)
def test_another_severity_cluster_or_cause_is_another_finding(change: dict[str, object]) -> None:
    one = about("a", NO_CSI, related=(CLASS,))
    other = about("b", NO_CSI, **{"related": (CLASS,), **change})
    assert len(places(one, other)) == 2


def test_snapshots_and_claims_on_the_way_are_no_cause() -> None:
    findings = [
        about(
            name,
            f'volume "{name}": {NO_CSI}',
            related=(
                Related(f"{name}-pvc.yaml", Span(3, 1, 3, 2), f'PVC "{name}"'),
                CLASS,
                Related(f"{name}-snap.yaml", Span(9, 1, 9, 2), f'source of snapshot "{name}"'),
            ),
        )
        for name in "abc"
    ]
    assert places(*findings) == [["a.yaml", "b.yaml", "c.yaml"]]


def test_the_place_of_a_value_of_a_template_is_that_where_it_is_set() -> None:
    at = [Related(f"values-{name}.yaml", Span(2, 1, 2, 2), "set here") for name in "ab"]
    findings = [
        about(name, "x", file="t.yaml", related=(it,)) for name, it in zip("ab", at, strict=True)
    ]
    assert places(*findings) == [["t.yaml", "values-b.yaml"]]


def test_a_broken_file_stands_for_itself() -> None:
    """The message of a syntax error does not say what is wrong in another file."""
    broken = MISSING._replace(subjects=(), related=())
    assert len(places(broken, broken._replace(file="z.yaml"))) == 2
    assert places(UNSURE, UNSURE._replace(file="z.yaml")) == [["vm.yaml", "z.yaml"]]


def test_the_number_is_told_with_the_first_places() -> None:
    (one,) = folded(report(*(about(name, "x") for name in "abcdef"))).findings
    assert and_same(one) == "and 5 more: b.yaml:10, c.yaml:10, d.yaml:10, ..."
    assert and_same(one._replace(same=one.same[:1])) == "and 1 more: b.yaml:10"
    assert and_same(one._replace(same=one.same[:1] * 7)) == "and 7 more: b.yaml:10"
    assert and_same(MISSING) == ""
    assert "\x1b" not in and_same(one._replace(same=(one.same[0]._replace(file="\x1b[2J"),)))


def test_texts_show_them_and_the_help_once() -> None:
    less = folded(report(*(about(name, "x") for name in "abcdef")))
    (line,) = rendered("concise", less)
    assert line == (
        "a.yaml:10:11: error[source-vm-missing] x"
        " (and 5 more: b.yaml:10, c.yaml:10, d.yaml:10, ...)"
    )
    text = "\n".join(rendered("markdown", less))
    assert text.count("and 5 more: ") == 2
    assert text.count("**Help:**") == 1
    *_, line, _ = rendered("grouped", less)
    assert line == "    10:11  x (and 5 more: b.yaml:10, c.yaml:10, d.yaml:10, ...)"
    lines = list(rendered("full", less))
    assert sum("help: " in line for line in lines) == 1
    assert "   = and 5 more: b.yaml:10, c.yaml:10, d.yaml:10, ..." in lines


def test_counts_and_exit_code_are_those_of_all() -> None:
    every = report(*(about(f"n{number}", "x") for number in range(1500)), UNSURE, UNSURE)
    less = folded(every)
    assert len(less.findings) == 2
    assert less.severities() == capped(less).severities() == every.severities()
    assert less.exit_code(Severity.ERROR) == 1
    assert capped(less).cut == ()


def test_entries_beyond_the_cap_count_all_that_they_stand_for() -> None:
    causes = [f"no class {number}" for number in range(MOST_IN_LIST + 5)]
    every = report(*(about(name, cause, file=cause) for cause in causes for name in "abc"))
    less = capped(folded(every))
    assert len(less.findings) == MOST_IN_LIST
    assert hidden(less).beyond_cap == 15
    assert less.severities() == every.severities()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", 'VM "a"', 'VM "b"']))))
def test_every_finding_is_in_one_entry_in_order(drawn: list[tuple[str, str]]) -> None:
    findings = [
        about(name, message, span=Span(line, 1, line, 2))
        for line, (name, message) in enumerate(drawn, 1)
    ]
    entries = folded(report(*findings)).findings
    lines = [[one.span.line, *(at.span.line for at in one.same)] for one in entries]
    assert sorted(line for group in lines for line in group) == list(range(1, len(drawn) + 1))
    assert lines == sorted(lines)
    assert all(group == sorted(group) for group in lines)


def test_texts_fold_unless_verbose_and_programs_get_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c", "d", "e"):
        (tmp_path / f"{name}.yaml").write_text(
            "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n"
            f"metadata: {{name: {name}, namespace: x, generation: 3}}\n"
            "spec:\n  running: true\n  template: {spec: {domain: {devices: {}}}}\n"
        )
    flags = ("--all-vms", "--select=server-fields-in-source", "--fail-on=warning")

    def output(*more: str) -> tuple[str, str]:
        assert cli.run([*flags, *more]) == cli.FINDINGS
        return tuple(capsys.readouterr())  # type: ignore[return-value]

    out, err = output()
    assert out.startswith("a.yaml:3:35: warning[server-fields-in-source] ")
    assert out.endswith(" (and 4 more: b.yaml:3, c.yaml:3, d.yaml:3, ...)\n")
    assert (
        "hidden: 4 like those above (--verbose)\nfixable: 5 with --fix\n5 warnings in 5 files"
        in err
    )
    out, err = output("--verbose")
    assert len(out.splitlines()) == 5
    assert "hidden" not in err
    assert len(json.loads(output("--format=json")[0])["findings"]) == 5
    assert output("--format=full")[0].count("help: ") == 1
