"""Places in templates: each key of each document on its own line, or the nearest that is sure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.deploy.render.chart_template import ChartTemplate, Turn
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.deploy.render.layered_values import LayeredValues, ValuesLayer
from vmsnap_lint.document import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path

KEYS = st.sampled_from(["name", "kind", "spec", "a.b/c", "size", "source", "metadata"])
TEXTS = st.sampled_from(["web", "db", "10Gi", "true", "7", "fast class"])
LEAVES = st.tuples(TEXTS, st.sampled_from(["{}", "{}", "T", '"T"', "{}-T", "T-{}", "T.T"]))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(KEYS, inner, min_size=1, max_size=4),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["VirtualMachine", "VirtualMachineSnapshot", "DataVolume"])
DOCUMENTS = st.lists(st.tuples(KINDS, LEAVES, VALUES), min_size=1, max_size=4)
ACTION = '{{ include "x" . | quote }}'


def _lines(value: Any, indent: int, path: Path) -> Iterator[tuple[str, Path]]:
    """Block style, each entry on its own line, with the path that the line writes."""
    blank = " " * indent
    if isinstance(value, dict):
        for key, inner in value.items():
            is_leaf = isinstance(inner, tuple)
            yield f"{blank}{key}:" + (f" {_scalar(inner)}" if is_leaf else ""), (*path, key)
            if not is_leaf:
                yield from _lines(inner, indent + 2, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, tuple):
                yield f"{blank}- {_scalar(inner)}", (*path, index)
            else:
                first, *rest = _lines(inner, indent + 2, (*path, index))
                yield f"{blank}- {first[0].lstrip()}", first[1]
                yield from rest


def _scalar(leaf: tuple[str, str]) -> str:
    return leaf[1].replace("{}", leaf[0])


def _templated(texts: list[tuple[str, str, Any]]) -> Iterator[tuple[str, str, Path | None]]:
    """The lines of a template, what each becomes, and its path; None for separators."""
    for number, (kind, name, spec) in enumerate(texts):
        head = {"apiVersion": ("v1", "{}"), "kind": (kind, "{}"), "metadata": {"name": name}}
        body = spec if isinstance(spec, dict | list) else {"size": spec}
        if number:
            yield "---", "---", None
        yield "# written by hand", "# written by hand", ()
        for line, path in _lines({**head, "spec": body}, 0, ()):
            yield line.replace("T", ACTION), line.replace("T", f"v{number}"), path


def _documents(template: str, rendered: str, values: object = None) -> list[TemplatedDocument]:
    """The rendered objects as helm gives them, in the order of the template."""
    source = read("a.yaml", template.encode())
    chart = ChartTemplate(source, LayeredValues((ValuesLayer(values or {}),), is_open=True))
    parts = [part for part in read("out", rendered.encode()).documents if part.value]
    kinds = [part.value["kind"] for part in parts]
    turns = [Turn(kinds[:n].count(kind), kinds.count(kind)) for n, kind in enumerate(kinds)]
    return [
        TemplatedDocument(*each) for each in zip(parts, [chart] * len(parts), turns, strict=True)
    ]


@examples(300)
@given(DOCUMENTS)
def test_each_key_of_each_document_is_on_its_own_line(texts: list[tuple[str, str, Any]]) -> None:
    lines = list(_templated(texts))
    template = "\n".join(line for line, _, _ in lines)
    rendered = "\n".join(line for _, line, _ in lines)
    documents = _documents(template, rendered)
    assert len(documents) == len(texts)
    at = -1
    for number, (_, _, path) in enumerate(lines, 1):
        if path == ():
            at += 1
        elif path is not None:
            key = isinstance(path[-1], str)
            assert documents[at].span(path, key=key).line == number, (path, template)


PIECES = [
    *"{}\"'-:|#, \na.%[]", "{{ if .a }}", "{{ end }}", "{{ else }}", "{{- .b }}", "\n---\n", "\r",
    "kind: A\n", "name: ", "{{ range .x }}", '{{ include "x" . | nindent 2 }}\n',
]  # fmt: skip


@examples(500)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_template_makes_it_crash(text: str) -> None:
    rendered = "kind: A\nmetadata:\n  name: b\nspec: [{name: c}, d, 1]\n"
    for template in (text, f"kind: A\n{text}\nmetadata:\n  name: {{{{ .b }}}}\n"):
        (document,) = _documents(template, rendered)
        for path in ((), ("metadata", "name"), ("spec", 0, "name"), ("spec", 2), ("x", "y")):
            span = document.span(path)
            assert 1 <= span.line <= len(re.split("\r\n|\n|\r", template))
            document.setting(path)


BRANCHES = """\
kind: A
spec:
  {{- if .Values.big }}
  size: 20Gi
  {{- else if .Values.small }}
  size: {{ .Values.size }}
  {{- else }}
  size: 10Gi
  {{- end }}
  {{- with .Values.more }}
  more: {{ . }}
  {{- end }}
  items:
  {{- range .Values.items }}
  - name: {{ . }}
    value: x
  {{- end }}
  - name: last
    value: y
  {{- toYaml .Values.rest | nindent 2 }}
  flow: {a: {b: c}, d: {{ if .Values.big }}e{{ else }}f{{ end }}}
