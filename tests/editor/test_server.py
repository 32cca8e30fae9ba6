"""A real client over pipes is told what it has to know while texts change; nothing ends that."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pygls")

from lsprotocol import types

from tests.cli.test_cli import CLASSES, MACHINE, SNAPSHOT
from tests.editor.language_client import Editor, edited, uri
from tests.files import write
from vmsnap_lint.core.addresses import rule_address

if TYPE_CHECKING:
    from pathlib import Path

GOOD, BAD = (SNAPSHOT.format(source=name) for name in ("web", "wbe"))
MISSING = "source-vm-missing"
UNVERIFIED = "source-vm-unverified"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository without a fault."""
    root = tmp_path / "a repository ü"
    files = {"apps/snapshot.yaml": GOOD, "apps/vm.yaml": MACHINE, "storage.yaml": CLASSES}
    write(root, {".git/HEAD": "", **files})
    return root


def test_closed_files_have_diagnostics_with_all_that_editors_show(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": BAD})
    write(tree, {"old.yaml": "apiVersion: kubevirt.io/v1alpha3\n" + MACHINE.split("\n", 1)[1]})

    async def session(editor: Editor) -> None:
        await editor.until(lambda: bool(editor.of(tree / "apps/snapshot.yaml")))

    editor = edited([tree], session, "--stdio")
    (told,) = [each for each in editor.of(tree / "apps/snapshot.yaml") if each.code == MISSING]
    assert told.range == types.Range(types.Position(9, 10), types.Position(9, 13))
    assert told.severity == types.DiagnosticSeverity.Error
    assert told.source == "vmsnap-lint"
    assert told.code_description == types.CodeDescription(rule_address(MISSING))
    assert '(did you mean "web"?)' in told.message
    assert isinstance(told.data, str)
    assert "workspace/didChangeWatchedFiles" in editor.watched
    tags = {str(each.code): each.tags for each in editor.of(tree / "old.yaml")}
    assert tags["api-deprecated"] == (types.DiagnosticTag.Deprecated,)
    assert set(editor.published) == {uri(tree / "apps/snapshot.yaml"), uri(tree / "old.yaml")} | (
        set(editor.published) - {uri(tree / "storage.yaml")}
    )


def test_what_is_typed_counts_at_once_also_for_other_files(tree: Path) -> None:
    snapshot, machine = tree / "apps/snapshot.yaml", tree / "apps/vm.yaml"

    async def session(editor: Editor) -> None:
        editor.open(snapshot)
        editor.open(machine)
        version = editor.type(snapshot, ((9, 10), (9, 13), "wbe"))
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        assert editor.published[uri(snapshot)].version == version
        editor.type(snapshot, ((9, 10), (9, 13), "web"))
        await editor.until(lambda: editor.rules(snapshot) == [])
        editor.type(machine, ((3, 8), (3, 11), "other"))
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        editor.close(machine)  # without saving: the file counts again
        await editor.until(lambda: editor.rules(snapshot) == [])

    edited([tree], session)


def test_a_broken_text_keeps_the_last_good_view_for_all_others(tree: Path) -> None:
    snapshot, machine = tree / "apps/snapshot.yaml", tree / "apps/vm.yaml"

    async def session(editor: Editor) -> None:
        editor.open(machine)
        editor.open(snapshot)
        editor.type(machine, MACHINE + "  x: [")
        await editor.until(lambda: editor.rules(machine) == ["yaml-invalid"])
        editor.type(snapshot, BAD)
        await editor.until(lambda: MISSING in editor.rules(snapshot))
        assert '(did you mean "web"?)' in editor.of(snapshot)[0].message
        editor.type(snapshot, GOOD)
        await editor.until(lambda: editor.rules(snapshot) == [])
        assert editor.rules(machine) == ["yaml-invalid"]
        editor.type(machine, MACHINE)
        await editor.until(lambda: editor.rules(machine) == [])

    editor = edited([tree], session)
    of_snapshot = [each for each in editor.history if each.uri == uri(snapshot)]
    assert [len(each.diagnostics) for each in of_snapshot] == [1, 0]


def test_files_that_come_change_and_go_on_disk(tree: Path) -> None:
    new = tree / "apps/new.yaml"

    async def session(editor: Editor) -> None:
        editor.open(tree / "storage.yaml")
        write(tree, {"apps/new.yaml": BAD.replace("nightly", "new")})
        editor.changed_on_disk(new)
        await editor.until(lambda: editor.rules(new) == [MISSING])
        write(tree, {"apps/vm.yaml": MACHINE.replace("name: web", "name: wbe", 1)})
        editor.changed_on_disk(tree / "apps/vm.yaml")
        await editor.until(lambda: editor.rules(new) == [])
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [MISSING])
        (tree / "apps/snapshot.yaml").unlink()
        editor.changed_on_disk(tree / "apps/snapshot.yaml")
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [])

    edited([tree], session)


