from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.shared import SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity
from vmsnap_lint.document import embedded
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Finding, Span

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: web
"""
TYPO = SNAPSHOT.replace("    kind: VirtualMachine\n", "    kind: VirtualMachin\n")


def lint(path: Path, **flags: object) -> list[Finding]:
    return list(engine.lint((str(path),), None, Settings(**flags)).report.findings)  # type: ignore[arg-type] # by name


def findings(tmp_path: Path, text: str, name: str = "page.md") -> list[str]:
    """`line:column rule` of everything in a page; each span must cut its own text out of it."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    return [f"{one.span.line}:{one.span.column} {one.rule}" for one in lint(path)]


def indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "info",
    ["yaml", "yml", "YAML", ' yaml linenums="1" title="x.yaml"', "{.yaml}", " { .yaml .copy }",
     "yaml hl_lines='3'", "yaml{1,3}", "{code-block} yaml", ""],
)  # fmt: skip
@pytest.mark.parametrize("fence", ["```", "~~~", "`````"])
def test_a_fenced_block_is_linted_at_its_lines(tmp_path: Path, info: str, fence: str) -> None:
    if "`" in fence and "`" in info:
        return
    page = f"# Snapshots\n\nApply this:\n\n{fence}{info}\n{TYPO}{fence}\n\nDone.\n"
    assert findings(tmp_path, page) == ["13:11 source-kind-invalid"]


@pytest.mark.parametrize(
    "page",
    [
        "1. Apply:\n\n   ```yaml\n" + indented(TYPO, "   ") + "   ```\n",
        '=== "YAML"\n\n    ```yaml\n' + indented(TYPO, "    ") + "    ```\n",
        "> Note\n>\n> ```yaml\n" + indented(TYPO, "> ") + "> ```\n",
        "* a\n\n    * b\n\n        ```yaml\n" + indented(TYPO, "        ") + "        ```\n",
    ],
)
def test_columns_count_what_a_list_or_a_quote_puts_before_them(tmp_path: Path, page: str) -> None:
    lines = page.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.endswith("VirtualMachin"))
    column = lines[number - 1].index("VirtualMachin") + 1
    assert findings(tmp_path, page) == [f"{number}:{column} source-kind-invalid"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_those_of_the_page(tmp_path: Path, end: str) -> None:
    page = f"a\n```yaml\n{TYPO}```\n".replace("\n", end)
    assert findings(tmp_path, page) == ["10:11 source-kind-invalid"]


def test_json_is_read(tmp_path: Path) -> None:
    page = (
        '```json\n{"apiVersion": "snapshot.kubevirt.io/v1beta1", "kind": "VirtualMachineSnapshot",'
        '\n "metadata": {"name": "a"},\n "spec": {"source": {"apiGroup": "kubevirt.io",'
        ' "kind": "Pod", "name": "x"}}}\n```\n'
    )
    column = page.splitlines()[3].index('"Pod"') + 1
    assert findings(tmp_path, page) == [f"4:{column} source-kind-invalid"]


@pytest.mark.parametrize(
    "page",
    [
        f"````markdown\n```yaml\n{TYPO}```\n````\n",
        f"<!--\n```yaml\n{TYPO}```\n-->\n",
        f"```python\n{TYPO}```\n",
        f"```diff\n{TYPO}```\n",
        "```yaml\nspec:\n  source:\n    kind: VirtualMachin\n```\nsnapshot.kubevirt.io\n",
        f"```bash\ncat <<EOF > patch.yaml\n{TYPO}EOF\n```\n",
        f"```bash\nkubectl patch vmsnapshot a --patch-file /dev/stdin <<EOF\n{TYPO}EOF\n```\n",
        f"```console\n$ kubectl get -o yaml\n{TYPO}```\n",
    ],
)
def test_what_is_no_manifest_to_apply_is_left_alone(tmp_path: Path, page: str) -> None:
    assert findings(tmp_path, page) == []


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("kubectl apply -f - <<EOF", "EOF"),
        ("kubectl create -n prod -f - << 'EOF'", "EOF"),
        ('cat <<"END-1" | kubectl apply -f -', "END-1"),
        ("$ oc apply -f - <<\\EOF", "EOF"),
        ("cat <<EOF > snapshot.yaml", "  EOF"),
        ("cat > snapshot.yaml <<-EOF", "\tEOF"),
    ],
)
@pytest.mark.parametrize("language", ["bash", "sh", "console", "shell", ""])
def test_what_is_fed_to_a_command_is_linted(
    tmp_path: Path, opening: str, closing: str, language: str
) -> None:
    page = f"```{language}\n# first\n{opening}\n{TYPO}{closing}\nkubectl get vm\n```\n"
    assert findings(tmp_path, page) == ["11:11 source-kind-invalid"]


