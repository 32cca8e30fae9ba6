"""No place of any text makes an answer fail, and what is told is within the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.editor.views import FILES, SNAPSHOT, VM, view_of
from tests.files import write
from tests.shared import ROOT
from vmsnap_lint.editor.completions import completions
from vmsnap_lint.editor.hover import hover
from vmsnap_lint.editor.lenses import lenses
from vmsnap_lint.editor.navigation import definitions, references_at
from vmsnap_lint.editor.renaming import Refusal, renamable, renamed
from vmsnap_lint.editor.symbols import symbols_in

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.editor.view import View

_ODD = ("", "x", "{", "- ", "a: [", '"', "|", "\t", "\r", "\ufeff", "\u2028", "\0", "*a", "---")


def _is_in(view: View, file: str, span: Span) -> bool:
    source = view.source(file)
    assert source is not None
    assert span.line >= 1
    assert span.column >= 1
    return span.end_column <= len(source.line(span.end_line)) + 1


def _ask(view: View, file: str, line: int, column: int, text: str | None = None) -> None:
    """Ask everything about a place."""
    hover(view, file, line, column, text)
    for found in (
        definitions(view, file, line, column, text),
        references_at(view, file, line, column, text),
    ):
        assert all(_is_in(view, each.file, each.span) for each in found)
    renamable(view, file, line, column)
    edits = renamed(view, file, (line, column), "new-name")
    if not isinstance(edits, Refusal):
        assert all(_is_in(view, each.file, each.span) for each in edits)


@pytest.mark.parametrize("example", ["shop", "one-disk-missing"])
def test_every_place_of_the_examples(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / example)
    view = view_of()
    for source in view.sources():
        lenses(view, source.file)
        symbols_in(view, source.file)
        lines = source.lines.text.split("\n")
        for number, line in enumerate(lines, 1):
            for column in range(1, len(line) + 3, 9):
                _ask(view, source.file, number, column)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_a_buffer(tree: Path, data: st.DataObject) -> None:
    """The view is that of the text before."""
    write(tree, FILES)
    view = view_of()
    for file, text in (("vm.yaml", VM), ("snapshot.yaml", SNAPSHOT)):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + 40)))
        changed = text[:at] + data.draw(st.sampled_from(_ODD)) + text[end:]
        lines = changed.split("\n")
        for _ in range(5):
            line = data.draw(st.integers(0, len(lines) + 1))
            column = data.draw(st.integers(0, 40))
            _ask(view, file, line, column, changed)
            completions(view, file, changed, line, column)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(near_plain, yamlish), data=st.data())
def test_any_text_in_a_vm(tree: Path, text: str, data: st.DataObject) -> None:
    head = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: web\nspec:\n"
    body = "".join(f"  {line}\n" for line in text.split("\n"))
    whole = f"{head}{body}"
    write(tree, {"odd.yaml": whole.encode("utf-8", "surrogatepass")})
    view = view_of()
    lenses(view, "odd.yaml")
    symbols_in(view, "odd.yaml")
    for _ in range(8):
        line = data.draw(st.integers(1, whole.count("\n") + 1))
        column = data.draw(st.integers(1, 20))
        _ask(view, "odd.yaml", line, column)
        completions(view, "odd.yaml", whole, line, column)
