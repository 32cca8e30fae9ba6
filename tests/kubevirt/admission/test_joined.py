"""Objects of one document are told apart, whatever the text is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document, engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.kubevirt.admission.joined import joined_objects

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: s}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}
"""
NOTES = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n"
LINES = st.sampled_from([
    "apiVersion: v1", "kind: Pod", "kind: [", "metadata:", "  name: a", "spec: {}", "...", "---",
    "apiVersion: snapshot.kubevirt.io/v1beta1", "kind: VirtualMachineSnapshot", "# note", "\t", "é",
    "? kind", ": x", "<<: *a", "spec: &a {kind: x}", "- kind: y", "'kind': z", "{kind: a, kind: b}",
])  # fmt: skip


def _found(text: str) -> list[tuple[int, str]]:
    report = engine.lint(("-",), text.encode(), Settings()).report
    told = ("separator-missing", "duplicate-key")
    return [(it.span.line, it.rule) for it in report.findings if it.rule in told]


def test_each_object_behind_the_first_is_told() -> None:
    text = SNAPSHOT + NOTES + SNAPSHOT
    assert _found(text) == [(5, "separator-missing"), (8, "separator-missing")]


def test_the_last_object_need_not_be_ours() -> None:
    assert _found(SNAPSHOT + NOTES) == [(5, "separator-missing")]
    assert _found(NOTES + SNAPSHOT) == [(4, "separator-missing")]
    assert _found(NOTES + NOTES) == []


def test_other_documents_of_the_file_are_left_alone() -> None:
    text = f"{SNAPSHOT}---\n{NOTES}---\n{NOTES}{SNAPSHOT}---\n{NOTES}"
    assert _found(text) == [(13, "separator-missing")]


def test_fields_of_the_object_above_are_not_told_as_unknown() -> None:
    described = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n"
    text = f"{SNAPSHOT}{described}provisioner: csi.example.com\n"
    machine = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\nspec: {}\n"
    settings = Settings(all_vms=True)
    found = engine.lint(("-",), f"{machine}---\n{text}".encode(), settings).report.findings
    rules = [it.rule for it in found if it.span.line > 5]
    assert "separator-missing" in rules
    assert "field-unknown" not in rules


def test_a_key_that_is_twice_inside_one_of_them_is_told_as_well() -> None:
    twice = SNAPSHOT.replace("{name: s}", "{name: s, name: t}")
    assert _found(NOTES + twice) == [(4, "separator-missing"), (6, "duplicate-key")]


def test_a_head_that_is_repeated_is_one_object() -> None:
    head, rest = SNAPSHOT.split("metadata", 1)
    assert {rule for _, rule in _found(f"{head}{head}metadata{rest}")} == {"duplicate-key"}
    assert _found(f"{SNAPSHOT}kind: VirtualMachineSnapshot\n") == [(5, "duplicate-key")]


def test_aliases_between_the_objects_hide_none() -> None:
    text = SNAPSHOT.replace("source: {", "source: &web {") + NOTES + "data: {a: *web}\n"
    assert _found(text) == [(5, "separator-missing")]


@examples(200)
@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_no_text_breaks_it_and_places_are_lines_of_the_text(lines: list[str], end: str) -> None:
    text = end.join(lines)
    source = document.read("a.yaml", text.encode())
    for objects in joined_objects(source).values():
        places = [one.span.line for one in objects]
        assert places == sorted(set(places))
        for line in places[1:]:
            shown = source.line(line).lstrip("?'\" {")
            assert shown.startswith(("apiVersion", "kind"))
    _found(text)


def test_a_thousand_objects_without_a_separator_take_no_time() -> None:
    assert len(_found(SNAPSHOT * 200)) == 199
