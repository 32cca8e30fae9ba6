"""--crds and --crds-from-input, from the command line to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.schema.crds.made import crd
from vmsnap_lint.cli import run

if TYPE_CHECKING:
    from pathlib import Path

GADGET = "apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: one}\nspec: {siez: 3}\n"
SIZED = crd("{type: object, properties: {size: {type: integer}}}")
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec: {colour: red}
"""
OTHER = (
    crd("{type: object, properties: {colour: {type: string}}}")
    .replace("example.org", "snapshot.kubevirt.io")
    .replace("Gadget", "VirtualMachineSnapshot")
    .replace("name: v1", "name: v1beta1")
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "gadget.yaml").write_text(SIZED)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "gadget.yaml").write_text(GADGET)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_directory_may_hold_more_than_crds(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "crds" / "gadget.yaml").write_text(f"{SIZED}---\n{GADGET}")
    (tree / "crds" / "values.yaml").write_text("replicas: 3\nlist: [a]\n")
    (tree / "crds" / "notes.yaml").write_text("- one\n- two\n")
    (tree / "crds" / "broken.yaml").write_text("a: [b\n")
    assert run(["--crds", "crds", "-q", "app"]) == 1
    assert "siez" in capsys.readouterr().out
    assert run(["--crds", "crds/gadget.yaml", "app"]) == 2  # a file that is named must be one
    (tree / "crds" / "broken.yaml").write_text("kind: CustomResourceDefinition\na: [b\n")
    assert run(["--crds", "crds", "app"]) == 2  # its CRD is lost


@pytest.mark.usefixtures("tree")
def test_any_kind_is_validated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--format", "concise", "--crds", "crds", "app"]) == 1
    message = 'spec.siez is not a field of Gadget (did you mean "size"?)'
    assert lines(capsys) == [f"app/gadget.yaml:4:8: error[field-unknown] {message}"]


@pytest.mark.usefixtures("tree")
def test_without_its_crd_a_foreign_kind_is_none_of_our_business() -> None:
    assert run(["app"]) == 0


@pytest.mark.usefixtures("tree")
def test_crds_in_the_input_count_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--format", "concise", "."]) == 0
    assert run(["--format", "concise", "--crds-from-input", "."]) == 1
    assert "spec.siez is not a field" in capsys.readouterr().out


def test_a_crd_says_it_instead_of_us(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "app" / "snapshot.yaml").write_text(SNAPSHOT)
    assert run(["--select", "field-unknown,required-missing", "app"]) == 1
    (tree / "crds" / "snapshot.yaml").write_text(OTHER)
    capsys.readouterr()
    run(["--format", "concise", "--select", "field-unknown,required-missing", "--crds",
         "crds/snapshot.yaml", "app"])  # fmt: skip
    assert lines(capsys) == []


def test_versions_are_those_of_the_crd(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "app" / "snapshot.yaml").write_text(SNAPSHOT)
    (tree / "crds" / "snapshot.yaml").write_text(OTHER.replace("name: v1beta1", "name: v7"))
    run(["--format", "concise", "--select", "version-not-served", "--crds", "crds", "app"])
    use = 'VirtualMachineSnapshot at "v1beta1", write "snapshot.kubevirt.io/v7"'
    expected = f"error[version-not-served] the given CRD does not serve {use}"
    assert lines(capsys) == [f"app/snapshot.yaml:1:13: {expected}"]


def test_plans_know_the_flags(tree: Path) -> None:
    (tree / "app" / "snapshot.yaml").write_text(SNAPSHOT)
    assert run(["plan", "--crds", "crds", "app"]) == 0


@pytest.mark.parametrize(("arguments", "message"), [
    (["--crds", "app", "."], "app/gadget.yaml:2: this is example.org/v1 Gadget"),
    (["--crds", "nowhere", "."], '--crds: no such file or directory "nowhere"'),
    (["--crds", "-", "."], "--crds accepts files and directories"),
    (["--crds", "empty", "."], '--crds: no YAML or JSON file in "empty"'),
    (["--crds", "broken", "."], "broken/crd.yaml:1: "),
    (["--crds", "listed", "."], "listed/crd.yaml:1: the document is an array"),
    (["--crds", "loose", "."], "loose/crd.yaml:16: the schema is not structural"),
    (["--crds-from-input", "loose"], "loose/crd.yaml:16: the schema is not structural"),
])  # fmt: skip
def test_what_cannot_be_used_is_a_mistake_of_the_caller(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    for name, text in (("empty", ""), ("broken", "a: ["), ("listed", "[1]"), ("loose", crd("{}"))):
        (tree / name).mkdir()
        if text:
            (tree / name / "crd.yaml").write_text(text)
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_rules_that_cannot_be_evaluated_are_listed(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmsnap_lint.schema.crds.cel_rules.is_installed", lambda: False)
    schema = 'type: object, x-kubernetes-validations: [{rule: "false"}]'
    (tree / "crds" / "gadget.yaml").write_text(crd(f"{{{schema}}}"))
    (tree / "app" / "gadget.yaml").write_text(GADGET.replace("siez: 3", ""))
    assert run(["-v", "--crds", "crds", "app"]) == 0
    assert capsys.readouterr().err.count("install vmsnap-lint[cel]") == 1
