"""A round applies the fixes that go together: each wholly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.report.made import MISSING
from vmsnap_lint.core.model import Edit, Fix, Safety, Span
from vmsnap_lint.report.fixing.applying import Round, applied, wanted
from vmsnap_lint.report.fixing.edited_file import opened

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.report.fixing.edited_file import EditedFile

TEXT = "a: {x: 1, y: 2}\nb: 3\n---\nc: 4\n"


def _edit(line: int, column: int, end: int, text: str, file: str = "a.yaml") -> Edit:
    return Edit(file, Span(line, column, line, end), text)


def _fix(*edits: Edit, safety: Safety = Safety.SAFE) -> tuple[Finding, Fix]:
    fix = Fix("mend it", safety, edits)
    return MISSING._replace(message=repr(edits), fixes=(fix,)), fix


def _round(*fixes: tuple[Finding, Fix], **files: str) -> Round:
    texts = {"a.yaml": TEXT, **{f"{name}.yaml": text for name, text in files.items()}}

    def known(file: str) -> EditedFile | str:
        return opened(texts[file].encode()) or "" if file in texts else "it is away"

    return applied(fixes, known)


def _texts(made: Round) -> dict[str, str]:
    return {file: of.text for file, of in made.files.items()}


def test_fixes_that_do_not_touch_are_applied_together() -> None:
    made = _round(_fix(_edit(1, 8, 9, "7")), _fix(_edit(2, 4, 5, "8")), _fix(_edit(4, 4, 5, "9")))
    assert _texts(made) == {"a.yaml": "a: {x: 7, y: 2}\nb: 8\n---\nc: 9\n"}
    assert len(made.fixed) == 3


def test_one_that_touches_another_waits() -> None:
    first, second = _fix(_edit(2, 1, 5, "x: 1")), _fix(_edit(2, 5, 5, "0"))
    made = _round(first, second)
    assert _texts(made) == {"a.yaml": TEXT.replace("b: 3", "x: 1")}
    assert made.fixed == (first,)
    assert not made.refused


def test_an_equal_fix_of_another_finding_is_applied_with_it() -> None:
    first = _fix(_edit(2, 4, 5, "7"))
    other = first[0]._replace(message="also"), first[1]
    made = _round(first, other)
    assert _texts(made) == {"a.yaml": TEXT.replace("3", "7")}
    assert made.fixed == (first, other)
    breaking = _fix(_edit(1, 4, 5, "["))
    assert _round(breaking, (other[0], breaking[1])).fixed == ()


def test_a_fix_of_several_files_is_applied_in_all_or_none() -> None:
    both = _fix(_edit(2, 4, 5, "7"), _edit(1, 4, 5, "7", "b.yaml"))
    assert _texts(_round(both, b="x: 1\n")) == {
        "a.yaml": TEXT.replace("3", "7"), "b.yaml": "x: 7\n",
    }  # fmt: skip
    made = _round(both)
    assert (_texts(made), dict(made.refused)) == ({}, {"b.yaml": "it is away"})
    wrong = _round(both, b="[\n")
    assert (_texts(wrong), wrong.fixed) == ({}, ())


def test_what_would_not_be_read_any_more_is_left_and_named() -> None:
    made = _round(_fix(_edit(1, 4, 5, "[")), _fix(_edit(1, 4, 5, "x", "b.yaml")), b="y: 1\n")
    assert _texts(made) == {"b.yaml": "y: x\n"}
    assert dict(made.refused) == {
        "a.yaml": "it would not be read as it is meant after the fix, change it by hand"
    }


def test_two_that_make_something_else_together_are_applied_one_by_one() -> None:
    # each alone leaves an entry, both leave nothing: null instead of an object
    text = "a:\n  x: 1\n  y: 2\n"
    one = _fix(Edit("b.yaml", Span(2, 1, 3, 1), ""))
    two = _fix(Edit("b.yaml", Span(3, 3, 3, 7), ""))
    made = _round(one, two, b=text)
    assert _texts(made) == {"b.yaml": "a:\n  y: 2\n"}
    assert made.fixed == (one,)


def test_a_place_that_the_text_does_not_have_is_no_place() -> None:
    made = _round(_fix(_edit(9, 1, 1, "x")), _fix(_edit(2, 4, 5, "7")))
    assert dict(made.refused) == {"a.yaml": "it is not what was linted, run it again"}


@pytest.mark.parametrize(
    ("first", "unsafe", "number"),
    [
        (Safety.SAFE, False, 1), (Safety.SAFE, True, 1), (Safety.UNSAFE, False, 0),
        (Safety.UNSAFE, True, 1), (Safety.DISPLAY, True, 0),
    ],
)  # fmt: skip
def test_only_the_first_fix_of_a_finding_counts(first: Safety, unsafe: bool, number: int) -> None:
    finding, fix = _fix(_edit(2, 4, 5, "7"), safety=first)
    second = Fix("else", Safety.SAFE, (_edit(2, 4, 5, "9"),))
    several = finding._replace(fixes=(fix, second))
    assert [each for _, each in wanted([several, MISSING], unsafe=unsafe)] == [fix] * number