def test_tabs_of_a_heredoc_and_prompts_count_as_columns(tmp_path: Path) -> None:
    tabs = f"```sh\nkubectl apply -f - <<-EOF\n{indented(TYPO, chr(9))}\tEOF\n```\n"
    assert findings(tmp_path, tabs) == ["10:12 source-kind-invalid"]
    prompts = f"```console\n$ kubectl apply -f - <<EOF\n{indented(TYPO, '> ')}> EOF\n```\n"
    assert findings(tmp_path, prompts) == ["10:13 source-kind-invalid"]


def test_several_heredocs_of_a_block_are_read(tmp_path: Path) -> None:
    one = f"kubectl apply -f - <<EOF\n{TYPO}EOF\n"
    page = f"```sh\n{one}echo\n{one}```\n"
    rule = "source-kind-invalid"
    assert findings(tmp_path, page) == [f"10:11 {rule}", f"22:11 {rule}"]


@pytest.mark.parametrize("word", ["$NAME", "${NAME}", "$N", "a-$NS-b", "$(date +%s)", "`date`"])
@pytest.mark.parametrize("field", ["    name: web", "  name: nightly", "    kind: VirtualMachine"])
def test_what_the_shell_fills_in_is_not_judged(tmp_path: Path, word: str, field: str) -> None:
    key = field.partition(":")[0]
    text = SNAPSHOT.replace(field + "\n", f"{key}: {word}\n")
    assert findings(tmp_path, f"```sh\nkubectl apply -f - <<EOF\n{text}EOF\n```\n") == []


@pytest.mark.parametrize("word", ["$NAME", "${NAME}", "${NAME:-web}", "$N", "$(date +%s)"])
def test_between_braces_what_the_shell_fills_in_is_a_value_too(tmp_path: Path, word: str) -> None:
    text = SNAPSHOT.replace("metadata:\n  name: nightly\n", f"metadata: {{name: {word}}}\n")
    text = text.replace("kind: VirtualMachine\n", "kind: VirtualMachnie\n")
    page = f"```sh\nkubectl apply -f - <<EOF\n{text}EOF\n```\n"
    assert findings(tmp_path, page) == ["9:11 source-kind-invalid"]


def test_in_quotes_the_shell_fills_in_nothing(tmp_path: Path) -> None:
    text = SNAPSHOT.replace("name: nightly", "name: at-`date`")
    page = f"```sh\nkubectl apply -f - <<'EOF'\n{text}EOF\n```\n"
    assert findings(tmp_path, page) == ["6:9 name-invalid"]


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("[source,yaml]\n----\n", "----\n"),
        ('[source%linenums,yaml,subs="+attributes"]\n.Title\n----\n', "----\n"),
        ("[,yaml]\n-----\n", "-----\n"),
        ("[source, yaml]\n....\n", "....\n"),
        ("[source,yaml]\n--\n", "--\n"),
        ("[source,yaml]\n[id=a]\n", "\n"),
        ("----\n", "----\n"),
        ("```yaml\n", "```\n"),
        ('[source,language="yaml"]\n----\n', "----\n"),
        ("[source,terminal]\n----\n$ oc apply -f - <<EOF\n", "EOF\n----\n"),
    ],
)
def test_listing_blocks_of_asciidoc_are_linted(tmp_path: Path, head: str, tail: str) -> None:
    page = f"= Snapshots\n\nText\n\n. Apply:\n+\n{head}{TYPO}{tail}\nText.\n"
    line = 6 + head.count("\n") + 8
    assert findings(tmp_path, page, "page.adoc") == [f"{line}:11 source-kind-invalid"]


