"""One table says what differs between releases; lines are maintained side by side."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import ROOT
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.releases import (
    NEWEST,
    OLDEST,
    Behaviour,
    Fact,
    behaviour,
    known,
    newest_known,
    of_hyperconverged,
    product,
    resolve,
)
from vmsnap_lint.core.values import Release

FACTS = sorted(name for name, value in vars(Behaviour).items() if isinstance(value, Fact))


def _holds(name: str, release: str) -> bool:
    return bool(getattr(Behaviour(Release(*map(int, release.split(".")))), name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.3", Release(1, 3, 1)),
        ("1.3.0", Release(1, 3, 0)),
        ("v1.6.3", Release(1, 6, 3)),
        ("v1.9.0-rc.2", Release(1, 9, 0)),
        ("1.9", NEWEST),
        ("0.59", Release(0, 59, 2)),
        ("0.36", Release(0, 36, 0)),
        ("1.8.99", Release(1, 8, 99)),
        ("1.10", Release(1, 10, 0)),
        ("v1.11.2", Release(1, 11, 2)),
    ],
)
def test_resolve(text: str, expected: Release) -> None:
    assert resolve(text) == expected


@pytest.mark.parametrize("text", ["", "latest", "2.0", "0.30", "0.60", "1", "x1.6"])
def test_an_unknown_release_is_the_callers_fault(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(text)
    assert str(caught.value) == (
        f'no KubeVirt release "{text}" is known: name a line from 0.31 to 1.9, '
        'or one of its releases, such as "1.9.0"'
    )


@pytest.mark.parametrize(
    ("text", "shown"), [("1.6", "1.6"), ("v1.6", "1.6"), ("1.6.0", "1.6.0"), ("v1.6.6", "1.6.6")]
)
def test_a_release_is_shown_as_it_was_given(text: str, shown: str) -> None:
    assert str(resolve(text)) == f"{resolve(text)}" == shown
    assert resolve("1.6") == resolve("1.6.6")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4.6", "0.34"), ("4.13", "0.59"), ("4.14", "1.0"), ("v4.18.3", "1.4"), ("4.22", "1.8")],
)
def test_a_release_of_openshift_virtualization_has_its_line(text: str, expected: str) -> None:
    assert resolve(text) == resolve(expected)
    assert str(resolve(text)) == expected
    assert product(resolve(text)).startswith("OpenShift Virtualization 4.")
    assert not product(resolve(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.16.0", "1.6"), ("4.20.1", "1.6"), ("1.9.0", "0.59"), ("1.18", "1.8"), ("1.1.0", ""),
     ("1.30.0", ""), ("2.0", ""), ("", ""), ("latest", "")],
)  # fmt: skip
def test_hyperconverged_has_a_release_of_kubevirt(text: str, expected: str) -> None:
    release = of_hyperconverged(text)
    assert (str(release) if release else "") == expected


@pytest.mark.parametrize("text", ["4.5", "4.23", "4.99", "3.11"])
def test_others_of_openshift_are_not_known(text: str) -> None:
    with pytest.raises(UsageError, match=f'no KubeVirt release "{text}" is known'):
        resolve(text)


@pytest.mark.parametrize(
    ("text", "newest"), [("1.6.99", "1.6.6"), ("1.6.6", None), ("1.6", None), ("1.9.1", "1.9.0")]
)
def test_a_release_beyond_the_newest_of_its_line(text: str, newest: str | None) -> None:
    known_one = newest_known(resolve(text))
    assert (known_one and str(known_one)) == newest


def test_every_known_line_resolves_to_itself() -> None:
    lines = known()
    assert lines[0] == "0.31"
    assert lines[-1] == "1.9"
    assert [f"{resolve(line).major}.{resolve(line).minor}" for line in lines] == list(lines)
    assert resolve("0.31.0") == OLDEST


@pytest.mark.parametrize(
    ("fact", "holds", "fails"),
    [
        ("run_state_refused", "0.31.0 0.40.9", "0.41.0 1.9.0"),
        ("source_checked_on_admission", "0.36.0 1.4.0 1.4.1", "1.5.0 1.9.0"),
        ("claims_must_be_bound", "1.5.0 1.9.0", "1.4.1 1.3.1"),
        ("terminating_claims_refused", "1.7.1 1.8.0", "1.7.0 1.6.6"),
        ("profile_snapshot_class", "1.4.1 1.5.0 1.9.0", "1.4.0 1.3.1"),
        ("backend_state_in_snapshot", "1.4.1 1.5.0", "1.4.0"),
        ("backend_state_refused_tpm", "1.0.0 1.4.0", "0.59.2 1.4.1 1.5.0"),
        ("backend_state_refused_efi", "1.1.0 1.4.0", "1.0.1 1.4.1 1.5.0"),
        ("vmi_decides_online", "1.4.0 1.9.0", "1.3.1"),
        ("paused_frozen", "0.41.0 1.4.1 1.5.2 1.6.0", "0.40.0 1.5.3 1.6.1 1.7.0 1.9.0"),
        ("gate_default_on", "1.9.0", "1.8.4"),
        ("memory_dump_included", "0.55.0", "0.54.0"),
        ("revisions_in_snapshot", "0.59.0", "0.58.0"),
        ("failure_deadline", "0.44.1 0.44.2 0.45.0", "0.44.0"),
        ("restore_running_refused", "1.4.1", "1.5.0 0.33.0"),
        ("restore_target_must_be_halted", "1.4.0 1.3.1", "1.4.1 1.5.0"),
        ("restore_patches_ignored_for_existing", "1.1.0 1.9.0", "1.0.1"),
        ("long_state_names", "1.6.5 1.7.3 1.8.2 1.9.0", "1.5.3 1.6.4 1.7.2 1.8.1"),
    ],
)  # fmt: skip
def test_facts_at_their_borders(fact: str, holds: str, fails: str) -> None:
    assert [_holds(fact, release) for release in holds.split()] == [True] * len(holds.split())
    assert [_holds(fact, release) for release in fails.split()] == [False] * len(fails.split())


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("0.40", set()),
        ("0.41", {"Manual", "Once", "RerunOnFailure"}),
        ("1.0", {"Manual", "Once", "RerunOnFailure"}),
        ("1.1", {"RerunOnFailure"}),
        ("1.3", {"RerunOnFailure"}),
        ("1.4.0", set()),
        ("1.9", set()),
    ],
)
def test_strategies_that_hang(release: str, expected: set[str]) -> None:
    assert behaviour(resolve(release)).hang_strategies == expected


def test_values_that_grew() -> None:
    assert behaviour(resolve("0.50")).run_strategies == (
        "Always", "Halted", "Manual", "RerunOnFailure")  # fmt: skip
    assert behaviour(resolve("0.51")).run_strategies[4:] == ("Once",)
    assert behaviour(resolve("1.6")).run_strategies[4:] == ("Once", "WaitAsReceiver")
    assert behaviour(resolve("1.5")).restore_policies == ()
    assert behaviour(resolve("1.7")).restore_policies == ("InPlace", "RandomizeNames")
    assert "PrefixTargetName" in behaviour(resolve("1.8")).restore_policies


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_names_releases_in_order(name: str) -> None:
    """So that "after the last line named" means what it says."""
    fact = vars(Behaviour)[name]
    for text in (fact._since, fact._until):
        firsts = [Release(*map(int, word.split("."))) for word in text.split()]
        assert firsts == sorted(set(firsts))
        assert len({first.line for first in firsts}) == len(firsts)


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_makes_a_difference(name: str) -> None:
    patches = [Release(*resolve(line).line, patch) for line in known() for patch in range(7)]
    assert {vars(Behaviour)[name].holds_in(release) for release in patches} == {True, False}


def test_every_fact_is_read() -> None:
    """One that nothing reads changes nothing, whatever its source says."""
    trees = [ast.parse(path.read_bytes()) for path in (ROOT / "vmsnap_lint").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert [name for name in FACTS if name not in read] == []


@given(st.sampled_from(FACTS), st.sampled_from(known()), st.integers(0, 9))
def test_asking_twice_gives_the_same_answer(name: str, line: str, patch: int) -> None:
    made = Behaviour(Release(*resolve(line).line, patch))
    assert getattr(made, name) == getattr(made, name) == _holds(name, str(made.release))


def test_behaviour_is_made_once_a_release() -> None:
    assert behaviour(NEWEST) is behaviour(Release(1, 9, 0))
