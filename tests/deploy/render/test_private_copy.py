"""Renderers see the files of the project that a tree names, and nothing else."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.deploy.render import file_cache, private_copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-5c1e"
CANARY = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{x: {TOKEN}}}\n"
WAYS = {
    "above": "../../canary.yaml",
    "back": "../tree/../../canary.yaml",
    "deep": "../" * 40 + "{top}/canary.yaml",
    "absolute": "{top}/canary.yaml",
    "link": "link.yaml",
    "below": "links/canary.yaml",
    "git": "../.git/config",
    "device": "/dev/zero",
}
TARGET = "target: {kind: VirtualMachineSnapshot, name: nightly}"
# A kustomization with one path to be read, and the files that this needs.
FIELDS = {
    "bases": "bases: ['{}']",
    "components": "components: ['{}']",
    "resources": "resources: ['{}']",
    "crds": "crds: ['{}']",
    "configurations": "configurations: ['{}']",
    "openapi": "openapi: {path: '{}'}",
    "strategic": "patchesStrategicMerge: ['{}']",
    "text": "patchesStrategicMerge: [\"a\\n/../{}\"]",
    "patches": "patches: [{path: '{}'}]",
    "legacy": "patches: ['{}']",
    "json": "patchesJson6902: [{path: '{}', " + TARGET + "}]",
    "replacements": "replacements: [{path: '{}'}]",
    "files": "configMapGenerator: [{name: c, files: ['x={}']}]",
    "file": "configMapGenerator: [{name: c, files: ['{}']}]",
    "env": "configMapGenerator: [{name: c, env: '{}'}]",
    "envs": "configMapGenerator: [{name: c, envs: ['{}']}]",
    "secret": "secretGenerator: [{name: c, files: ['x={}']}]",
    "secret envs": "secretGenerator: [{name: c, envs: ['{}']}]",
    "generators": "generators: ['{}']",
    "transformers": "transformers: ['{}']",
    "validators": "validators: ['{}']",
    "inline": "generators: ['{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: c}, "
              "files: [x={}]}']",
    "block": "generators:\n- |\n  apiVersion: builtin\n  kind: SecretGenerator\n"
             "  metadata: {name: c}\n  envs: ['{}']",
    "Resources": "Resources: ['{}']",
    "RESOURCES": "RESOURCES: ['{}']",
    "Patches": "Patches: [{Path: '{}'}]",
    "Path": "patches: [{PATH: '{}'}]",
    "Files": "configMapGenerator: [{name: c, Files: ['x={}']}]",
    "Generators": "Generators: ['{}']",
    "Crds": "cRDs: ['{}']",
    "long s": "re\u017fources: ['{}']",
    "kelvin": "\u212aind: Kustomization\nresources: ['{}']",
    "escape": '"re\\u0073ources": [\'{}\']',
    "both": "Resources: [snapshot.yaml]\nresources: ['{}']",
}  # fmt: skip
# The same by the file of a built-in plugin.
PLUGINS = {
    "ConfigMapGenerator files": "files: ['x={}']",
    "ConfigMapGenerator Files": "Files: ['x={}']",
    "ConfigMapGenerator env": "env: '{}'",
    "ConfigMapGenerator envs": "envs: ['{}']",
    "SecretGenerator files": "files: ['{}']",
    "PatchTransformer path": "path: '{}'",
    "PatchJson6902Transformer path": TARGET + "\npath: '{}'",
    "PatchStrategicMergeTransformer paths": "paths: ['{}']",
    "ReplacementTransformer path": "replacements: [{path: '{}'}]",
    "ReplacementTransformer Path": "Replacements: [{Path: '{}'}]",
    "ValueAddTransformer path": "value: x\ntargetFilePath: '{}'",
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository; beside it is a file that nothing may read."""
    work = tmp_path / "repository"
    (work / ".git").mkdir(parents=True)
    (work / ".git" / "config").write_text(CANARY)
    (tmp_path / "canary.yaml").write_text(CANARY)
    (tmp_path / "kustomization.yaml").write_text("resources: [canary.yaml]\n")
    write(work, {"shared/vm.yaml": VM})
    monkeypatch.chdir(work)
    return work


