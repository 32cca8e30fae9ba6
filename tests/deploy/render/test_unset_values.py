"""What a chart leaves empty is not known, and what it sets has its place in values.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, findings_at, lint, write

if TYPE_CHECKING:
    from pathlib import Path

CHART = "apiVersion: v2\nname: c\nversion: 0.1.0\n"
HELPERS = """\
{{- define "c.name" -}}
{{ .Values.name }}
{{- end }}
{{- define "c.full" -}}
{{- if .Values.full }}{{ .Values.full }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}
{{- define "c.printed" -}}
{{ printf "%s-a" .Values.name }}
{{- end }}
{{- define "c.chosen" -}}
{{ $name := default "Not_Valid" .Values.name }}{{ $name }}
{{- end }}
"""
VALUES = """\
name: ""
full: ""
nothing:
nested: {vm: {name: ""}}
set: web
none: []
pattern: "{{ .Values.name }}-a"
vms: [{name: a}, {name: ""}]
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"Chart.yaml": CHART, "templates/_h.tpl": HELPERS, "values.yaml": VALUES})
    return tmp_path


def named(expression: str) -> str:
    return SNAPSHOT.replace("name: nightly", f"name: {expression}")


UNKNOWN = [
    "{{ .Values.name }}",
    "{{ .Values.name | quote }}",
    '"{{ .Values.name }}"',
    "a-{{ .Values.name }}",
    "{{ .Values.name }}-a",
    "{{ .Values.name }}-{{ .Values.set }}",
    '{{ printf "%s-a" .Values.name }}',
    '{{ printf "%s-A" .Values.name | lower }}',
    "{{ .Values.nothing }}",
    "{{ .Values.missing }}",
    "{{ .Values.nested.vm.name }}",
    "{{ $.Values.nested.vm.name | default .Values.name }}",
    '{{ default "" .Values.name }}',
    '{{ index .Values "name" }}',
    '{{ get .Values.nested.vm "name" }}',
    "{{ first .Values.none }}",
    "{{ tpl .Values.pattern . }}",
    '{{ include "c.name" . }}',
    '{{ include "c.name" . | quote }}',
    '{{ include "c.name" . }}-a',
    '{{ include "c.printed" . }}',
    "{{ with .Values.nested.vm }}{{ .name }}{{ end }}-a",
    "{{- with .Values.nested }}\n    {{- with .vm }} {{ .name }}{{ end }}{{ end }}",
]


@pytest.mark.parametrize("expression", UNKNOWN)
def test_a_name_that_is_left_empty_is_not_judged(tree: Path, tools: str, expression: str) -> None:
    write(tree, {"templates/a.yaml": named(expression)})
    rules = {rule for _, _, rule in findings_at(lint(tools))}
    assert rules == {"source-vm-unverified"}


@pytest.mark.parametrize(
    "expression",
    ["{{ .Values.set | upper }}", '{{ .Values.name | default "Not_Valid" }}', "{{ .Values.set }}-",
     '{{ include "c.chosen" . }}', '{{ include "c.full" . | upper }}',
     "{{ if .Values.name }}a{{ else }}A{{ end }}", "-{{ .Values.set }}"],
)  # fmt: skip
def test_a_name_that_is_set_is_judged(tree: Path, tools: str, expression: str) -> None:
    write(tree, {"templates/a.yaml": named(expression)})
    assert ("templates/a.yaml", 4, "name-invalid") in findings_at(lint(tools))


def test_what_values_of_a_release_leave_empty_or_set_is_judged(tree: Path, tools: str) -> None:
    write(tree, {
        "templates/a.yaml": named("{{ .Values.name }}"),
        "templates/b.yaml": named("{{ .Values.nothing }}-a"),
        "prod.yaml": "name: A\n",
        "empty.yaml": 'nothing: ""\n',
    })  # fmt: skip
    found = findings_at(lint(tools, helm_values=("prod.yaml",)))
    assert [each for each in found if each[2] == "name-invalid"] == [
        ("templates/a.yaml", 4, "name-invalid")
    ]
    found = findings_at(lint(tools, helm_values=("empty.yaml", "prod.yaml")))
    assert {each[0] for each in found if each[2] == "name-invalid"} == {
        "templates/a.yaml", "templates/b.yaml",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["{{ .Values.name }}", "dv-{{ .Values.name }}  # a", '"{{ .Values.name }}-x"']
)
def test_in_a_template_that_is_no_yaml_it_is_known_by_its_line(
    tree: Path, tools: str, name: str
) -> None:
    broken = '  labels: {a: "{{ .Values.set }}" {{- "" }}}\n  name: '
    write(tree, {"templates/a.yaml": named(name).replace("  name: ", broken, 1)})
    assert [rule for *_, rule in findings_at(lint(tools))] == ["source-vm-unverified"]


