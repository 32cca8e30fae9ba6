"""Of very many problems a run holds the first ones and counts the others, each exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint import document
from vmsnap_lint.checks import excess
from vmsnap_lint.checks.excess import MOST_HELD_OF_OBJECT, MOST_RELATED, bounded
from vmsnap_lint.objects.manifest import SourceSpan, manifests
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest


def _object(name: str, file: str = "a.yaml") -> Manifest:
    data = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n".encode()
    return next(manifests(document.read(file, data).documents[0]))


def _problems(manifest: Manifest, number: int) -> list[Problem]:
    return [Problem(manifest.at("data", index), f"number {index}") for index in range(number)]


def test_beyond_the_bound_one_problem_stands_for_the_others() -> None:
    found = [("r", problem) for problem in _problems(_object("a"), MOST_HELD_OF_OBJECT + 7)]
    kept = list(bounded(found))
    assert kept[:-1] == found[:MOST_HELD_OF_OBJECT]
    assert kept[-1] == ("r", found[MOST_HELD_OF_OBJECT][1]._replace(more=6))
    assert list(bounded(found, cap=False)) == found


def test_objects_and_rules_are_counted_by_themselves() -> None:
    one, other = _object("a"), _object("a")
    found = [("r", p) for m in (one, other) for p in _problems(m, MOST_HELD_OF_OBJECT)]
    found += [("s", p) for p in _problems(one, MOST_HELD_OF_OBJECT)]
    assert list(bounded(found)) == found


def test_what_already_stands_for_others_is_counted_with_them() -> None:
    first, *others = _problems(_object("a"), MOST_HELD_OF_OBJECT + 2)
    *_, last = bounded([("r", p) for p in (first, *others[:-1], others[-1]._replace(more=9))])
    assert last[1].more == 1 + 9


def test_a_run_holds_no_more_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excess, "MOST_HELD", 30)
    found = [("r", p) for name in "abc" for p in _problems(_object(name), 20)]
    kept = list(bounded(found))
    assert kept[:30] == found[:30]
    assert [problem.more for _, problem in kept[30:]] == [9, 19]


def test_of_many_related_places_the_first_are_kept_and_one_of_each_other_file() -> None:
    """A change in any of the files still concerns the problem."""
    of_file = [_object(str(number)).at("metadata", note="n") for number in range(MOST_RELATED + 3)]
    other = _object("x", "other.yaml").at("metadata", note="n")
    problem = Problem(of_file[0], "x", (*of_file, other, other))
    ((_, kept),) = bounded([("r", problem)])
    assert kept.related[: MOST_RELATED - 1] == tuple(of_file[: MOST_RELATED - 1])
    assert kept.related[MOST_RELATED - 1].note == "n (and 5 more places)"
    files = [place.manifest.file for place in kept.related if not isinstance(place, SourceSpan)]
    assert files[MOST_RELATED:] == ["a.yaml", "other.yaml"]
    assert list(bounded([("r", problem)], cap=False)) == [("r", problem)]


@pytest.mark.parametrize("cap", [True, False])
def test_texts_are_cut_at_once(cap: bool) -> None:
    """A name of 100 KB in a thousand messages would be 100 MB."""
    long = "n" * 100_000
    place = _object("a").at("metadata", note=f'snapshot "{long}"')
    ((_, kept),) = bounded([("r", Problem(place, f'no VM "{long}"', (place,)))], cap)
    assert kept.message == f'no VM "{"n" * 250}..."'
    assert kept.related[0].note == f'snapshot "{"n" * 250}..."'