@pytest.mark.parametrize("callout", [" <1>", " # <1>", "  <.>", " <1> <2>", " //<3>"])
def test_callouts_of_asciidoc_are_no_part_of_the_value(tmp_path: Path, callout: str) -> None:
    good = SNAPSHOT.replace("\n", f"{callout}\n")
    bad = TYPO.replace("\n", f"{callout}\n")
    page = "[source,yaml]\n----\n{}----\n"
    assert findings(tmp_path, page.format(good), "page.adoc") == []
    assert findings(tmp_path, page.format(bad), "page.adoc") == ["10:11 source-kind-invalid"]


@pytest.mark.parametrize(
    "page",
    [
        f"////\n[source,yaml]\n----\n{TYPO}----\n////\n",
        f"[source,python]\n----\n{TYPO}----\n",
        '[source,yaml,subs="+quotes"]\n----\n'
        + SNAPSHOT.replace("web", "_<name>_").replace("nightly", "*nightly*") + "----\n",
        '[source,yaml,subs="attributes+"]\n----\n' + SNAPSHOT.replace("web", "{vm}") + "----\n",
    ],
)  # fmt: skip
def test_asciidoc_that_is_filled_in_or_commented_out_is_not_judged(
    tmp_path: Path, page: str
) -> None:
    assert findings(tmp_path, page, "page.adoc") == []


@pytest.mark.parametrize("code", ['{{% param "lab" %}}', "{{< lab >}}", "{{%/* lab */%}}"])
@pytest.mark.parametrize("name", ["{}", "{}-vm", '"{}-a"', "a-{}-{}"])
def test_what_hugo_fills_in_is_not_judged(tmp_path: Path, code: str, name: str) -> None:
    filled = name.replace("{}", code)
    page = f"{{{{< tabs >}}}}\n```yaml\n{SNAPSHOT.replace('web', filled)}```\n"
    assert findings(tmp_path, page) == []
    page = page.replace("    kind: VirtualMachine\n", f"    kind: VirtualMachin  # {code}\n")
    assert findings(tmp_path, page) == ["10:11 source-kind-invalid"]


def test_a_shortcode_on_a_line_of_its_own_leaves_something_out(tmp_path: Path) -> None:
    vm = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: web\n"
    page = f'```yaml\n{vm}{{{{% include "spec.yaml" %}}}}\n```\n'
    assert findings(tmp_path, page) == []


@pytest.mark.parametrize(
    "hole",
    ["...", "  ...", "# ...", "[...]", "…", "  - ...", "spec: ...", "<snip>", "--- snip ---",
     "  labels: # ...", "status: {...}"],
)  # fmt: skip
def test_of_a_block_with_something_left_out_only_what_is_there_is_judged(
    tmp_path: Path, hole: str
) -> None:
    vm = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: web\n"
    assert findings(tmp_path, f"```yaml\n{vm}{hole}\n```\n```yaml\n{SNAPSHOT}```\n") == []
    typo = vm.replace("kubevirt.io/v1", "snapshot.kubevirt.io/v1").replace("Machine", "MachineSnap")
    assert findings(tmp_path, f"```yaml\n{typo}{hole}\n```\n") == ["3:7 kind-unknown"]


def test_an_excerpt_misses_nothing(tmp_path: Path) -> None:
    vm = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: web\n"
    snapshot = SNAPSHOT[: SNAPSHOT.index("    apiGroup")] + "    name: web\n"
    blocks = (vm + "spec:\n  runStrategy: Always\n", snapshot.replace("nightly", "a"), SNAPSHOT)
    page = "".join(f"```yaml\n{block}```\n" for block in blocks)
    assert findings(tmp_path, page) == ["15:3 source-apigroup-missing"]