def escaping(tree: Path, name: str, text: str, plugin: str = "") -> None:
    """A tree that is built only with the load restriction lifted, and reads what it should not."""
    lifts = "secretGenerator: [{name: s, files: [../shared/vm.yaml]}]"
    if "secretGenerator" in text:
        lifts = "resources: [snapshot.yaml, ../shared/vm.yaml]"
    write(tree / name, {
        "kustomization.yaml": f"{text}\n{lifts}\n",
        "snapshot.yaml": SNAPSHOT,
        "plugin.yaml": plugin,
    })  # fmt: skip
    (tree / name / "link.yaml").symlink_to(tree.parent / "canary.yaml")
    (tree / name / "links").symlink_to(tree.parent)


@pytest.mark.parametrize("way", WAYS)
def test_no_path_leads_out(tree: Path, tools: str, way: str) -> None:
    path = WAYS[way].replace("{top}", str(tree.parent))
    for name, text in FIELDS.items():
        escaping(tree, name, text.replace("{}", path))
    for name, text in PLUGINS.items():
        kind = name.split()[0]
        field = "transformers" if kind.endswith("Transformer") else "generators"
        config = f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: p}}\n{text}\n"
        escaping(tree, name, f"{field}: [plugin.yaml]", config.replace("{}", path))
    report = lint(tools)
    assert TOKEN not in repr(report)
    reasons = {
        one.file
        for one in report.not_checked
        if one.reason.startswith(("not rendered:", "built without remote"))
    }
    assert {f"{name}/kustomization.yaml" for name in (*FIELDS, *PLUGINS)} <= reasons


@pytest.mark.parametrize("render", ["auto", "never"])
def test_we_do_not_read_it_ourselves(tree: Path, render: str) -> None:
    """What is not built is checked as it is written, without what is outside."""
    (tree.parent / "canary.yaml").write_text(f"{SNAPSHOT}  failureDeadline: {TOKEN}\n")
    for name in ("resources", "patches", "strategic", "Resources"):
        escaping(tree, name, FIELDS[name].replace("{}", "../../canary.yaml"))
        (tree / name / "link.yaml").unlink()
    assert TOKEN not in repr(lint("", render=render))


def test_a_directory_outside_is_never_built(tree: Path, tools: str) -> None:
    """kustomize would build it, as it restricts files alone."""
    write(tree, {"a/kustomization.yaml": "resources: [snapshot.yaml, ../..]\n"})
    write(tree, {"a/snapshot.yaml": SNAPSHOT})
    (tree / "b").mkdir()
    (tree / "b" / "kustomization.yaml").symlink_to(tree.parent / "kustomization.yaml")
    report = lint(tools)
    assert (findings_at(report), TOKEN in repr(report)) == ([], False)
    assert "outside of the repository" in not_checked(report)["a/kustomization.yaml"]
    assert "a symlink to a file outside" in not_checked(report)["b/kustomization.yaml"]


def test_a_path_that_kustomize_refuses_is_an_error(tree: Path, tools: str) -> None:
    escaping(tree, "a", FIELDS["files"].replace("{}", "/dev/zero"))
    write(tree, {"a/snapshot.yaml": SNAPSHOT, "b/snapshot.yaml": SNAPSHOT})
    assert ("a/kustomization.yaml", 1, "render-failed") in findings_at(lint(tools))


