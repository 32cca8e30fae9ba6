"""Go templates are rendered as Argo CD renders them, or refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint.deploy.go_template import GoTemplates, MissingKeyError, TemplateError
from vmsnap_lint.deploy.go_values import as_yaml
from vmsnap_lint.deploy.yaml_value import value_of

PARAMETERS: dict[str, Any] = {
    "name": "web", "n": 3, "yes": True, "no": False, "empty": "", "list": ["a", "b"],
    "map": {"x": "1", "y": {"z": "deep"}}, "f": 1.5,
}  # fmt: skip


def rendered(text: str, *, needs_keys: bool = False) -> str:
    return GoTemplates(100_000).rendered(text, PARAMETERS, needs_keys=needs_keys)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain }} text", "plain }} text"),
        ("{{.name}}-{{ .n }}-{{ .f }}-{{.yes}}", "web-3-1.5-true"),
        ("{{ .map.y.z }}{{ $.name }}", "deepweb"),
        ("{{ .none }}", "<no value>"),
        ("{{ .list }} {{ .map }}", "[a b] map[x:1 y:map[z:deep]]"),
        ("a {{- .name -}} b", "awebb"),
        ("a {{- /* note */ -}} b{{/* x */}}c", "abc"),
        ("{{ if .yes }}a{{ else }}b{{ end }}", "a"),
        ("{{ if .empty }}a{{ else if eq .n 3 }}c{{ else }}b{{ end }}", "c"),
        ("{{ if and .yes (not .no) }}a{{ end }}{{ if or .no .empty }}b{{ end }}", "a"),
        ("{{ with .map.y }}{{ .z }}{{ else }}no{{ end }}", "deep"),
        ("{{ with .none }}a{{ else }}no{{ end }}", "no"),
        ("{{ range .list }}<{{ . }}>{{ end }}", "<a><b>"),
        ("{{ range $i, $v := .list }}{{ $i }}{{ $v }}{{ end }}", "0a1b"),
        ("{{ range $k, $v := .map.y }}{{ $k }}={{ $v }}{{ end }}", "z=deep"),
        ("{{ range .none }}a{{ else }}none{{ end }}", "none"),
        ("{{ $x := .name }}{{ $x = upper $x }}{{ $x }}", "WEB"),
        ('{{ $x := "a" }}{{ if .yes }}{{ $x = "b" }}{{ end }}{{ $x }}', "b"),
        ('{{ .name | upper | printf "%s-%d" "x" | trunc 3 }}', None),
        ('{{ printf "%s-%03d-%q%%" .name .n "a" }}', 'web-003-"a"%'),
        ('{{ .none | default "x" }}{{ default "y" .name }}', "xweb"),
        ("{{ index .list 1 }}{{ index .map \"y\" \"z\" }}{{ (index .map `y`).z }}", "bdeepdeep"),
        ('{{ trimSuffix "b" .name }}{{ trimPrefix "w" .name }}', "weeb"),
        ('{{ replace "e" "o" .name }}{{ "a,b" | splitList "," | join "-" }}', "woba-b"),
        ('{{ ternary "a" "b" .yes }}{{ coalesce .none .empty "z" }}', "az"),
        ('{{ "My_App.1" | normalize }}', "my-app.1"),
        ("{{ toJson .map }}", '{"x":"1","y":{"z":"deep"}}'),
        ("a:{{ toYaml .list | nindent 2 }}", "a:\n  - a\n  - b"),
        ('{{ dig "y" "z" "no" .map }}{{ dig "q" "no" .map }}', "deepno"),
        ('{{ $m := dict "k" "v" }}{{ $m.k }}{{ hasKey $m "k" }}', "vtrue"),
        ("{{ add 1 2 .n }}{{ sub 5 1 }}{{ mul 2 3 }}{{ len .list }}", "6462"),
        ("{{ (fromYaml \"a: {b: c}\").a.b }}", "c"),
        ("{{ contains \"e\" .name }}{{ hasPrefix \"x\" .name }}", "truefalse"),
        ("{{ 'x' }}", None),
        ("{{ ne .n 3 }} {{ lt .n 4 }} {{ true }}", "false true true"),
    ],
)  # fmt: skip
def test_what_a_template_comes_to(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(TemplateError):
            rendered(text)
    else:
        assert rendered(text) == expected


@pytest.mark.parametrize(
    "text",
    ["{{", "{{ . ", "{{ if .a }}", "{{ end }}", "{{ else }}", "{{ foo }}", "{{ .a-b }}",
     "{{ ( .a }}",
     "{{ $x }}", "{{ $x = 1 }}", '{{ "a }}', "{{ range .n }}{{ end }}", "{{ .name.x }}", "{{}}",
     "{{ index .list 9 }}", "{{ index .list }}{{ upper }}", "{{ upper 3 }}", "{{ .name .n }}",
     "{{ 1 | 2 }}", '{{ fail "no" }}', "{{ regexMatch .a .b }}", "{{ now }}", "{{ env .a }}",
     '{{ repeat 99999999 "x" }}', "{{ until 99999999 }}", "{{ div 1 0 }}", '{{ printf "%x" 1 }}',
     "{{ mul 9999999999 9999999999 }}", '{{ indent 99999999 "x" }}', "{{ template `x` }}",
     "{{ if .a }}" * 60 + "{{ end }}" * 60, "{{ " + "(" * 60 + ".n" + ")" * 60 + " }}",
     "{{ call .name }}", '{{ printf "%s" }}', '{{ printf "x" 1 }}', "x" * 100_001 + "{{ .n }}"],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        rendered(text)


def test_a_parameter_that_is_missing() -> None:
    assert rendered("{{ .map.none }}") == "<no value>"
    for missing, needs in (("{{ .map.none }}", True), ("{{ .none.x }}", False)):
        with pytest.raises(MissingKeyError):
            rendered(missing, needs_keys=needs)


WORDS = st.sampled_from([
    "{{", "}}", "{{-", "-}}", " ", ".", ".name", ".map.y", ".list", "$", "$x", ":=", "=", "|", "(",
    ")", ",", '"a"', "`b`", "1", "-2", "if", "else", "end", "range", "with", "upper", "index",
    "printf", "list", "dict", "join", "default", "toYaml", "fromYaml", "eq", "len", "until",
    "replace", "trunc", "merge", "dig", "/*", "*/", "\n", "'", "\\", "%s",
])  # fmt: skip


@examples(500)
@given(st.lists(WORDS, max_size=25).map("".join))
def test_no_text_makes_it_fail(text: str) -> None:
    with suppress(TemplateError):
        assert isinstance(rendered(text), str)


@examples(500)
@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_no_action_makes_it_fail(text: str) -> None:
    with suppress(TemplateError):
        assert isinstance(rendered(f"{{{{ {text} }}}}"), str)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.sampled_from(
        ["yes", "null", "~", "1e3", "a b", "a: b", "- x", "a #b", "x/", "0x1", "", "${a}", "a\nb"]
    )
)


@examples(300)
@given(
    st.recursive(
        SCALARS,
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(
                st.text(max_size=5) | st.sampled_from(["y", "a b", "1"]), inside, max_size=3
            )
        ),
        max_leaves=12,
    )
)
def test_what_is_written_as_yaml_is_read_again(value: Any) -> None:
    assert value_of(as_yaml({"value": value})) == {"value": value}


@pytest.mark.parametrize("text", ["{{ +1_ }}", "{{ 1_ }}", "{{ -_1 }}"])
def test_what_only_looks_like_a_number_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        rendered(text)