def test_a_new_file_that_is_not_saved_is_a_part_of_the_world(tree: Path) -> None:
    snapshot, new = tree / "apps/snapshot.yaml", tree / "new directory/vm.yaml"
    write(tree, {"apps/snapshot.yaml": BAD})

    async def session(editor: Editor) -> None:
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        editor.open(new, MACHINE.replace("name: web", "name: wbe", 1))
        await editor.until(lambda: editor.rules(snapshot) == [])

    edited([tree], session)


def test_the_configuration_counts_while_it_is_typed(tree: Path) -> None:
    snapshot, config = tree / "apps/snapshot.yaml", tree / ".vmsnap-lint.yaml"
    text = f"severity: {{{MISSING}: info}}\n"
    write(tree, {"apps/snapshot.yaml": BAD, ".vmsnap-lint.yaml": text})

    async def session(editor: Editor) -> None:
        information = types.DiagnosticSeverity.Information
        await editor.until(lambda: [it.severity for it in editor.of(snapshot)] == [information])
        editor.open(config)
        editor.type(config, f"ignore: [{MISSING}]\n")
        await editor.until(lambda: editor.rules(snapshot) == [])
        editor.type(config, "\nignroe: []\n")
        await editor.until(lambda: bool(editor.of(config)))
        (told,) = editor.of(config)
        assert told.range.start.line == 1
        assert 'did you mean "ignore"?' in told.message
        editor.type(config, "")
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        assert editor.of(config) == []

    edited([tree], session)


def test_several_folders_with_their_own_configurations(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, {"snapshot.yaml": BAD, "vmsnap-lint.yaml": f"ignore: [{MISSING}]\n"})
    write(tree, {"apps/snapshot.yaml": BAD})

    async def session(editor: Editor) -> None:
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [MISSING])
        editor.open(other / "snapshot.yaml")
        editor.type(other / "snapshot.yaml", BAD + "  unknownField: 1\n")
        await editor.until(
            lambda: editor.rules(other / "snapshot.yaml") == [UNVERIFIED, "field-unknown"]
        )
        removed = types.WorkspaceFoldersChangeEvent(
            [], [types.WorkspaceFolder(uri(tree), tree.name)]
        )
        params = types.DidChangeWorkspaceFoldersParams(removed)
        editor.client.workspace_did_change_workspace_folders(params)
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [])

    edited([tree, other], session)


POLICY = """\
policies:
  - id: {0}
    match: {{kinds: [VirtualMachineSnapshot]}}
    require: has(snapshot.failureDeadline) && snapshot.name != "{0}"
    message: {0} wants a deadline
"""


def test_a_hover_and_completion_know_the_policies_of_their_folder(tmp_path: Path) -> None:
    pytest.importorskip("cel_expr_python")
    one, other, none = (tmp_path / name for name in ("one", "other", "none"))
    for root in (one, other, none):
        text = "{}\n" if root is none else POLICY.format(root.name)
        write(root, {".vmsnap-lint.yaml": text, "snapshot.yaml": GOOD, "vm.yaml": MACHINE})

    async def session(editor: Editor) -> None:
        client, comment = editor.client, "# vmsnap-lint: ignore[policy/"
        for root in (one, other, none):
            editor.open(root / "snapshot.yaml", f"{GOOD}{comment}]\n")
        await editor.until(
            lambda: all(f"policy/{it.name}" in editor.rules(it / "snapshot.yaml")
                        for it in (one, other))
        )  # fmt: skip
        await client.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier(uri(none / "snapshot.yaml")))
        )
        for root in (one, other, none, one):
            document = types.TextDocumentIdentifier(uri(root / "snapshot.yaml"))
            hover: Any = await client.text_document_hover_async(
                types.HoverParams(document, types.Position(3, 8))
            )
            code = f'    has(snapshot.failureDeadline) && snapshot.name != "{root.name}"'
            assert (code in hover.contents.value) is (root is not none)
            at = types.Position(GOOD.count("\n"), len(comment))
            offers: Any = await client.text_document_completion_async(
                types.CompletionParams(document, at)
            )
            labels = [each.label for each in offers.items if each.label.startswith("policy/")]
            assert labels == ([] if root is none else [f"policy/{root.name}"])

    edited([one, other, none], session)


