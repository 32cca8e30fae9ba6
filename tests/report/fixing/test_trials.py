"""Many changes are tried at once, which tells the same as to try each, and reads far less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.document.editing.documents import TEXTS, operation_on
from tests.properties import examples
from vmsnap_lint import document, engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.document.editing.operations import ScalarSet
from vmsnap_lint.document.editing.rewriting import drafted, edits_of
from vmsnap_lint.document.embedded import page
from vmsnap_lint.report.fixing.applying import applied, wanted
from vmsnap_lint.report.fixing.edited_file import opened
from vmsnap_lint.report.fixing.trials import Trials

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding

HEAD = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: a}\nspec:\n"
SOURCE = "spec:\n  source:\n    kind: VirtualMachine\n    name: web\n"


@examples(200)
@given(TEXTS, st.data())
def test_what_is_tried_together_comes_to_what_is_tried_alone(
    text: str, data: st.DataObject
) -> None:
    source = document.read("a.yaml", text.encode("utf-8", "surrogatepass"))
    assume(len(source.documents) == 1)
    (before,) = source.documents
    home = before.home(())
    assert home is not None
    operations = data.draw(st.lists(operation_on(before.value), min_size=2, max_size=6))
    drafts = [draft for each in operations if (draft := drafted(home, [each])) is not None]
    trials = Trials(1_000_000)
    trials.together(drafts)
    assert [trials.edits(draft) for draft in drafts] == [edits_of(draft) for draft in drafts]


def test_what_is_doubtful_is_left_where_enough_was_read() -> None:
    (of,) = document.read("a.yaml", b"a: 1\nb: 2\n").documents
    home = of.home(())
    assert home is not None
    drafts = [draft for key in "ab" if (draft := drafted(home, [ScalarSet((key,), 3)])) is not None]
    for characters, number in ((-1, 0), (0, 1), (10, 2)):
        trials = Trials(characters)
        assert sum(bool(trials.edits(draft)) for draft in drafts) == number


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, a repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _findings(*rules: str) -> tuple[Finding, ...]:
    settings = Settings(select=frozenset(rules), docs=True, all_vms=True, with_fixes=True)
    return engine.lint((".",), None, settings).report.findings


def test_a_page_is_read_again_once_for_all_of_its_blocks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{HEAD}metadata: {{name: NAME, namespace: prod}}\n{SOURCE}"
    blocks = [text.replace("NAME", f"s{number}") for number in range(20)]
    old = "".join(f"```yaml\n{block}```\n\n" for block in blocks)
    (folder / "page.md").write_text(old)
    asked: list[object] = []
    read = page.read

    def counted(*arguments: Any) -> Any:
        asked.append(arguments)
        return read(*arguments)

    monkeypatch.setattr(page, "read", counted)
    findings = _findings("source-apigroup-missing")
    assert len(asked) <= 3
    made = applied(wanted(findings, unsafe=False), lambda _: opened(old.encode()) or "")
    new = old.replace("    kind", "    apiGroup: kubevirt.io\n    kind")
    assert {file: each.data.decode() for file, each in made.files.items()} == {"page.md": new}


def test_each_entry_that_another_of_its_key_follows_is_removed(folder: Path) -> None:
    labels = "    a: x\n" * 3 + "    a: y\n    a: z\n"
    text = f"{HEAD}metadata:\n  name: s\n  labels:\n{labels}{SOURCE}"
    (folder / "a.yaml").write_text(text)
    fixes = [finding.fixes[0] for finding in _findings("duplicate-key")]
    assert [fix.safety for fix in fixes] == ["safe", "safe", "unsafe", "unsafe"]
    lines = [edit.span.end_line for fix in fixes for edit in fix.edits]
    assert lines == [6, 7, 8, 9]


def test_the_value_that_replaces_an_ambiguous_one_is_left(folder: Path) -> None:
    template = "  template: {spec: {domain: {}}}\n"
    for last, number in (("false", 0), ("yes", 1)):
        (folder / "a.yaml").write_text(f"{VM}  running: y\n  running: {last}\n{template}")
        found = _findings("ambiguous-scalar")
        assert found
        assert {len(finding.fixes) for finding in found} == {number}