@pytest.mark.parametrize("title", ["\n", "# b.yaml\n", "\n# b.yaml\n\n"])
@pytest.mark.parametrize("above", [SNAPSHOT, "resources:\n- a.yaml\n", "---\n" + SNAPSHOT])
def test_files_below_one_another_are_files(tmp_path: Path, title: str, above: str) -> None:
    page = f"```yaml\n# a.yaml\n{above}{title}{TYPO.replace('nightly', 'other')}```\n"
    line = page.splitlines().index("    kind: VirtualMachin") + 1
    assert findings(tmp_path, page) == [f"{line}:11 source-kind-invalid"]


def test_a_key_that_is_written_twice_is_found(tmp_path: Path) -> None:
    page = f"```yaml\n{SNAPSHOT}kind: VirtualMachineSnapshot\n```\n"
    assert findings(tmp_path, page) == ["11:1 duplicate-key"]


def test_a_whole_manifest_that_does_not_parse_is_an_error(tmp_path: Path) -> None:
    broken = SNAPSHOT.replace("name: web", 'name: "web')
    assert findings(tmp_path, f"```yaml\n{broken}```\n") == ["10:15 yaml-invalid"]


@pytest.mark.parametrize(
    "block",
    [
        "oc get vm\n" + SNAPSHOT + "  a\n b\n",
        SNAPSHOT + "{{ if x }}\n",
        SNAPSHOT + "status: {name: ${NAME}_x}\n",
        SNAPSHOT.replace("kind: VirtualMachineS", "...\nkind: VirtualMachineS") + "a b",
        "- " + SNAPSHOT.replace("\n", "\n  "),
    ],
)  # fmt: skip
def test_a_cut_block_that_does_not_parse_is_no_finding(tmp_path: Path, block: str) -> None:
    assert findings(tmp_path, f"```yaml\n{block}\n```\n") == []