def test_without_a_folder_the_repository_of_a_file_is_its_world(tree: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / "one.yaml"
    write(tmp_path, {"alone/one.yaml": GOOD, "alone/vm.yaml": MACHINE})

    async def session(editor: Editor) -> None:
        editor.open(tree / "apps/snapshot.yaml", BAD)
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [MISSING])
        assert "did you mean" in editor.of(tree / "apps/snapshot.yaml")[0].message
        editor.open(alone, BAD)
        editor.open("untitled:Untitled-1", BAD + "  x: 1\n")
        await editor.until(lambda: "field-unknown" in editor.rules("untitled:Untitled-1"))
        assert editor.rules(alone) == [UNVERIFIED]  # nobody knows what is beside it
        editor.close(tree / "apps/snapshot.yaml")
        editor.close("untitled:Untitled-1")
        await editor.until(lambda: editor.of("untitled:Untitled-1") == [])

    edited([], session)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_positions_in_each_encoding(tree: Path, encoding: str) -> None:
    snapshot = tree / "apps/snapshot.yaml"
    text = GOOD.replace("    name: web", '    "name": "😋ö"  # \u2028 \x85')
    line = text.splitlines().index('    "name": "😋ö"  # ')
    width = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[encoding]

    async def session(editor: Editor) -> None:
        editor.open(snapshot, text)
        await editor.until(lambda: bool(editor.of(snapshot)))
        told = editor.of(snapshot)[0].range
        assert told == types.Range(types.Position(line, 12), types.Position(line, 14 + width))
        editor.type(snapshot, ((line, 13), (line, 13 + width), "web"))
        await editor.until(lambda: editor.of(snapshot) == [])
        hover = await editor.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri(snapshot)), types.Position(1, 8))
        )
        assert hover is not None

    edited([tree], session, encoding=encoding)