"""


@pytest.mark.parametrize(
    ("values", "size", "line"),
    [
        ({"big": True}, "20Gi", 4),
        ({"small": True}, "5Gi", 6),
        ({}, "10Gi", 8),
        (None, "20Gi", 4),
        (None, "10Gi", 8),
        (None, "5Gi", 6),
    ],
)
def test_of_several_branches_the_one_that_wrote_it_is_told(
    values: dict[str, bool] | None, size: str, line: int
) -> None:
    template = BRANCHES if values is not None else BRANCHES.replace(".Values.", ".other.")
    rendered = (
        f"kind: A\nspec:\n  size: {size}\n  more: z\n  items:\n  - name: p\n    value: x\n"
        "  - name: q\n    value: x\n  - name: last\n    value: y\n  rest: 1\n"
        "  flow: {a: {b: c}, d: f}\n"
    )
    (document,) = _documents(template, rendered, {**(values or {}), "more": "z"})
    lines = {
        path: document.span(("spec", *path), key=True).line
        for path in (("size",), ("more",), ("items", 1, "value"), ("items", 2, "name"), ("rest",))
    }
    assert lines == {
        ("size",): line, ("more",): 11, ("items", 1, "value"): 16, ("items", 2, "name"): 18,
        ("rest",): 20,
    }  # fmt: skip
    assert document.span(("spec", "flow", "a", "b"))[:2] == (21, 17)
    assert document.span(("spec", "flow", "d")).line == 21


def test_where_two_branches_may_have_written_it_the_nearest_ancestor_is_told() -> None:
    template = (
        "kind: A\nspec:\n{{ if eq .a .b }}\n  size: {{ .c }}\n{{ else }}\n  size: {{ .d }}\n"
        "{{ end }}\n"
    )
    (document,) = _documents(template, "kind: A\nspec:\n\n  size: x\n")
    assert document.span(("spec", "size")).line == 2


def test_documents_of_a_range_are_those_of_its_body() -> None:
    template = (
        "{{- range .x }}\n---\nkind: A\nmetadata:\n  name: {{ . }}\nspec: {a: 1}\n{{- end }}\n"
        "---\nkind: A\nmetadata:\n  name: fixed\nspec:\n  a: 1\n"
    )
    each = "kind: A\nmetadata:\n  name: {}\nspec: {{a: 1}}\n---\n"
    rendered = (
        each.format("p") + each.format("q") + "kind: A\nmetadata:\n  name: fixed\nspec:\n  a: 1\n"
    )
    lines = [one.span(("metadata", "name")).line for one in _documents(template, rendered)]
    assert lines == [5, 5, 11]
    lines = [one.span(("spec", "a")).line for one in _documents(template, rendered)]
    assert lines == [6, 6, 13]


@pytest.mark.parametrize("above", ["", "---\n", "kind: B\nmetadata: {name: other}\n---\n"])
def test_a_template_that_is_no_yaml_is_known_by_its_lines(above: str) -> None:
    body = (
        'kind: A\nmetadata:\n  name: {{ .a }}\nspec:\n  text: "{{ .b }}" {{ .c }}\n'
        "  source:\n    name: {{ .a }}\n"
    )
    rendered = 'kind: A\nmetadata:\n  name: p\nspec:\n  text: "x" \n  source:\n    name: p\n'
    (document,) = _documents(above + body, rendered)
    first = above.count("\n")
    assert document.span(("metadata", "name")).line == first + 3
    assert document.span(("spec", "source", "name")).line == first + 7
    assert document.span(("spec", "text")).line == first + 5
    assert document.span(("spec", "gone")).line == first + 4


def test_an_object_that_another_template_writes_is_at_the_line_that_includes_it() -> None:
    template = '{{- /* nothing */ -}}\n---\nkind: B\n---\n{{ include "lib.vm" . }}\n'
    (document,) = _documents(template, "kind: A\nmetadata:\n  name: x\n")
    assert document.span(("metadata", "name")).line == 5


def test_a_block_that_is_written_as_a_whole_is_at_its_line() -> None:
    template = "kind: A\nspec:\n  source:\n    {{- toYaml .x | nindent 4 }}\n  b: 1\n"
    (document,) = _documents(
        template, "kind: A\nspec:\n  source:\n    name: y\n    kind: z\n  b: 1\n"
    )
    assert document.span(("spec", "source", "kind"), key=True).line == 4
    assert document.span(("spec", "b")).line == 5


def test_items_around_those_of_a_range_are_known_by_their_number() -> None:
    template = (
        "kind: A\nspec:\n- name: {{ .a }}\n{{- range .b }}\n- name: {{ . }}\n{{- end }}\n"
        "{{- range .c }}\n- name: {{ . }}\n{{- end }}\n- name: {{ .d }}\n"
    )
    rendered = "kind: A\nspec:\n" + "".join(f"- name: {name}\n" for name in "pqrst")
    (document,) = _documents(template, rendered)
    lines = [document.span(("spec", number, "name")).line for number in range(5)]
    assert lines == [3, 2, 2, 2, 10]
    more = template + "{{- toYaml .e | nindent 0 }}\n"
    (document,) = _documents(more, rendered)
    assert [document.span(("spec", number, "name")).line for number in (0, 4)] == [3, 2]