def test_a_block_that_does_not_parse_is_listed(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(f"```yaml\n{SNAPSHOT}{{{{ if x }}}}\n```\n")
    report = engine.lint((str(tmp_path / "page.md"),), None, Settings()).report
    assert [one.reason for one in report.not_checked] == ["the block on line 2 does not parse"]


def test_lost_indentation_is_a_warning_in_a_page(tmp_path: Path) -> None:
    flat = SNAPSHOT.replace("  name: nightly", "name: nightly")
    (tmp_path / "page.md").write_text(f"```yaml\n{flat}```\n")
    found = [(one.rule, one.severity) for one in lint(tmp_path / "page.md")]
    assert found == [("flattened-indentation", Severity.WARNING)]


def test_each_page_is_a_cluster_of_its_own(tmp_path: Path) -> None:
    """A page that restores to another VM than its neighbour snapshots contradicts nobody."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"```yaml\n{SNAPSHOT}```\n")
    (tmp_path / "web.yaml").write_text(
        "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: other\nspec:\n"
        "  runStrategy: Halted\n  template: {spec: {domain: {devices: {}}}}\n"
    )
    assert lint(tmp_path, docs=True) == []
    assert lint(tmp_path, docs=True, complete=frozenset(("all",))) == []


def test_pages_in_directories_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(f"```yaml\n{TYPO}```\n")
    (tmp_path / "x.yaml").write_text("a: 1\n")
    assert lint(tmp_path) == []
    assert [one.rule for one in lint(tmp_path, docs=True)] == ["source-kind-invalid"]
    assert [one.rule for one in lint(tmp_path / "docs" / "page.md")] == ["source-kind-invalid"]


def test_a_comment_in_a_block_suppresses_there_and_a_heading_does_not(tmp_path: Path) -> None:
    hidden = TYPO.replace("Machin\n", "Machin  # vmsnap-lint: ignore[source-kind-invalid] a typo\n")
    page = f"# vmsnap-lint: ignore-file[source-kind-invalid]\n\n```yaml\n{TYPO}```\n"
    assert findings(tmp_path, f"# Title\n```yaml\n{hidden}```\n") == []
    assert findings(tmp_path, page) == ["11:11 source-kind-invalid"]


@needs_shared
def test_the_user_guide_of_kubevirt_has_no_errors() -> None:
    guide = SHARED / "corpus" / "kubevirt__user-guide" / "docs" / "storage"
    found = [one for path in sorted(guide.glob("*.md")) for one in lint(path)]
    assert {(one.rule, one.severity) for one in found} == {("api-deprecated", Severity.WARNING)}
    read = embedded.read("page.md", (guide / "snapshot_restore_api.md").read_bytes())
    kinds = [m.kind for e in read.excerpts for d in e.source.documents for m in manifests(d)]
    assert kinds.count("VirtualMachineSnapshot") == 2


PIECES = st.sampled_from([
    "```yaml\n", "```\n", "~~~\n", "  ```yml\n", "> ", "- ", "\t", "1. ", "----\n", "....\n",
    "--\n", "[source,yaml]\n",
    "```sh\n", "cat <<EOF\n", "cat <<-'E'\n", "EOF\n", "E\n", "<!--\n", "-->\n",
    "...\n", "x: ...\n", "a: b <1>\n", "include::a[]\n", "////\n", "\r\n", "\r", "\n", "\x0c",
    "\u2028", "\0", "\ufeff", "é𝄞", "kind: VirtualMachine\n", "apiVersion: kubevirt.io/v1\n",
    "metadata:\n", "  name: web\n", "  $NAME: \\$x\n", "  'q': \"ä\"\n", "---\n", "{", "}", "*a*",
    "{{ x }}", "  - 1\n",
])  # fmt: skip


def cut(text: str, span: Span) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


TEXTS = st.lists(PIECES, max_size=20).map("".join)
OPENINGS = st.sampled_from(["", "\n```yaml\n", "\n- ```yml\n  ", "\n```sh\ncat <<EOF\n"])
PAGES = st.builds("{}{}kind: a\n  \napiVersion: b\n{}".format, TEXTS, OPENINGS, TEXTS)


@examples(300)
@given(PAGES, st.sampled_from(["a.md", "a.adoc"]))
def test_no_page_breaks_the_reader_and_places_are_those_of_the_page(text: str, name: str) -> None:
    page = embedded.read(name, text.encode())
    page.comments()
    shown = text.replace("\0", "\ufffd").removeprefix("\ufeff")
    for excerpt in page.excerpts:
        for document in excerpt.source.documents:
            for scalar in document.scalars():
                if scalar.span.line == scalar.span.end_line and "$" not in scalar.text:
                    assert cut(shown, scalar.span) == scalar.text.replace("\0", "\ufffd")


@examples(100)
@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.adoc"]))
def test_any_bytes_are_a_page(data: bytes, name: str) -> None:
    fenced = b"```yaml\nkind: a\napiVersion: b\n" + data + b"\n```\n"
    for one in (data, fenced):
        assert embedded.read(name, one).file == name


LISTED = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {disks: [{name: root, disk: {}}, {name: rot, disk: {}}]}}
      volumes: [{name: root, persistentVolumeClaim: {claimName: root}}]
"""


def test_on_a_page_an_error_may_be_a_warning_and_a_warning_stays_one(tmp_path: Path) -> None:
    late = SNAPSHOT.replace("spec:\n", "spec:\n  failureDeadline: -5m\n")
    page = tmp_path / "page.md"
    page.write_text(f"```yaml\n{LISTED}---\n{late}```\n")
    (tmp_path / "plain.yaml").write_text(f"{LISTED}---\n{late}")
    said = {
        path.name: {one.rule: one.severity for one in lint(path)}
        for path in (page, tmp_path / "plain.yaml")
    }
    rules = ("volume-list-invalid", "failure-deadline-odd")
    assert [said["plain.yaml"][rule] for rule in rules] == [Severity.ERROR, Severity.WARNING]
    assert [said["page.md"][rule] for rule in rules] == [Severity.WARNING, Severity.WARNING]
