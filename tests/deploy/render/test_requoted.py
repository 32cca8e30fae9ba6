"""What kustomize makes a string of is judged as that string, and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, write
from vmsnap_lint.deploy.render.requoted import becomes_string, requoted_originals
from vmsnap_lint.document import read
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.provenance import Deployed, RenderedTree

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.objects.manifest import Manifest

RUNNING = VM.replace("runStrategy: Halted", "running: ANY")
TREE = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/snapshot.yaml": SNAPSHOT,
    "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, TREE)
    return tmp_path


@pytest.mark.parametrize(("text", "use"), [("y", "true"), ("off", "false")])
def test_a_string_in_the_place_of_a_boolean_is_one_finding(
    tree: Path, tools: str, text: str, use: str
) -> None:
    write(tree, {"base/vm.yaml": RUNNING.replace("ANY", text)})
    report = lint(tools)
    assert findings_at(report) == [("base/vm.yaml", 6, "field-type-wrong")]
    messages = [one.message for one in report.findings if one.rule == "field-type-wrong"]
    what = f'spec.running is {text}, which kustomize writes as the string "{text}"'
    assert messages == [f"{what}, expected a boolean; write {use}"]


def test_a_string_in_the_place_of_a_string_is_none(tree: Path, tools: str) -> None:
    labelled = VM.replace("  name: web\n", "  name: web\n  labels: {saved: yes, on: off}\n", 1)
    write(tree, {"base/vm.yaml": labelled})
    assert findings_at(lint(tools)) == []


def test_without_kustomize_it_is_judged_as_it_is_read(tree: Path, tools: str) -> None:
    write(tree, {"plain/vm.yaml": RUNNING.replace("ANY", "n"), "plain/snapshot.yaml": SNAPSHOT})
    assert findings_at(lint(tools, "plain")) == [("plain/vm.yaml", 6, "ambiguous-scalar")]


def test_a_boolean_that_a_patch_makes_a_string_is_no_text_of_the_file(
    tree: Path, tools: str
) -> None:
    patch = (
        "patches:\n- target: {kind: VirtualMachine}\n  patch: |-\n"
        '    - op: replace\n      path: /spec/running\n      value: "y"\n'
    )
    write(tree, {"base/vm.yaml": RUNNING.replace("ANY", "false")})
    write(tree, {"prod/kustomization.yaml": f"resources: [../base]\n{patch}"})
    (finding,) = (each for each in lint(tools).findings if each.rule == "field-type-wrong")
    assert 'spec.running is "y", expected' in finding.message


def _manifest(text: str, file: str = "a.yaml") -> Manifest:
    (document,) = read(file, text.encode()).documents
    (manifest,) = manifests(document)
    return manifest


def test_what_is_also_applied_as_written_keeps_the_plain_judgement() -> None:
    written, built = _manifest("kind: A\na: y\n"), _manifest('kind: A\na: "y"\n', "b.yaml")
    tree = RenderedTree((Deployed(written, built, "", None, ()),))
    assert requoted_originals([tree], [built]) == {written.position: (built,)}
    assert requoted_originals([tree], [built, _manifest("kind: A\na: y\n")]) == {}


def test_all_builds_must_agree() -> None:
    written, built = _manifest("kind: A\na: y\n"), _manifest('kind: A\na: "y"\n')
    assert becomes_string(written, [built], ("a",), "y", is_key=False)
    assert not becomes_string(written, [built, written], ("a",), "y", is_key=False)
    assert not becomes_string(written, [], ("a",), "y", is_key=False)
    assert becomes_string(written, [_manifest('"y": 1\n')], ("true",), "y", is_key=True)
