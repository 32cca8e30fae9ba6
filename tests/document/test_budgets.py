"""What a file costs has bounds: for all of its documents together, and by a text read once."""

from __future__ import annotations

import tracemalloc
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import quickest
from tests.properties import examples
from vmsnap_lint.core import relevance
from vmsnap_lint.document import (
    Budget,
    FaultKind,
    embedded,
    plain,
    plain_lines,
    read,
    reader,
    yaml_text,
)  # fmt: skip
from vmsnap_lint.document.positions import Lines

HEAD = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"


@pytest.mark.parametrize(
    ("text", "limits", "whole"),
    [
        ("a: {b: !c c}\n---\n" * 4, Budget(nodes=12), 2),
        ("a: {b: !c c}\n---\n" * 4, Budget(containers=4), 2),
        ("a: {b: 1, b: 2}\n---\n" * 4, Budget(repeats=2), 2),
        ('{"a": {"b": 1}}' * 4, Budget(containers=4), 2),
        ("a: b\n---\n" * 9, Budget(nodes=20), 5),
    ],
)
def test_a_budget_holds_for_all_documents_of_a_file(text: str, limits: Budget, whole: int) -> None:
    source = read("x.yaml", text.encode(), limits)
    budgets = [fault for fault in source.faults if fault.kind is FaultKind.BUDGET]
    assert len(source.documents) == whole
    assert len(budgets) == 1
    assert "the rest is not read" in budgets[0].message


def test_what_is_lost_behind_a_spent_budget_is_told_as_ours() -> None:
    text = "a: [[], [], []]\n---\n" + HEAD
    (fault,) = read("x.yaml", text.encode(), Budget(containers=3)).faults
    assert (fault.kind, fault.ours) == (FaultKind.BUDGET, True)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_of_line_ends_costs_little_more_than_itself(end: str) -> None:
    text = end * 1_000_000 + "x: 1"
    tracemalloc.start()
    lines = Lines(text)
    span = lines.span(len(text) - 1, len(text))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert span[:2] == (1_000_001, 4)
    assert lines.line(1_000_001) == "x: 1"
    assert peak < 200_000