@pytest.mark.parametrize("key", ["origin", "transformations"])
def test_a_tree_cannot_say_that_it_comes_from_elsewhere(tree: Path, tools: str, key: str) -> None:
    """It can change the annotations by which kustomize tells us what an object was made of."""
    outside = f"../../../../../..{tree.parent}"
    (tree.parent / "canary.yaml").write_text(SNAPSHOT)
    (tree.parent / "kustomization.yaml").write_text("commonLabels: {a: 1}\n")
    annotation = {
        "origin": ("config.kubernetes.io/origin", f"path: {outside}/canary.yaml"),
        "transformations": (
            "alpha.config.kubernetes.io/transformations",
            f"- configuredIn: {outside}/kustomization.yaml\n  kind: LabelTransformer",
        ),
    }[key]
    patch = {
        "apiVersion": "snapshot.kubevirt.io/v1beta1",
        "kind": "VirtualMachineSnapshot",
        "metadata": {"name": "nightly", "annotations": dict([annotation]), "labels": {"a": "1 "}},
    }
    write(tree, {
        "a/kustomization.yaml": "resources: [snapshot.yaml]\npatches: [{path: patch.yaml}]\n",
        "a/snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe"),
        "a/patch.yaml": json.dumps(patch),
    })  # fmt: skip
    found = findings_at(lint(tools))
    assert {file.partition("/")[0] for file, _, _ in found} == {"a"}


def test_a_fifo_is_not_opened(tree: Path, tools: str) -> None:
    escaping(tree, "a", FIELDS["files"].replace("{}", "pipe"))
    os.mkfifo(tree / "a" / "pipe")
    assert "neither a file nor a directory" in not_checked(lint(tools))["a/kustomization.yaml"]


