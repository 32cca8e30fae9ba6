"""What rules offer to mend their examples: it mends them, and the cards say how safely."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.checks import mending
from tests.checks.mending import files_of, findings, identities, settings_for
from tests.files import write
from tests.test_cards import RULES
from vmsnap_lint import document
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.model import Safety

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.core.model import Finding, Fix

FIXABLE = [rule_id for rule_id in RULES if catalog.rule(rule_id).fixable]
# What makes an object known as one of its kind, so that its other faults show.
REVEALING = frozenset((
    "group-version-unknown", "kind-unknown", "separator-missing", "server-fields-in-source",
    "source-kind-invalid", "type-meta-missing",
))  # fmt: skip
# The snapshot or restore is still worth a word, but another one.
SOFTENED = frozenset(("restore-target-running", "snapshot-as-desired-state"))
# What only the text shows, not the value that it is read as.
TEXTUAL = frozenset((
    "ambiguous-scalar", "duplicate-key", "separator-missing", "suppression-expired",
    "suppression-unknown-rule", "suppression-unused",
))  # fmt: skip


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_card_names_the_strongest_safety_of_the_fixes_of_its_examples(rule_id: str) -> None:
    offered = {fix.safety for _, _, own in examples(rule_id) for each in own for fix in each.fixes}
    strongest = next((safety for safety in Safety if safety in offered), None)
    assert catalog.rule(rule_id).fixable == strongest


@pytest.mark.parametrize("rule_id", FIXABLE)
def test_a_fix_mends_its_finding_and_a_safe_one_adds_none(rule_id: str) -> None:
    for example, before, own in examples(rule_id):
        for finding, fix in ((each, fix) for each in own for fix in each.fixes):
            after = applied(example, rule_id, finding, fix)
            assert len(same(finding, after)) < len(same(finding, before)), fix
            added = identities(after) - identities(before)
            if fix.safety is Safety.SAFE and rule_id not in REVEALING:
                assert not added, fix


@pytest.mark.parametrize("rule_id", FIXABLE)
def test_the_fixes_of_an_example_come_to_an_end(rule_id: str) -> None:
    for example, _, own in examples(rule_id):
        left = mending.mended(files_of(example), settings_for(example, rule_id), unsafe=True)
        fixed = [each for each in own if each.fixes and each.fixes[0].safety != Safety.DISPLAY]
        for finding in fixed:
            assert rule_id in SOFTENED or not same(finding, left)


@pytest.mark.parametrize("rule_id", [each for each in FIXABLE if each not in TEXTUAL])
def test_other_ways_to_write_an_example_are_mended_to_the_same_values(rule_id: str) -> None:
    example = first(rule_id, most_files=1)
    if example is None:
        return
    settings = settings_for(example, rule_id)
    mending.mended(files_of(example), settings, unsafe=True)
    expected = values("example.yaml")
    for form, text_of in FORMS.items():
        documents = [each.value for each in document.read("", example.encode()).documents]
        mending.mended({"example.yaml": text_of(documents)}, settings, unsafe=True)
        assert values("example.yaml") == expected, form


@pytest.mark.parametrize("rule_id", FIXABLE)
def test_line_ends_and_all_other_lines_stay(rule_id: str) -> None:
    example = first(rule_id)
    assert example is not None
    settings, files = settings_for(example, rule_id), files_of(example)
    mending.mended(files, settings, unsafe=True)
    expected = written()
    clear()
    breaks = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    mending.mended(breaks, settings, unsafe=True)
    for name, data in written().items():
        assert data.replace(b"\r\n", b"\n") == expected.pop(name)
        assert name not in files or b"\n" not in data.replace(b"\r\n", b"")
    assert not expected


def first(rule_id: str, most_files: int = 9) -> str | None:
    """The first example of a rule with a fix."""
    for example, _, own in examples(rule_id):
        if len(files_of(example)) <= most_files and any(each.fixes for each in own):
            return example
    return None


@cache
def examples(rule_id: str) -> list[tuple[str, tuple[Finding, ...], list[Finding]]]:
    """The bad examples whose files are all there, with all findings and those of the rule."""
    found = []
    for example in catalog.rule(rule_id).bad:
        if "# before: " not in example:
            write(Path(), files_of(example))
            every = findings(settings_for(example, rule_id))
            found.append((example, every, [each for each in every if each.rule == rule_id]))
            clear()
    return found


def applied(example: str, rule_id: str, finding: Finding, fix: Fix) -> tuple[Finding, ...]:
    """What is found after that fix alone."""
    write(Path(), files_of(example))
    chosen = finding._replace(fixes=(fix._replace(safety=Safety.SAFE),))
    assert mending.round_of([chosen], unsafe=False)
    after = findings(settings_for(example, rule_id))
    clear()
    return after


def clear() -> None:
    for name in written():
        Path(name).unlink()


def written() -> dict[str, bytes]:
    """The files of the working directory."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def same(finding: Finding, among: tuple[Finding, ...]) -> list[Finding]:
    """The findings that say the same of the same place, whatever its line is."""
    names = finding.rule, finding.file, finding.path, finding.message
    return [each for each in among if (each.rule, each.file, each.path, each.message) == names]


def values(name: str) -> list[Any]:
    documents = document.read(name, Path(name).read_bytes()).documents
    return [each.value for each in documents]


def block(documents: list[Any]) -> str:
    return "---\n".join(_block(each, "") for each in documents)


def quoted(documents: list[Any]) -> str:
    return "---\n".join(_block(each, "", quote="'") for each in documents)


def commented(documents: list[Any]) -> str:
    lines = block(documents).splitlines()
    return "".join(f"{each}\n" if each == "---" else f"{each}  # kept\n" for each in lines)


def flow(documents: list[Any]) -> str:
    return "---\n".join(json.dumps(each, indent=2) + "\n" for each in documents)


def one_line(documents: list[Any]) -> str:
    return "---\n".join(json.dumps(each) + "\n" for each in documents)


FORMS: dict[str, Callable[[list[Any]], str]] = {
    "block": block, "commented": commented, "flow": flow, "one line": one_line, "quoted": quoted,
}  # fmt: skip


def _block(value: Any, indent: str, quote: str = "") -> str:
    """A value in block style; its strings in double quotes, or single ones."""
    if isinstance(value, dict) and value:
        return "".join(_entry(f"{key}:", each, indent, quote) for key, each in value.items())
    if isinstance(value, list) and value:
        return "".join(_entry("-", each, indent, quote) for each in value)
    if quote and isinstance(value, str):
        return quote + value.replace(quote, quote * 2) + quote
    return json.dumps(value)


def _entry(head: str, value: Any, indent: str, quote: str) -> str:
    text = _block(value, f"{indent}  ", quote)
    if isinstance(value, dict | list) and value:
        return f"{indent}{head}\n{text}"
    return f"{indent}{head} {text}\n"
