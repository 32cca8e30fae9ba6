"""A fix is written where the value is: in pages, texts and what tools build, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import kinds
from vmsnap_lint.core.values import Release
from vmsnap_lint.report.fixing.applying import applied, wanted
from vmsnap_lint.report.fixing.edited_file import opened

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.report.fixing.edited_file import EditedFile

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec:
  source:
    kind: VirtualMachine
    name: web
"""
VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  running: false
  template: {spec: {domain: {devices: {}}}}
"""
GROUP = "apiGroup: kubevirt.io"
RULES = frozenset(("running-deprecated", "source-apigroup-missing"))


def _findings(tools: str = "", *rules: str) -> tuple[Finding, ...]:
    settings = Settings(
        select=frozenset(rules) or RULES, kubevirt=Release.parse("1.9"), docs=True, all_vms=True,
        tool_path=tools, with_fixes=True,
    )  # fmt: skip
    return engine.lint((".",), None, settings).report.findings


def _fixed(folder: Path, tools: str = "") -> tuple[dict[str, str], int]:
    """The texts of the files that one round changes, and how many findings have no fix."""
    findings = _findings(tools)

    def known(file: str) -> EditedFile | str:
        return opened((folder / file).read_bytes()) or "its encoding"

    made = applied(wanted(findings, unsafe=True), known)
    assert not made.refused
    texts = {file: of.data.decode() for file, of in made.files.items()}
    return texts, sum(not finding.fixes for finding in findings)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, a repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("head", "by", "tail"),
    [
        ("```yaml\n", "", "```\n"),
        ("1. so:\n\n   ```yaml\n", "   ", "   ```\n"),
        ("> ```yaml\n", "> ", "> ```\n"),
        ("```sh\nkubectl apply -f - <<EOF\n", "", "EOF\n```\n"),
        ("```sh\n$ kubectl apply -f - <<'EOF'\n", "> ", "> EOF\n```\n"),
    ],
)
def test_pages_are_fixed_line_by_line(
    folder: Path, head: str, by: str, tail: str, end: str
) -> None:
    page = f"# Page\n\n{head}{_indented(SNAPSHOT, by)}{tail}\nThe end\n"
    (folder / "page.md").write_bytes(page.replace("\n", end).encode())
    new = page.replace(f"{by}    kind", f"{by}    {GROUP}\n{by}    kind", 1)
    assert _fixed(folder) == ({"page.md": new.replace("\n", end)}, 0)


def test_what_a_shell_fills_in_stays(folder: Path) -> None:
    text = SNAPSHOT.replace("nightly", "$NAME-${DAY}").replace("web", "$VM")
    (folder / "page.md").write_text(f"```sh\ncat <<EOF | oc apply -f -\n{text}EOF\n```\n")
    (new,) = _fixed(folder)[0].values()
    assert f"    {GROUP}\n    kind: VirtualMachine\n    name: $VM\n" in new
    assert "{name: $NAME-${DAY}, namespace: prod}" in new


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"


@pytest.mark.parametrize("mark", ["|", "|-", "|+", "|2"])
def test_a_text_in_an_object_is_fixed_in_its_lines(folder: Path, mark: str) -> None:
    text = f"{CONFIG_MAP}  a.yaml: {mark}\n{_indented(SNAPSHOT, '    ')}  b: c\n"
    (folder / "map.yaml").write_text(text)
    new = text.replace("        kind", f"        {GROUP}\n        kind", 1)
    assert _fixed(folder) == ({"map.yaml": new}, 0)


def test_a_text_whose_lines_are_not_those_of_the_file_is_left(folder: Path) -> None:
    quoted = SNAPSHOT.replace("\n", "\\n")
    (folder / "map.yaml").write_text(f'{CONFIG_MAP}  a.yaml: "{quoted}"\n')
    assert _fixed(folder) == ({}, 1)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: List\nitems:\n- &vm\n" + _indented(VM, "  ") + "- *vm\n",
        VM.replace("running: false", "running: &no false") + "  x: *no\n",
        VM.replace("  running: false\n", "  <<: {running: false}\n"),
    ],
)
def test_what_is_shown_elsewhere_too_is_left(folder: Path, text: str) -> None:
    (folder / "vm.yaml").write_text(text)
    assert _fixed(folder)[0] in ({}, {"vm.yaml": text.replace(
        "running: &no false", "runStrategy: &no Halted")})  # fmt: skip
    assert "&no Halted" not in str(_fixed(folder)[0])


def _tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


BASE = {
    "base/kustomization.yaml": "resources: [vm.yaml]\n",
    "base/vm.yaml": f"{VM}---\n{SNAPSHOT}",
}
FIXED_BASE = BASE["base/vm.yaml"].replace("running: false", "runStrategy: Halted")
FIXED_BASE = FIXED_BASE.replace("    kind", f"    {GROUP}\n    kind")
OVERLAY = "resources: [../base]\nnamePrefix: a-\nnamespace: prod\n"


def _patched(text: str) -> dict[str, str]:
    kustomization = f"{OVERLAY}patches:\n- {{path: patch.yaml}}\n"
    return {**BASE, "over/kustomization.yaml": kustomization, "over/patch.yaml": text}


def test_what_kustomize_built_is_fixed_where_it_is_written(folder: Path, tools: str) -> None:
    _tree(folder, {**BASE, "over/kustomization.yaml": OVERLAY})
    assert _fixed(folder, tools) == ({"base/vm.yaml": FIXED_BASE}, 0)


def test_a_patch_beside_it_changes_nothing(folder: Path, tools: str) -> None:
    _tree(folder, _patched(VM.replace("running: false", "x: y")))
    texts = _fixed(folder, tools)[0]
    assert texts["base/vm.yaml"] == FIXED_BASE


def test_what_a_patch_sets_is_not_renamed_in_one_of_both(folder: Path, tools: str) -> None:
    _tree(folder, _patched(VM.replace("running: false", "running: true")))
    texts, unfixed = _fixed(folder, tools)
    assert "running: false" in texts["base/vm.yaml"]
    assert unfixed == 1


CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
    "chart/values.yaml": "name: web\nrun: false\n",
}


def test_a_template_is_fixed_where_it_writes_a_line_as_it_is(folder: Path, tools: str) -> None:
    template = f"{VM}---\n{SNAPSHOT}".replace("web", "{{ .Values.name }}")
    template = template.replace("false\n", "false # {{ .Values.run }}\n")
    _tree(folder, {**CHART, "chart/templates/a.yaml": template})
    new = template.replace("running: false", "runStrategy: Halted")
    new = new.replace("    kind", f"    {GROUP}\n    kind")
    assert _fixed(folder, tools) == ({"chart/templates/a.yaml": new}, 0)


def test_what_a_template_takes_from_elsewhere_is_left(folder: Path, tools: str) -> None:
    template = VM.replace("running: false", "running: {{ .Values.run }}")
    _tree(folder, {**CHART, "chart/templates/a.yaml": template})
    assert _fixed(folder, tools) == ({}, 1)


@pytest.mark.parametrize(
    ("others", "safety"),
    [
        ("a: {{ .Values.group }}", "unsafe"),
        ('{{ if eq .Values.group "x" }}a: b{{ end }}', "unsafe"),
        ("a: {{ index .Values `group` }}", "unsafe"),
        ("{{ toYaml .Values }}", "unsafe"),
        ("a: {{ .Values.groups }}{{ .Values.name }}", "safe"),
    ],
)
def test_a_value_that_a_chart_reads_elsewhere_is_not_changed_safely(
    folder: Path, tools: str, others: str, safety: str
) -> None:
    template = SNAPSHOT.replace("    kind", "    apiGroup: {{ .Values.group }}\n    kind")
    other = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {others}\n"
    _tree(folder, {**CHART, "chart/templates/a.yaml": template, "chart/templates/b.yaml": other})
    with (folder / "chart/values.yaml").open("a") as values:
        values.write("group: kubevirt.io/v1\n")
    (finding,) = _findings(tools, "source-apigroup-invalid")
    assert [(fix.safety, fix.edits[0].file) for fix in finding.fixes] == [
        (safety, "chart/values.yaml")
    ]


def test_a_key_is_not_added_beside_one_that_a_template_may_write(folder: Path, tools: str) -> None:
    own = "    {{- if .Values.group }}\n    apiGroup: {{ .Values.group }}\n    {{- end }}\n"
    template = SNAPSHOT.replace("    kind", f"{own}    kind")
    _tree(folder, {**CHART, "chart/templates/a.yaml": template})
    assert _fixed(folder, tools) == ({}, 1)
    new = template.replace("apiGroup", "other")
    (folder / "chart/templates/a.yaml").write_text(new)
    new = new.replace("    kind", f"    {GROUP}\n    kind")
    assert _fixed(folder, tools) == ({"chart/templates/a.yaml": new}, 0)


@pytest.mark.parametrize("deadline", ["1e3", "{{ $.Values.deadline }}"])
def test_what_a_template_writes_without_quotes_is_judged(
    folder: Path, tools: str, deadline: str
) -> None:
    template = f"{SNAPSHOT}  failureDeadline: {deadline}\n"
    two = (
        "{{- range .Values.names }}\n---\n"
        + template.replace("nightly", "{{ . }}")
        + "{{- end }}\n"
    )
    values = "deadline: 300\nnames: [a, 1e3]\n"
    _tree(folder, {**CHART, "chart/values.yaml": values, "chart/templates/a.yaml": two})
    found = _findings(tools, "field-type-wrong")
    assert {each.path for each in found} == {"/metadata/name", "/spec/failureDeadline"}


def test_a_text_is_judged_that_is_not_the_first_of_its_file(folder: Path) -> None:
    text = SNAPSHOT.replace("nightly", "1e3")
    (folder / "map.yaml").write_text(f"a: b\n---\n{CONFIG_MAP}  a: |\n{_indented(text, '    ')}")
    (finding,) = _findings("", "field-type-wrong")
    assert [fix.title for fix in finding.fixes] == ["put the value in quotes"]


def test_fixes_of_equal_findings_are_those_of_all_of_them(folder: Path, tools: str) -> None:
    overlays = {f"over{n}/kustomization.yaml": OVERLAY.replace("a-", f"{n}-") for n in "ab"}
    _tree(folder, {**BASE, **overlays})
    assert _fixed(folder, tools) == ({"base/vm.yaml": FIXED_BASE}, 0)


def _home_of(tools: str, *path: str, key: bool = False) -> str:
    """The file that holds what is at a path of the VM that kustomize built, "" for not certain."""
    settings = Settings(tool_path=tools, all_vms=True)
    worlds = engine.lint(("over",), None, settings).worlds
    (vm,) = (vm for world in worlds for vm in world.workspace.of(kinds.VM))
    home = vm.document.home((*vm.root, *path), key)
    return "" if home is None else home.document.file


def test_what_a_patch_may_need_is_not_changed_safely_where_nothing_is_built(folder: Path) -> None:
    text = BASE["base/vm.yaml"].replace("kubevirt.io/v1\n", "kubevirt.io/v1alpha3\n")
    _tree(folder, {**BASE, "base/vm.yaml": text, "alone.yaml": text.replace("web", "alone")})
    settings = Settings(
        select=RULES | {"api-deprecated"}, kubevirt=Release.parse("1.9"), all_vms=True,
        render="never", with_fixes=True,
    )  # fmt: skip
    findings = engine.lint((".",), None, settings).report.findings
    safeties = {(each.file, each.rule): str(each.fixes[0].safety) for each in findings}
    rules = {"api-deprecated": "unsafe", "running-deprecated": "unsafe"}
    rules["source-apigroup-missing"] = "safe"
    assert safeties == {("alone.yaml", rule): "safe" for rule in rules} | {
        ("base/vm.yaml", rule): safety for rule, safety in rules.items()
    }


PATCH = VM.partition("spec:")[0] + "spec: "
OPERATION = "- {op: replace, path: /spec/running, value: true}\n"


@pytest.mark.parametrize(
    ("patch", "value", "entry", "around"),
    [
        (f"{PATCH}{{running: true}}\n", "over/patch.yaml", "", "base/vm.yaml"),
        (f"{PATCH}{{other: 1}}\n", "base/vm.yaml", "base/vm.yaml", "base/vm.yaml"),
        (f"{PATCH}{{$patch: replace, running: true}}\n", "over/patch.yaml", "", ""),
        (OPERATION, "over/patch.yaml", "", "base/vm.yaml"),
        (OPERATION.replace("/running, value: true", ", value: {running: true}"),
         "over/patch.yaml", "", "over/patch.yaml"),
    ],
)  # fmt: skip
def test_a_value_is_in_the_file_that_sets_it_last(
    folder: Path, tools: str, patch: str, value: str, entry: str, around: str
) -> None:
    target = "  target: {kind: VirtualMachine}\n" if patch.startswith("-") else ""
    kustomization = f"resources: [../base]\npatches:\n- path: patch.yaml\n{target}"
    _tree(folder, {**BASE, "over/kustomization.yaml": kustomization, "over/patch.yaml": patch})
    assert _home_of(tools, "spec", "running") == value
    assert _home_of(tools, "spec", "running", key=True) == entry
    assert _home_of(tools, "spec") == around
    assert _home_of(tools, "kind") == ""  # the patch names it, too
    assert _home_of(tools, "apiVersion") == ("base/vm.yaml" if target else "")


COPY = """\
- source: {kind: %s, name: %s, fieldPath: %s}
  targets:
  - select: {kind: VirtualMachineSnapshot}
    fieldPaths: [metadata.annotations.copy]
    options: {create: true}
