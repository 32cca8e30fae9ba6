"""Actions of Go templates, and comments beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.document import read
from vmsnap_lint.document.actions import actions, masked


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("a {{ .b }} c{{- d -}}", [".b", "d"]),
        ("{{ \"}}\" }} {{`}}`}} {{ '}' }}", ['"}}"', "`}}`", "'}'"]),
        ("{{/* a }} b */}} {{- /* c */ -}}", ["/* a }} b */", "/* c */"]),
        ("{a: {{ .b }}}", [".b"]),
        ("{{ if\n .a }}", ["if\n .a"]),
        ('{{ .a }} {{ "', [".a"]),
        ('{{ "\\"}}" }}', ['"\\"}}"']),
        ("", []),
    ],
)
def test_an_action_ends_where_go_ends_it(text: str, bodies: list[str]) -> None:
    assert [each.body for each in actions(text)] == bodies


def test_what_writes_nothing_becomes_spaces() -> None:
    text = '{{- if .a }}\nb: {{ .c }} {{ $d := 1 }}{{/* e\n */}}{{ end }}{{ include "f" . }}'
    expected = "            \nb: xxxxxxxx              " + " " * 6 + "\n" + " " * 5 + " " * 9
    assert masked(text) == expected + "x" * 19


@examples(200)
@given(st.text(st.sampled_from("{}\"'`\\/*-$:= a\n#")))
def test_every_character_keeps_its_place(text: str) -> None:
    result = masked(text)
    assert len(result) == len(text)
    breaks = [index for index, letter in enumerate(text) if letter == "\n"]
    assert breaks == [index for index, letter in enumerate(result) if letter == "\n"]


MARK = "# vmsnap-lint: ignore[a-b] c"


@pytest.mark.parametrize(
    "line",
    [
        f"name: {{{{ .a }}}}-x  {MARK}",
        f"name: {{{{ .a }}}}  {MARK}",
        f'name: {{{{ .a | default "#" }}}}x  {MARK}',
        f'name: "{{{{ printf "%s" .a }}}}"  {MARK}',
        f"{{{{- if .a }}}}\n    name: b  {MARK}\n  {{{{ end }}}}",
        f'  {{{{- toYaml .a | nindent 2 }}}}\nname: "a" \'b\' "#" a#b {MARK}',
        f"a: b: {{{{ .c }}}}\n{MARK}",
    ],
)
def test_a_comment_beside_an_action_is_one(line: str) -> None:
    source = read("a.yaml", f"a: 1\n---\n{line}\n---\nb: {{{{ .c }}}}-d # e\n".encode())
    (comment,) = source.comments("vmsnap-lint")
    assert comment.text.rstrip() == MARK
    assert source.line(comment.line)[comment.column - 1 :].startswith(MARK)


def test_text_in_a_template_is_no_comment() -> None:
    text = f'a: {{{{ .b }}}}-c "\nb: "{MARK}"\nc: {{{{ "{MARK}" }}}}\nd: |\n  {MARK}\n'
    assert read("a.yaml", text.replace('-c "', "-c").encode()).comments("vmsnap-lint") == ()
    open_quote = f"a: b: {{{{ .b }}}}\nb: 'x {MARK}'\n"
    assert read("a.yaml", open_quote.encode()).comments("vmsnap-lint") == ()
