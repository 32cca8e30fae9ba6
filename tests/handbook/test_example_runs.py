"""Examples of cards become files without marks, and their messages are those of a real run."""

from __future__ import annotations

import pytest

from handbook.example_runs import ExampleFile, message_of, place_of_suppression, readable
from vmsnap_lint.checks import catalog

MISSING = """\
# with: --complete all
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot  # also: snapshot-as-desired-state
metadata: {name: nightly, namespace: prod}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: wbe}  # finding: no VirtualMachine
"""


def test_one_file_has_a_name_and_its_flags() -> None:
    shown = readable(MISSING)
    (file,) = shown.files
    assert shown.flags == "--complete all"
    assert file.name == "manifest.yaml"
    assert file.text.startswith("apiVersion: ")
    assert "also" not in file.text
    assert file.text.endswith("name: wbe}  # <- no VirtualMachine\n")


def test_several_files_are_told_apart_and_a_remark_is_a_sentence() -> None:
    shown = readable(
        "# with: --since HEAD\n# why\n# it is\n"
        "# before: a.yaml\nkind: A\n# file: b/c.yaml\nkind: B\n"
    )
    assert shown.remark == "why it is"
    assert shown.files == (
        ExampleFile("a.yaml", "kind: A\n", gone=True),
        ExampleFile("b/c.yaml", "kind: B\n"),
    )


def test_the_message_is_that_of_a_run_over_what_is_shown() -> None:
    line, message = message_of(MISSING, "source-vm-missing").split(" ", 1)
    assert line == "manifest.yaml:5:63:"
    assert message.startswith('error[source-vm-missing] no VirtualMachine "wbe"')


def test_an_example_without_a_finding_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="source-vm-running has no finding"):
        message_of(MISSING, "source-vm-running")


def test_an_example_of_a_change_runs_in_a_repository() -> None:
    rule = catalog.rule("needed-class-deleted")
    assert "is deleted since HEAD" in message_of(rule.bad[0], rule.id)


@pytest.mark.parametrize(
    ("rule_id", "place"),
    [("source-vm-missing", "above"), ("snapshot-data-deleted", "beside"),
     ("suppression-unused", "")],
)  # fmt: skip
def test_the_place_of_a_suppression_is_one_where_it_works(rule_id: str, place: str) -> None:
    assert place_of_suppression(catalog.rule(rule_id).bad[0], rule_id) == place