@pytest.mark.parametrize(
    ("generators", "reason"),
    [
        ("generators: [plugins]", "changed before use"),
        ("generators: ['{apiVersion: builtin, kind: Odd, metadata: {name: x}}']", "unknown"),
        ("generators: ['{apiVersion: builtin, kind: HashTransformer}']", "no kind or no name"),
        ("generators: ['x: [']", "neither a file nor an object"),
        ("generators: [broken.yaml]", "does not parse"),
        ("resources: [linked]", "link to another directory"),
        ('resources: ["a\\0b"]', "is no path"),
        ("Resources: [snapshot.yaml]\nresources: [vm.yaml]", "written twice"),
        ("patches: [{path: a, Path: b}]", "written twice"),
        ("configMapGenerator: [{name: a, files: ['http:x']}]", "remote"),
        ("Patches: [{path: 'HTTP://127.0.0.1:1/x'}]", "remote"),
    ],
)  # fmt: skip
def test_what_may_read_more_than_is_known_is_refused(
    tree: Path, tools: str, generators: str, reason: str
) -> None:
    write(tree / "a", {
        "kustomization.yaml": f"components: [part]\n{generators}",
        "part/kustomization.yaml": "kind: Component\nresources: [vm.yaml]\n",
        "part/vm.yaml": VM,
        "plugins/kustomization.yaml": "resources: [plugin.yaml]\nnamePrefix: x-\n",
        "plugins/plugin.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\n"
                               "metadata: {name: x}\n",
        "broken.yaml": "a: [\n",
        "snapshot.yaml": SNAPSHOT,
        "vm.yaml": VM,
        "other/kustomization.yaml": "resources: [../snapshot.yaml]\n",
        "linked/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    (tree / "a/linked/kustomization.yaml").symlink_to("../other/kustomization.yaml")
    refused = lint(tools, all_vms=True).not_checked
    assert any(reason in one.reason for one in refused if one.file == "a/kustomization.yaml")


# --- what stays in the project is built


def test_links_within_the_project_are_followed(tree: Path, tools: str) -> None:
    """A finding stands in the file that a link leads to."""
    write(tree, {
        "app/kustomization.yaml": "resources: [base, vm.yaml]\n",
        "bases/one/kustomization.yaml": "resources: [snapshot.yaml, ../two]\n",
        "bases/one/snapshot.yaml": SNAPSHOT + "  failureDeadline: 5x\n",
        "bases/two/kustomization.prod.yaml": "resources: [class.yaml]\n",
        "bases/two/class.yaml": "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n"
                                "metadata: {name: x}\nprovisioner: y\n",
    })  # fmt: skip
    (tree / "app" / "base").symlink_to(tree / "bases" / "one")
    (tree / "app" / "vm.yaml").symlink_to("../shared/vm.yaml")
    (tree / "bases/two/kustomization.yaml").symlink_to("kustomization.prod.yaml")
    report = lint(tools)
    assert findings_at(report) == [("bases/one/snapshot.yaml", 10, "failure-deadline-invalid")]
    assert report.objects == 3


@pytest.mark.parametrize(
    "field",
    [
        "transformers: [labels.yaml]\nResources: [snapshot.yaml, ../shared/vm.yaml]\n",
        "transformers: [labels]\nReſources: [snapshot.yaml, ../shared/vm.yaml]\n",
        (
            "generators: ['{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: c},"
            " files: [../shared/é.txt]}']\nresources: [snapshot.yaml, ../shared/vm.yaml]\n"
        ),
        (
            "resources: [snapshot.yaml, ../shared/vm.yaml]\nPatches: [{Path: ../shared/patch.yaml,"
            " target: {kind: VirtualMachineSnapshot}}]\n"
        ),
    ],
)  # fmt: skip
def test_plugins_and_keys_in_other_cases_are_built(tree: Path, tools: str, field: str) -> None:
    write(tree, {
        "app/kustomization.yaml": field,
        "app/snapshot.yaml": SNAPSHOT.replace("name: web", "name: wbe"),
        "app/labels.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: x}\n"
                           "labels: {a: b, c: '\\u2028\\x7f'}\n",
        "app/labels/kustomization.yaml": "resources: [../labels.yaml]\n",
        "shared/é.txt": "x\u2028",
        "shared/patch.yaml": "- {op: add, path: /metadata/labels, value: {a: b}}\n",
    })  # fmt: skip
    report = lint(tools)
    assert findings_at(report) == [("app/snapshot.yaml", 9, "source-vm-missing")]
    assert not_checked(report) == {}


def test_the_same_file_may_be_a_plugin_and_a_resource(tree: Path, tools: str) -> None:
    """It is written as it was judged, in whatever order trees are copied."""
    config = "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: c}\nliterals: [a=b]\n"
    write(tree, {
        "a/kustomization.yaml": "resources: [plugin.yaml, snapshot.yaml]\n",
        "a/plugin.yaml": config,
        "a/snapshot.yaml": SNAPSHOT,
        "b/kustomization.yaml": "generators: [../a/plugin.yaml]\nresources: [../shared/vm.yaml]\n",
    })  # fmt: skip
    assert [one for one in findings_at(lint(tools)) if one[2] == "render-failed"] == []


def test_a_field_that_is_there_twice_is_told(tree: Path, tools: str) -> None:
    """kustomize reads the last one, up to v5.7 without a word."""
    write(tree, {
        "a/kustomization.yaml": "resources: [snapshot.yaml]\nresources: [vm.yaml]\n",
        "a/snapshot.yaml": SNAPSHOT,
        "a/vm.yaml": VM,
    })  # fmt: skip
    report = lint(tools)
    reason = not_checked(report)["a/kustomization.yaml"]
    assert ("resources" in reason, "(line 2)" in reason, "last one" in reason) == (True,) * 3


@pytest.mark.parametrize(
    ("kustomization", "reason"),
    [
        ("---\n# none\n---\nresources: [snapshot.yaml]\n", "empty"),
        ("null\n---\nresources: [snapshot.yaml]\n", "empty"),
        ("[]\n---\nresources: [snapshot.yaml]\n", "an array"),
        ("%YAML 1.2\n---\nresources: [snapshot.yaml]\n", "%YAML"),
        ("resources: [snapshot.yaml]\n# \udce9\n", "not UTF-8"),
        ("resources: [snapshot.yaml]\ntransformers: [missing.yaml]\n", "missing.yaml"),
        ("resources: [snapshot.yaml]\ntransformers: [twice.yaml]\n", '"app/twice.yaml" does not'),
    ],
)
def test_what_kustomize_cannot_read_is_an_error(
    tree: Path, tools: str, kustomization: str, reason: str
) -> None:
    """Though the copy that is built could be read."""
    plugin = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\nprefix: a-\n"
    write(tree, {
        "app/snapshot.yaml": SNAPSHOT,
        "app/twice.yaml": f"{plugin}prefix: b-\n",
    })  # fmt: skip
    (tree / "app/kustomization.yaml").write_bytes(kustomization.encode(errors="surrogateescape"))
    report = lint(tools)
    failed = [one for one in report.findings if one.rule == "render-failed"]
    assert [one.file for one in failed] == ["app/kustomization.yaml"]
    assert reason in failed[0].message
    assert str(tree) not in failed[0].message


def test_a_plugin_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tree: Path, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = file_cache._load
    monkeypatch.setattr(
        file_cache, "_load", lambda path: None if path.endswith("plugin.txt") else load(path)
    )
    write(tree, {
        "app/kustomization.yaml": "resources: [snapshot.yaml]\ntransformers: [plugin.txt]\n",
        "app/plugin.txt": "apiVersion: builtin\nkind: PrefixTransformer\n"
                          "metadata: {name: x}\nprefix: a-\n",
        "app/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    report = lint(tools)
    failed = [one.message for one in report.findings if one.rule == "render-failed"]
    assert [("permission denied" in message) for message in failed] == [True]


@pytest.mark.parametrize(
    "start",
    ["", "# x\n\n---\n", "--- # x\n", "--- !!map\n# x\n", "%YAML 1.1\n---\n", "\ufeff# é\n---\n"],
)
def test_the_first_document_is_built(tree: Path, tools: str, start: str) -> None:
    write(tree, {
        "app/kustomization.yaml": f"{start}resources: [snapshot.yaml]\n---\nnamePrefx: x\n",
        "app/snapshot.yaml": SNAPSHOT + "  failureDeadline: 5x\n",
    })  # fmt: skip
    report = lint(tools)
    assert not_checked(report) == {}
    assert findings_at(report) == [("app/snapshot.yaml", 10, "failure-deadline-invalid")]


@pytest.mark.parametrize("place", ["plugin.yaml", "inline"])
def test_words_in_plugins_are_what_they_are_to_kustomize(
    tree: Path, tools: str, place: str
) -> None:
    """Strings, where Kubernetes reads `yes` as true: a prefix is none then."""
    plugin = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\n"
    plugin += "fieldSpecs: [{path: spec/source/name}]\nprefix: no\n"
    inline = f"|-\n{plugin}".rstrip().replace("\n", "\n  ")
    write(tree, {
        "app/kustomization.yaml": "resources: [snapshot.yaml, vm.yaml]\n"
                                  f"transformers:\n- {inline if place == 'inline' else place}\n",
        "app/plugin.yaml": plugin,
        "app/snapshot.yaml": SNAPSHOT,
        "app/vm.yaml": VM.replace("name: web", "name: noweb"),
    })  # fmt: skip
    assert findings_at(lint(tools)) == []


def test_a_tree_that_is_too_big_is_an_error(
    tree: Path, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_copy, "_MOST_BYTES", 1000)
    write(tree, {
        "a/kustomization.yaml": "resources: [snapshot.yaml]\n"
                                "configMapGenerator: [{name: x, files: [big]}]\n",
        "a/big": "x" * 1000,
        "a/snapshot.yaml": SNAPSHOT,
        "b/kustomization.yaml": "resources: [snapshot.yaml]\n",
        "b/snapshot.yaml": SNAPSHOT,
    })  # fmt: skip
    report = lint(tools)
    failed = [one for one in findings_at(report) if one[2] == "render-failed"]
    assert failed == [("a/kustomization.yaml", 1, "render-failed")]
    assert "1,000 bytes" in not_checked(report)["a/kustomization.yaml"]


def test_a_full_disk_is_an_error_of_the_trees(
    tree: Path, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(private_copy.PrivateCopy, "_new", full)
    write(tree, {
        "a/kustomization.yaml": "resources: [snapshot.yaml]\n",
        "a/snapshot.yaml": SNAPSHOT,
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "web/templates/vm.yaml": VM,
        "web/values.yaml": "",
    })  # fmt: skip
    for values in ((), ("web/values.yaml",)):
        report = lint(tools, helm_values=values)
        failed = {file for file, _, rule in findings_at(report) if rule == "render-failed"}
        assert failed == {"a/kustomization.yaml", "web/Chart.yaml"}
        assert "no space left" in not_checked(report)["web"]


# --- as the system sees it


def test_the_system_sees_no_other_file_opened_and_no_connection(tree: Path, tools: str) -> None:
    escaping(tree, "out", FIELDS["files"].replace("{}", "../../canary.yaml"))
    escaping(tree, "case", FIELDS["Patches"].replace("{}", "http://127.0.0.1:9/x"))
    write(tree, {
        "app/kustomization.yaml": "resources: [snapshot.yaml, ../shared/vm.yaml]\n"
                                  "generators: [../shared/generator.yaml]\n",
        "app/snapshot.yaml": SNAPSHOT,
        "shared/generator.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\n"
                                 "metadata: {name: x}\nfiles: [../shared/vm.yaml]\n",
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "web/values.schema.json": '{"$ref": "http://127.0.0.1:9/x"}',
        "web/templates/vm.yaml": VM,
    })  # fmt: skip
    opened, connected = traced(tree, tools)
    inside = re.compile(r"/tmp/vmsnap-lint-|/(?:proc|sys|usr|lib\w*|etc)/|/dev/u?(?:null|random)$")
    programs = {f"{tools}/{name}" for name in ("kubectl", "helm")}
    assert {path for path in opened if not inside.match(path)} <= programs
    assert any(path.endswith("/shared/vm.yaml") for path in opened)
    assert any(path.endswith("/templates/vm.yaml") for path in opened)
    assert connected == []


def traced(tree: Path, tools: str) -> tuple[set[str], list[str]]:
    """The files that kubectl and helm open in a run, and all connections to hosts."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    log = tree.parent / "strace.log"
    command = [strace, "-f", "-qq", "--decode-pids=comm", "-e", "trace=open,openat,execve,connect",
               "-o", str(log), sys.executable, "-m", "vmsnap_lint", "."]  # fmt: skip
    environment = {"PATH": tools, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": "/tmp"}
    subprocess.run(command, cwd=tree, env=environment, check=False, capture_output=True)
    lines = log.read_text().splitlines() if log.exists() else []
    if not any("execve(" in line and line.endswith("= 0") for line in lines):
        pytest.skip("strace cannot run here")
    ours = [line for line in lines if re.match(r"\d+<(?:kubectl|helm)>", line)]
    connections = [line for line in lines if "connect(" in line and "AF_INET" in line]
    return set(_opened(ours)), connections


def _opened(lines: list[str]) -> Iterator[str]:
    """The opened files; strace writes a call on two lines where another one comes in between."""
    waiting: dict[str, str] = {}
    for line in lines:
        process = line.partition(" ")[0]
        if called := re.search(r'open(?:at)?\(.*?"(.*?)"', line):
            waiting[process] = called[1]
        elif not re.search(r"open(?:at)? resumed", line):
            continue
        if not line.endswith("<unfinished ...>"):
            path = waiting.pop(process, "")
            yield from [path] if re.search(r"= \d+$", line) else ()
