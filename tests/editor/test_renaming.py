"""A renamed object is the same object: all that named it names it still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.editor.views import FILES, SNAPSHOT, VM, applied, place, view_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.values import is_dns1123_subdomain
from vmsnap_lint.editor.renaming import Refusal, Renamable, renamable, renamed

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Edit

_PLACES = [
    ("vm.yaml", "web", 0), ("snapshot.yaml", "web", 0), ("snapshot.yaml", "nightly", 0),
    ("claim.yaml", "root-claim", 0), ("vm.yaml", "root-claim", 0), ("vm.yaml", "data\n", 0),
    ("vm.yaml", "data\n", 1), ("classes.yaml", "fast", 0), ("vm.yaml", "fast", 0),
    ("classes.yaml", "snappy", 0), ("restore.yaml", "back", 0),
]  # fmt: skip


def _edits(file: str, word: str, number: int, name: str) -> tuple[Edit, ...]:
    edits = renamed(view_of(), file, place(FILES[file], word, number), name)
    assert not isinstance(edits, Refusal), edits
    return edits


def _reason(text: str, word: str, name: str, file: str = "vm.yaml") -> str:
    refused = renamed(view_of(), file, place(text, word), name)
    assert isinstance(refused, Refusal), refused
    return refused.reason


def _findings(old: str, new: str) -> list[tuple[str, int, str, str]]:
    report = engine.lint((".",), None, Settings()).report
    return [
        (each.file, each.span.line, each.rule, each.message.replace(f'"{new}"', f'"{old}"'))
        for each in report.findings
    ]


@pytest.mark.parametrize(("file", "word", "number"), _PLACES)
def test_a_renamed_object_has_the_same_findings(
    tree: Path, file: str, word: str, number: int
) -> None:
    at = place(FILES[file], word, number)
    known = renamable(view_of(), file, *at)
    assert isinstance(known, Renamable)
    assert known.name == word.strip()
    before = _findings(known.name, known.name)
    edits = _edits(file, word, number, "brand-new.name")
    applied(tree, edits)
    assert _findings(known.name, "brand-new.name") == before
    everything = "".join(path.read_text() for path in tree.iterdir())
    assert f"name: {known.name}\n" not in everything
    back = renamed(view_of(), file, at, known.name)
    assert not isinstance(back, Refusal)
    applied(tree, back)
    assert {path.name: path.read_text() for path in tree.iterdir()} == FILES


def test_quotes_and_comments_stay(tree: Path) -> None:
    applied(tree, _edits("claim.yaml", "root-claim", 0, "other"))
    applied(tree, _edits("snapshot.yaml", "web", 0, "new"))
    assert 'claimName: "other"\n' in (tree / "vm.yaml").read_text()
    assert "name: new  # the source\n" in (tree / "snapshot.yaml").read_text()


def test_a_name_that_would_be_a_number_gets_quotes(tree: Path) -> None:
    applied(tree, _edits("claim.yaml", "root-claim", 0, "123"))
    assert 'name: "123"\n' in (tree / "claim.yaml").read_text()
    assert 'claimName: "123"\n' in (tree / "vm.yaml").read_text()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.from_regex(r"[a-z0-9]([-.a-z0-9]{0,10}[a-z0-9])?", fullmatch=True))
def test_any_valid_name_is_read_back(tree: Path, name: str) -> None:
    write(tree, FILES)
    edits = renamed(view_of(), "snapshot.yaml", place(SNAPSHOT, "web"), name)
    if isinstance(edits, Refusal):
        assert not is_dns1123_subdomain(name)
        return
    applied(tree, edits)
    (vm,) = (m for _, m in view_of().objects("vm.yaml"))
    assert vm.name == name


def test_the_kind_of_a_reference_is_no_name(tree: Path) -> None:
    reason = _reason(SNAPSHOT, "VirtualMachine\n", "x", "snapshot.yaml")
    assert reason == "there is no name of an object here"


def test_a_newer_text_is_waited_for(tree: Path) -> None:
    text = f"# new\n{VM}"
    refused = renamable(view_of(), "vm.yaml", *place(text, "web"), text)
    assert refused == Refusal("the text has changed: try again in a moment")
    assert isinstance(renamable(view_of(), "vm.yaml", *place(VM, "web"), VM), Renamable)


def test_the_same_name_changes_nothing(tree: Path) -> None:
    assert _edits("vm.yaml", "web", 0, "web") == ()


@pytest.mark.parametrize(
    ("word", "name", "reason"),
    [
        ("web", "Web", '"Web" is not a DNS-1123 subdomain'),
        ("web", "", '"" is not a DNS-1123 subdomain'),
        ("web", "a" * 300, "is not a DNS-1123 subdomain"),
        ("web", "${X}", '"${X}" holds a placeholder: write the name itself'),
        (
            "data\n",
            "root-claim",
            'claim.yaml:4 declares PersistentVolumeClaim "root-claim" already',
        ),
        ("root-claim", "data", 'vm.yaml:10 declares VirtualMachine "data" already'),
        ("runStrategy", "x", "there is no name of an object here"),
        ("Halted", "x", "there is no name of an object here"),
        ("VirtualMachine", "x", "there is no name of an object here"),
    ],
)
def test_what_cannot_be(tree: Path, word: str, name: str, reason: str) -> None:
    assert reason in _reason(VM, word, name)


def test_a_placeholder_is_not_renamed(tree: Path) -> None:
    text = VM.replace("name: web", "name: ${NAME}")
    write(tree, {"vm.yaml": text})
    assert _reason(text, "${NAME}", "x") == '"${NAME}" holds a placeholder: rename what sets it'


def test_what_is_not_declared_is_not_renamed(tree: Path) -> None:
    (tree / "vm.yaml").unlink()
    reason = _reason(SNAPSHOT, "web", "x", "snapshot.yaml")
    assert (
        reason
        == 'VirtualMachine "web" is not declared in the input: open the folder that declares it'
    )


def test_what_was_read_from_a_cluster_is_not_renamed(tree: Path) -> None:
    text = VM.replace("  namespace: prod\n", "  namespace: prod\n  uid: 1-2\n", 1)
    write(tree, {"vm.yaml": text})
    reason = _reason(SNAPSHOT, "web", "x", "snapshot.yaml")
    assert reason == "vm.yaml:4 was read from a cluster, where no object is renamed"


def test_other_kinds_are_not_renamed(tree: Path) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: hidden\n---\n{SNAPSHOT}"
    write(tree, {"snapshot.yaml": text})
    reason = _reason(text, "hidden", "x", "snapshot.yaml")
    assert reason in (
        "what names a Secret is not known: rename it by hand",
        "there is no name of an object here",
    )


def test_files_outside_are_not_changed(tree: Path) -> None:
    refused = renamed(
        view_of(), "vm.yaml", place(VM, "web"), "new", lambda file: file != "snapshot.yaml"
    )
    assert refused == Refusal(
        '"snapshot.yaml" names it and is outside of the open folder, or read-only'
    )


def test_a_name_by_an_alias_is_not_renamed(tree: Path) -> None:
    text = VM.replace('"root-claim"', "*name").replace(
        "name: root\n          pers", "name: &name root-claim\n          pers"
    )
    write(tree, {"vm.yaml": text})
    assert "something else makes the name" in _reason(
        FILES["claim.yaml"], "root-claim", "x", "claim.yaml"
    )
    anchored = FILES["claim.yaml"].replace("root-claim", "&n root-claim")
    write(tree, {"claim.yaml": anchored, "vm.yaml": VM})
    assert "an alias repeats" in _reason(anchored, "root-claim", "x", "claim.yaml")