"""
PATCHES = f"patches: [{{target: {{%s}}, patch: '{OPERATION.strip()}'}}]"
VARIABLE = """\
vars: [{name: A, objref: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: web}}]
commonAnnotations: {copy: $(A)}
"""
BY_VERSION = COPY % ("VirtualMachine, version: v1", "web", "spec.template")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (PATCHES % "version: v1", ""),
        (PATCHES % "name: other, version: v1", "base/vm.yaml"),
        (f"replacements:\n{BY_VERSION}", ""),
        ("replacements:\n- path: r.yaml", ""),
        (f"replacements:\n{COPY % ('VirtualMachine', 'web', 'spec.running')}", "base/vm.yaml"),
        (VARIABLE, ""),
    ],
)  # fmt: skip
def test_a_type_stays_by_which_a_kustomization_selects_the_object(
    folder: Path, tools: str, fields: str, expected: str
) -> None:
    files = {"over/kustomization.yaml": f"{OVERLAY}{fields}\n", "over/r.yaml": BY_VERSION}
    _tree(folder, {**BASE, **files})
    assert _home_of(tools, "apiVersion") == expected


def test_what_a_kustomization_copies_is_not_changed_safely(folder: Path, tools: str) -> None:
    copies = COPY % ("VirtualMachine", "web", "spec.running")
    copies += COPY % ("VirtualMachineSnapshot", "nightly", "spec.source")
    _tree(folder, {**BASE, "over/kustomization.yaml": f"{OVERLAY}replacements:\n{copies}"})
    safeties = {each.rule: [str(fix.safety) for fix in each.fixes] for each in _findings(tools)}
    assert safeties == {"running-deprecated": [], "source-apigroup-missing": ["unsafe"]}


def test_what_a_kustomization_sets_is_in_no_file(folder: Path, tools: str) -> None:
    inline = f"resources: [../base]\npatches:\n- patch: |-\n{_indented(PATCH + '{run: 1}', '    ')}"
    _tree(folder, {**BASE, "over/kustomization.yaml": inline})
    assert _home_of(tools, "spec", "run") == ""


def test_several_blocks_of_a_page_are_fixed_at_once(folder: Path) -> None:
    other = SNAPSHOT.replace("nightly", "weekly").replace("    name: web", "    name: web\n")
    text = f"```yaml\n{SNAPSHOT}```\n\n```yaml\n{VM}---\n{other}```\n"
    (folder / "page.md").write_text(text)
    new = text.replace("    kind: V", f"    {GROUP}\n    kind: V")
    assert _fixed(folder)[0] == {"page.md": new}


def test_findings_of_one_document_are_fixed_at_once(folder: Path) -> None:
    items = "".join(f"- {_indented(SNAPSHOT, '  ')[2:]}" for _ in range(3))
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}"
    (folder / "list.yaml").write_text(text)
    new = text.replace("      kind: V", f"      {GROUP}\n      kind: V")
    assert _fixed(folder) == ({"list.yaml": new}, 0)


def test_files_with_a_code_of_sops_are_left(folder: Path) -> None:
    sealed = f"{SNAPSHOT}sops:\n  mac: ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n"
    (folder / "a.yaml").write_text(f"{VM}---\n{sealed}")
    assert _fixed(folder) == ({}, 0)  # the fixes are shown