def test_control_flow_sees_the_empty_value(tree: Path, tools: str) -> None:
    text = SNAPSHOT + (
        "  {{- if .Values.name }}\n  failureDeadline: 1x\n  {{- else }}\n  failureDeadline: 2x\n"
        "  {{- end }}\n"
    )
    write(tree, {"templates/a.yaml": text})
    found = lint(tools).findings
    assert [(one.span.line, one.message[:20]) for one in found if "deadline" in one.rule] == [
        (13, 'failureDeadline "2x"')
    ]


def test_an_empty_object_of_the_values_is_not_known(tree: Path, tools: str) -> None:
    head = SNAPSHOT[: SNAPSHOT.index("    apiGroup")]
    write(tree, {
        "templates/a.yaml": f"{head}    {{{{- toYaml .Values.source | nindent 4 }}}}\n",
        "templates/b.yaml": head.replace("nightly", "b").rstrip()
        + " {{ .Values.source | toJson }}\n",
        "values.yaml": "source: {}\n",
    })  # fmt: skip
    assert findings_at(lint(tools)) == []


def test_of_a_range_only_the_empty_item_is_not_known(tree: Path, tools: str) -> None:
    text = named("{{ .name | upper }}").replace("web", "web-{{ .name }}")
    write(tree, {"templates/a.yaml": f"{{{{- range .Values.vms }}}}\n---\n{text}{{{{- end }}}}\n"})
    found = [one for one in lint(tools).findings if one.rule == "name-invalid"]
    assert [(one.span.line, one.message.split()[1]) for one in found] == [(6, '"A"')]


@pytest.mark.parametrize("beside", ["templates/z.yaml", "z.yaml"])
def test_a_part_of_a_chart_gets_values_from_both(tree: Path, tools: str, beside: str) -> None:
    write(tree, {
        "Chart.yaml": f"{CHART}dependencies: [{{name: sub, version: 0.1.0}}]\n",
        "values.yaml": "sub: {name: Above}\nglobal: {late: 9x}\n",
        beside: named("z"),
        "charts/sub/Chart.yaml": CHART.replace("name: c", "name: sub"),
        "charts/sub/values.yaml": 'name: own\nother: Own\nempty: ""\n',
        "charts/sub/templates/a.yaml": named("{{ .Values.name }}"),
        "charts/sub/templates/b.yaml": named("{{ .Values.other }}"),
        "charts/sub/templates/c.yaml": named("{{ .Values.empty }}"),
        "charts/sub/templates/d.yaml": named("d")
        + "  failureDeadline: {{ .Values.global.late }}\n",
    })  # fmt: skip
    found = [one for one in lint(tools).findings if one.rule in ("name-invalid", DEADLINE)]
    assert [(one.file[-6:], one.related[0].file, one.related[0].span.line) for one in found] == [
        ("a.yaml", "values.yaml", 1), ("b.yaml", "charts/sub/values.yaml", 2),
        ("d.yaml", "values.yaml", 2),
    ]  # fmt: skip


DEADLINE = "failure-deadline-invalid"


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("{{ .Values.late }}", 2),
        ("{{ .Values.late | quote }}", 2),
        ('{{ .Values.late | default "1h" }}', 2),
        ('"{{ $.Values.deep.late }}"', 4),
        ("{{ default .Values.other .Values.late }}", None),
        ('{{ .Values.late | replace "x" "y" }}', None),
        ("{{ .Values.a }}{{ .Values.b }}", None),
        ('{{ .Values.missing | default "5x" }}', None),
    ],
)
def test_a_value_has_the_place_where_it_is_set(
    tree: Path, tools: str, expression: str, line: int | None
) -> None:
    values = "# values\nlate: 5x\ndeep:\n  late: 6x\na: 5\nb: x\nother: 7x\n"
    deadline = f"{SNAPSHOT}  failureDeadline: {expression}\n"
    write(tree, {"values.yaml": values, "templates/a.yaml": deadline})
    (found,) = (one for one in lint(tools).findings if one.rule == DEADLINE)
    assert found.span.line == 10
    places = [(one.file, one.span.line, one.message) for one in found.related]
    assert places == ([("values.yaml", line, "set here")] if line else [])
    write(tree, {"prod.yaml": "late: 8x\ndeep: {late: 8x}\n"})
    (found,) = (o for o in lint(tools, helm_values=("prod.yaml",)).findings if o.rule == DEADLINE)
    assert found.related == ()