def test_a_finding_is_suppressed_where_it_stands(tree: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"

    async def session(editor: Editor) -> None:
        editor.open(snapshot, BAD)
        await editor.until(lambda: bool(editor.of(snapshot)))
        actions = await offered(editor, snapshot)
        (action,) = [each for each in actions if each.title.startswith("suppress")]
        assert action.edit is not None
        (change,) = action.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version == 1
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        start, end = edit.range.start, edit.range.end
        place = (start.line, start.character), (end.line, end.character)
        assert edit.new_text == f"  # vmsnap-lint: ignore[{MISSING}] TODO: the reason"
        editor.type(snapshot, (*place, edit.new_text))
        await editor.until(lambda: editor.of(snapshot) == [])

    edited([tree], session)


def test_an_editor_that_names_no_diagnostics_means_those_of_the_lines(tree: Path) -> None:
    snapshot, found = tree / "apps/snapshot.yaml", dict[int, int]()

    async def session(editor: Editor) -> None:
        editor.open(snapshot, BAD)
        await editor.until(lambda: bool(editor.of(snapshot)))
        for line in (8, 9, 10):
            at = types.Range(types.Position(line, 0), types.Position(line, 0))
            document, context = (
                types.TextDocumentIdentifier(uri(snapshot)),
                types.CodeActionContext([]),
            )
            params = types.CodeActionParams(document, at, context)
            found[line] = len(await editor.client.text_document_code_action_async(params) or ())

    edited([tree], session)
    assert found == {8: 0, 9: 2, 10: 0}


def test_in_json_no_comment_is_offered(tree: Path) -> None:
    file = tree / "snapshot.json"
    write(tree, {"snapshot.json": """\
{"apiVersion": "snapshot.kubevirt.io/v1beta1", "kind": "VirtualMachineSnapshot",
 "metadata": {"name": "one", "namespace": "prod"},
 "spec": {"source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "wbe"}}}
"""})  # fmt: skip

    async def session(editor: Editor) -> None:
        editor.open(file)
        await editor.until(lambda: bool(editor.of(file)))
        titles = [each.title for each in await offered(editor, file)]
        assert titles == ["set name: web (unsafe)"]

    edited([tree], session)


async def offered(editor: Editor, path: Path, *only: str) -> list[types.CodeAction]:
    told = editor.of(path)
    context = types.CodeActionContext(told, [*only] or None)
    document = types.TextDocumentIdentifier(uri(path))
    params = types.CodeActionParams(document, told[0].range, context)
    found = await editor.client.text_document_code_action_async(params)
    return [each for each in found or () if isinstance(each, types.CodeAction)]


def test_a_rename_is_refused_in_words(tree: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"

    async def session(editor: Editor) -> None:
        editor.open(snapshot)
        document, at = types.TextDocumentIdentifier(uri(snapshot)), types.Position(9, 11)
        renamed = await editor.client.text_document_rename_async(
            types.RenameParams(document, at, "shop")
        )
        assert renamed is not None
        assert {change.text_document.uri for change in renamed.document_changes or ()
                if isinstance(change, types.TextDocumentEdit)} == {
            uri(snapshot), uri(tree / "apps/vm.yaml"),
        }  # fmt: skip
        with pytest.raises(Exception, match="is not a DNS"):
            await editor.client.text_document_rename_async(
                types.RenameParams(document, at, "Not A Name")
            )

    edited([tree], session)


def test_answers_of_each_kind_come_over_the_pipe(tree: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"

    async def session(editor: Editor) -> None:
        client = editor.client
        editor.open(snapshot)
        document, at = types.TextDocumentIdentifier(uri(snapshot)), types.Position(9, 11)
        symbols = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(document)
        )
        assert [each.name for each in symbols or ()] != []
        found = await client.text_document_definition_async(types.DefinitionParams(document, at))
        places: Any = found
        assert [each.uri for each in places] == [uri(tree / "apps/vm.yaml")]
        context = types.ReferenceContext(include_declaration=True)
        users = await client.text_document_references_async(
            types.ReferenceParams(context, document, at)
        )
        assert {each.uri for each in users or ()} == {uri(snapshot), uri(tree / "apps/vm.yaml")}
        offers: Any = await client.text_document_completion_async(
            types.CompletionParams(document, at)
        )
        assert "web" in [each.label for each in offers.items]
        lenses = await client.text_document_code_lens_async(types.CodeLensParams(document))
        assert lenses
        named = await client.workspace_symbol_async(types.WorkspaceSymbolParams("night"))
        assert [each.name for each in named or ()] == ["nightly"]

    edited([tree], session)


def test_read_only_files_vanished_folders_and_files_of_others(tree: Path, tmp_path: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"
    gone = tmp_path / "gone"

    async def session(editor: Editor) -> None:
        snapshot.chmod(0o444)
        editor.open(snapshot, BAD)
        editor.open("git:/somewhere/x.yaml", BAD)
        editor.open("file:///nul%00byte.yaml", BAD)
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        await editor.until(lambda: any("cannot be used" in each for each in editor.messages))
        editor.type(snapshot, GOOD)
        await editor.until(lambda: editor.rules(snapshot) == [])

    editor = edited([tree, gone], session)
    assert {*editor.published} <= {uri(snapshot)}


def test_a_huge_text_is_told_of_and_nothing_else_changes(tree: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"

    async def session(editor: Editor) -> None:
        editor.open(tree / "apps/vm.yaml")
        editor.type(tree / "apps/vm.yaml", MACHINE + "# " + "x" * 100_000_000)
        await editor.until(lambda: bool(editor.of(tree / "apps/vm.yaml")))
        (told,) = editor.of(tree / "apps/vm.yaml")
        assert "bytes, and is not read" in told.message
        editor.open(snapshot, BAD)
        await editor.until(lambda: editor.rules(snapshot) == [MISSING])
        assert '(did you mean "web"?)' in editor.of(snapshot)[0].message

    edited([tree], session)


def test_fast_typing_loses_nothing(tree: Path) -> None:
    snapshot = tree / "apps/snapshot.yaml"

    async def session(editor: Editor) -> None:
        editor.open(snapshot)
        for number in range(200):
            editor.type(snapshot, ((9, 10), (9, 99), f"vm-{number}"))
        await editor.until(lambda: '"vm-199"' in str(editor.of(snapshot)))
        assert editor.published[uri(snapshot)].version == 201

    edited([tree], session)


def test_variables_and_the_chosen_configuration_apply(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree, {"apps/snapshot.yaml": BAD, ".vmsnap-lint.yaml": "unknown: 1\n"})
    mine = tmp_path / "mine.yaml"
    write(tmp_path, {"mine.yaml": "severity: {source-vm-missing: warning}\n"})
    monkeypatch.setenv("VMSNAP_LINT_ALL_VMS", "1")

    async def session(editor: Editor) -> None:
        await editor.until(lambda: bool(editor.of(tree / "apps/snapshot.yaml")))
        (told,) = editor.of(tree / "apps/snapshot.yaml")
        assert told.severity == types.DiagnosticSeverity.Warning
        editor.open(mine, f"ignore: [{MISSING}]\n")
        await editor.until(lambda: editor.rules(tree / "apps/snapshot.yaml") == [])
        editor.type(mine, "ignroe: []\n")
        await editor.until(lambda: "did you mean" in str(editor.of(mine)))

    edited([tree], session, "--config", os.fspath(mine))