@examples(300)
@given(st.text("ab\n\r\r\n", max_size=60), st.integers(1, 9), st.data())
def test_places_are_those_of_a_count_from_the_top(
    text: str, block: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vmsnap_lint.document.positions._BLOCK", block)
        lines = Lines(text)
    start = data.draw(st.integers(0, len(text)))
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    span = lines.span(start, start)
    behind = text[:start].replace("\r\n", "\n").replace("\r", "\n").count("\n")
    behind -= bool(start) and text[start - 1 : start + 1] == "\r\n"
    assert span.line == behind + 1
    assert [lines.line(number + 1) for number in range(len(whole))] == whole
    assert lines.line(len(whole) + 1) == ""


def test_empty_objects_cost_no_more_than_their_values() -> None:
    data = f"{HEAD}x: [{'{},' * 100_000}]\n".encode()
    tracemalloc.start()
    source = read("x.yaml", data)
    source.documents[0].span(("x", 99_999))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * 100_000


def test_the_documents_of_directives_are_not_read_again_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def counted(text: str) -> relevance.Relevance:
        seen.append(len(text))
        return relevance.of_text(text)

    monkeypatch.setattr(reader, "of_text", counted)
    text = "%a\n---\n" * 500 + HEAD
    source = read("x.yaml", text.encode())
    assert {fault.ours for fault in source.faults} == {True}
    assert sum(seen) <= 2 * len(text)


def test_colons_are_looked_at_again_only_as_long_as_the_file_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = []
    drive = yaml_text._drive

    def counted(builder: object, events: object, text: str, *rest: object) -> int:
        parsed.append(len(text))
        return drive(builder, events, text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(yaml_text, "_drive", counted)
    text = ("a: [" + "b' :c, " * 200 + "]\n---\n") * 20
    source = read("x.yaml", text.encode())
    assert {fault.kind for fault in source.faults} == {FaultKind.BUDGET}
    assert sum(parsed) < 10 * len(text) + 10_000


def test_messages_cut_what_they_quote() -> None:
    name = "k" * 10_000
    for text in (f"? {name}\n: a\n? {name}\n: b\n", f"a: *{name}\n", f"a: !!int {name}\n"):
        (fault,) = read("x.yaml", text.encode()).faults
        assert len(fault.message) < 200


ATOMS = {
    "x.yaml": (
        "a", "[", "]", "{", "}", "- ", ": ", ":", "? ", "'", '"', "&a ", "*a", "!a ", "%a\n---\n",
        "\n...\n", "#", "|", "\\/", "<<: ", "\t", "\r", "1_", "1:", ",", "[b :c, ", "!!binary ",
        "\ufeff", "\x85", "\n---\n", "\n  ", "{}\n", "{a: b}\n", "---a\n",
        "# vmsnap-lint: ignore\n",
    ),
    "x.md": (
        "$(", "${", "`", "\n```\n", "> ", "- ", "\n1. ", "\n<!--", "\n<div>", "...", "snip ", "[",
        "<<", "\n> ```\na", "\n- ```\na", "\n```yaml\napiVersion kind\n", "\n<<EOF\n", "\t",
    ),
    "x.adoc": (
        "<1> ", "{a", "_a ", "*", "[", "include::[", "\t", "\n----\n", "```", "subs=", "...",
        "\n[source,yaml]\n", "\n.a\n", "- ",
    ),
}  # fmt: skip
FRAMES = {
    "x.yaml": ("%s", HEAD + "x: [%s]\n", HEAD + "x: |\n  %s\n", '{"a": [%s', "a: '%s'"),
    "x.md": ("%s", f"```yaml\n{HEAD}x: %s\n```\n", f"```sh\ncat <<EOF\n{HEAD}%s\nEOF\n```\n"),
    "x.adoc": ("%s", f"[source,yaml,subs=normal]\n----\n{HEAD}x: %s\n----\n", "[%s]", "----%s"),
}


def _read(name: str, text: str) -> None:
    if name != "x.yaml":
        embedded.read(name, text.encode()).comments()
        return
    source = read(name, text.encode())
    source.comments()
    for document in source.documents:
        document.span(("a", 0))


@pytest.mark.parametrize("name", ATOMS)
@examples(60)
@given(data=st.data())
def test_a_text_twice_as_long_takes_about_twice_as_long(name: str, data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from(FRAMES[name]))
    parts = st.lists(st.sampled_from((*ATOMS[name], " ", "\n")), min_size=1, max_size=3)
    part = "".join(data.draw(parts))
    half, full = (
        _cost(name, frame.replace("%s", part * (size // len(part)))) for size in (8_000, 16_000)
    )
    assert full < 3 * half + 0.5


def _cost(name: str, text: str) -> float:
    return quickest(lambda: _read(name, text), 0.5)


@pytest.mark.parametrize(
    "text", [f"{HEAD}x: [{'1, ' * 400_000}]\n", '["a"' + ',"a"' * 400_000 + "]"]
)
def test_a_file_has_a_budget_of_values_that_can_be_read_twice_in_time(text: str) -> None:
    (fault,) = read("x", text.encode()).faults
    assert (fault.kind, "400,000 values" in fault.message) == (FaultKind.BUDGET, True)


def test_a_long_text_is_not_read_plainly_to_its_end_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = mock.Mock(side_effect=plain_lines.entry_of)
    monkeypatch.setattr(plain, "known_entry", entry)
    assert plain.read("a: !x 1\n" + "d: 1\n" * 30_000, Budget()) is None
    assert entry.call_count == 1


def _spent(text: str, nodes: int) -> bool:
    return bool(read("x", text.encode(), Budget(nodes=nodes)).faults)


def test_brackets_are_paid_for_in_a_text_with_aliases() -> None:
    aliases = f"a: &x [{'1, ' * 40}]\nb: [{'*x, ' * 8}]\n"
    enough = next(n for n in range(200, 500) if not _spent(aliases, n))
    text = f"a: [{'[], ' * 30}[]]\n---\n{aliases}"
    assert len(text) < enough
    assert _spent(text, enough)


def test_brackets_within_brackets_are_paid_for() -> None:
    text = "a: {b: [[], []]}\n---\n" * 3
    source = read("x.yaml", text.encode(), Budget(containers=11))
    assert len(source.documents) == 2
    assert [fault.kind for fault in source.faults] == [FaultKind.BUDGET]