@pytest.mark.parametrize(
    "expression", ["{{ .Values.late }}", "{{ .Values.late }}x", '"{{ .Values.late }}"']
)
def test_a_comment_on_the_line_of_a_templated_value_suppresses(
    tree: Path, tools: str, expression: str
) -> None:
    comment = f"  # vmsnap-lint: ignore[{DEADLINE}] the release sets it"
    first = named("first-{{ .Values.set }}") + "  failureDeadline: 10m\n---\n"
    broken = "  labels:\n    {{- toYaml .Values.labels | nindent 4 }}\nspec:"
    second = f"{SNAPSHOT}  failureDeadline: {expression}{comment}\n".replace("spec:", broken)
    write(tree, {
        "values.yaml": "late: 5x\nset: a\nlabels: {a: b}\n",
        "templates/a.yaml": first + second,
    })  # fmt: skip
    report = lint(tools)
    assert DEADLINE not in {rule for _, _, rule in findings_at(report)}
    assert [one.finding.rule for one in report.suppressed] == [DEADLINE]


def test_a_comment_above_control_flow_is_for_the_line_that_is_written(
    tree: Path, tools: str
) -> None:
    comment = f"  # vmsnap-lint: ignore[{DEADLINE}] the release sets it\n"
    text = "  {{- if .Values.late }}\n  failureDeadline: {{ .Values.late }}x\n  {{- end }}\n"
    write(tree, {"values.yaml": "late: 5\n", "templates/a.yaml": SNAPSHOT + comment + text})
    report = lint(tools)
    assert [one.finding.rule for one in report.suppressed] == [DEADLINE]


def test_a_file_is_suppressed_below_control_flow_and_above_its_objects(
    tree: Path, tools: str
) -> None:
    head = (
        "{{- /* deadlines */ -}}\n{{- $late := .Values.late }}\n{{- if $late }}\n"
        f"# vmsnap-lint: ignore-file[{DEADLINE}] the release sets it\n"
    )
    text = f"{head}{SNAPSHOT}  failureDeadline: {{{{ $late }}}}x\n{{{{- end }}}}\n"
    write(tree, {"values.yaml": "late: 5\n", "templates/a.yaml": text})
    report = lint(tools)
    assert [one.finding.rule for one in report.suppressed] == [DEADLINE]
    assert [rule for *_, rule in findings_at(report)] == ["source-vm-unverified"]


def test_values_that_name_each_other_are_looked_at_once(tree: Path, tools: str) -> None:
    write(tree, {
        "values.yaml": "a: '{{ .Values.b }}{{ .Values.a }}'\nb: '{{ .Values.a }}'\nc: \"\"\n",
        "templates/a.yaml": named("x{{ .Values.a | len }}{{ .Values.c }}"),
    })  # fmt: skip
    assert [rule for *_, rule in findings_at(lint(tools))] == ["source-vm-unverified"]


def test_objects_of_a_list_have_their_lines(tree: Path, tools: str) -> None:
    """helm applies the items of a list (pkg/kube/client.go, Flatten)."""
    item = SNAPSHOT.replace("\n", "\n  ").rstrip()
    place = "  name: nightly\n    namespace: {{ $.Release.Namespace }}"
    item = item.replace("  name: nightly", place)
    write(tree, {
        "values.yaml": "late: 5x\n",
        "templates/a.yaml": f"apiVersion: v1\nkind: List\nitems:\n- {item}\n- {item}\n"
        "    failureDeadline: {{ .Values.late }}\n",
    })  # fmt: skip
    (found,) = (one for one in lint(tools).findings if one.rule == DEADLINE)
    assert (found.span.line, found.related[0].file) == (24, "values.yaml")
