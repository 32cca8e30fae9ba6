"""Which files a run reads, and what each of them is."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.files import write
from tests.properties import examples
from tests.repositories import commit
from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.abridged import cut_path
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.deploy import load
from vmsnap_lint.document import Budget
from vmsnap_lint.input import files, readings, relevant_files
from vmsnap_lint.input.sources import (
    STDIN,
    Readings,
    Role,
    Search,
    SourceFile,
    Sources,
    collect,
)

VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"
PVC = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: root}\n"
OTHER = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def roles(found: Sources) -> dict[str, Role]:
    return {file.path: file.role for file in found.files}


def paths(found: Sources) -> list[str]:
    return [file.path for file in found.files]


def kustomized(found: Sources) -> set[str]:
    return {file.path for file in found.files if file.kustomized}


# --- paths


def test_a_directory_is_walked_for_yaml_and_json(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM, "a/y.YML": VM, "a/b/z.json": VM, "a/README.md": VM,
                 "a/w.yaml.in": VM, "a/v.yaml.tmpl": VM, "a/.chainsaw/u.yaml": VM})  # fmt: skip
    assert paths(collect(["a"])) == ["a/.chainsaw/u.yaml", "a/b/z.json", "a/x.yaml", "a/y.YML"]


def test_stores_of_tools_are_not_walked(tree: Path) -> None:
    write(tree, {f"{name}/x.yaml": VM for name in (".git", "node_modules", ".venv", "ok")})
    assert paths(collect(["."])) == ["ok/x.yaml"]


def test_a_named_file_is_read_whatever_its_name(tree: Path) -> None:
    write(tree, {"vm.yaml.in": VM, ".git/x.yaml": VM})
    assert paths(collect(["vm.yaml.in", ".git/x.yaml"])) == [".git/x.yaml", "vm.yaml.in"]


@pytest.mark.parametrize("path", [".", "./", "./a/..", "./a/x.yaml", "a//x.yaml"])
def test_paths_are_shown_without_noise(tree: Path, path: str) -> None:
    write(tree, {"a/x.yaml": VM})
    assert paths(collect([path])) == ["a/x.yaml"]


def test_absolute_and_upward_paths_stay_as_they_were_given(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM, "b/y.yaml": VM})
    os.chdir(tree / "b")
    assert paths(collect([str(tree / "a")])) == [str(tree / "a" / "x.yaml")]
    assert paths(collect(["../a"])) == ["../a/x.yaml"]


def test_a_file_named_twice_is_read_once(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM})
    found = collect(["a/x.yaml", "a", "./a", str(tree / "a")])
    assert len(found.files) == found.examined == 1


def test_the_order_of_paths_does_not_matter(tree: Path) -> None:
    names = [f"{folder}/{name}.yaml" for folder in "cab" for name in "zxy"]
    write(tree, dict.fromkeys(names, VM))
    given = [*names, "a", "b"]
    expected = collect(given)
    for seed in range(5):
        random.Random(seed).shuffle(given)
        assert collect(given) == expected
    assert paths(expected) == sorted(names)


def test_standard_input_is_a_file(tree: Path) -> None:
    found = collect(["-"], stdin=VM.encode())
    assert found.files == (SourceFile(STDIN, "-", VM.encode()),)


def test_text_that_is_not_a_file_name_anywhere_is_shown_in_its_place(tree: Path) -> None:
    (tree / os.fsdecode(b"d\xff")).mkdir()
    write(tree, {os.fsdecode(b"d\xff/x.yaml"): VM})
    (file,) = collect(["."]).files
    assert file.path == r"d\xff/x.yaml"
    assert os.fsencode(file.location).endswith(b"d\xff/x.yaml")


@given(st.lists(st.binary(max_size=6).map(os.fsdecode), min_size=2, max_size=2, unique=True))
@example([os.fsdecode(b"\xff"), os.fsdecode(b"\xfe")])
@example([os.fsdecode(b"\xff"), r"\xff"])
@example([os.fsdecode(b"\\\xff"), r"\\xff"])
@examples(500)
def test_two_names_are_told_apart(names: list[str]) -> None:
    first, second = map(files.shown, names)
    assert first != second
    assert f"{first}{second}".encode()


def test_places_are_those_of_their_own_file(tree: Path) -> None:
    for number, name in enumerate((b"\xff.yaml", b"\xfe.yaml", rb"\xff.yaml")):
        (tree / os.fsdecode(name)).write_text("\n" * number + VM.replace("web", f"web-{number}"))
    loaded = load.read(collect(["."]))
    names = {name: source.documents[0].value["metadata"]["name"]
             for name, source in loaded.by_file().items()}  # fmt: skip
    assert names == {r"\xff.yaml": "web-0", r"\xfe.yaml": "web-1", r"\x5cxff.yaml": "web-2"}


# --- what cannot be used


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", r'no such file or directory "nowhere"$'),
        ("empty", r'no YAML or JSON file in "empty"; pass a directory .*--allow-empty'),
        ("page", r"it has 1 page of documentation: pass --docs to check it, or --allow-empty$"),
        ("pages", r"; it has 2 pages of documentation: pass --docs to check them, or --allow-emp"),
        ("x.yaml/y", r'no such file or directory "x.yaml/y"'),
        ("-", r"standard input"),
        ("", r'no such file or directory ""'),
    ],
)
def test_a_path_that_cannot_be_used_is_the_callers_fault(
    tree: Path, path: str, message: str
) -> None:
    pages = {"page/a/README.md": VM, "pages/a.adoc": VM, "pages/b.mdx": VM, "pages/no.md": VM}
    write(tree, {"empty/README": VM, "x.yaml": VM, **pages, "pages/.gitignore": "no.md\n"})
    with pytest.raises(UsageError, match=message) as caught:
        collect([path])
    assert "\n" not in str(caught.value)


def test_an_empty_directory_can_be_allowed(tree: Path) -> None:
    write(tree, {"empty/README.md": VM})
    found = collect(["empty"], Search(allow_empty=True))
    assert found._replace(pages=frozenset()) == Sources((), 0, ())


def test_every_named_directory_must_hold_something(tree: Path) -> None:
    write(tree, {"full/x.yaml": VM, "empty/README.md": VM})
    with pytest.raises(UsageError, match='"empty"'):
        collect(["full", "empty"])


def test_a_directory_named_like_a_manifest_is_a_directory(tree: Path) -> None:
    write(tree, {"a/x.yaml/y.yaml": VM})
    assert paths(collect(["a"])) == ["a/x.yaml/y.yaml"]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Paths that cannot be opened from now on."""
    names: set[str] = set()
    opened, listed = os.open, os.scandir

    def check(path: object) -> None:
        if str(path).rstrip("/").endswith(tuple(names)):
            raise PermissionError(13, "Permission denied", str(path))

    def scandir(path: str) -> object:
        check(path)
        return listed(path)

    def open_(path: str, *rest: int) -> int:
        check(path)
        return opened(path, *rest)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", open_)
    return names


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a/x.yaml", ["a/b/z.yaml", "a/y.yaml"]),
        ("a/b", ["a/x.yaml", "a/y.yaml"]),
        ("a/.gitignore", ["a/b/z.yaml", "a/ignored.yaml", "a/x.yaml", "a/y.yaml"]),
        ("a/b/kustomization.yaml", ["a/b/z.yaml", "a/x.yaml", "a/y.yaml"]),
    ],
)
def test_what_cannot_be_read_is_listed_and_the_others_are_read(
    tree: Path, refused: set[str], name: str, kept: list[str]
) -> None:
    write(tree, {"a/x.yaml": VM, "a/y.yaml": VM, "a/b/z.yaml": VM, "a/ignored.yaml": VM,
                 "a/b/kustomization.yaml": "resources: [z.yaml]\n",
                 "a/.gitignore": "ignored.yaml\n"})  # fmt: skip
    refused.add(name)
    found = collect(["a"])
    assert paths(found) == kept
    assert found.unread == ((name, "cannot be read (permission denied)"),)
    assert set(found.unread) <= set(found.not_checked)


def test_a_directory_that_cannot_be_read_is_not_empty(tree: Path, refused: set[str]) -> None:
    write(tree, {"a/x.yaml": VM})
    refused.add("a")
    assert collect(["a"]).unread == (("a", "cannot be read (permission denied)"),)


def test_a_file_that_vanishes_is_listed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"a/x.yaml": VM, "a/y.yaml": VM})
    opened = os.open

    def open_(path: str, *rest: int) -> int:
        (tree / "a/y.yaml").unlink(missing_ok=True)
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", open_)
    found = collect(["a"])
    assert paths(found) == ["a/x.yaml"]
    assert found.unread == (("a/y.yaml", "cannot be read (no such file or directory)"),)


def test_a_path_that_is_too_long_is_listed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"x.yaml": VM})
    name = "d" * 250
    for _ in range(18):
        os.mkdir(name)  # noqa: PTH102
        monkeypatch.chdir(name)
    monkeypatch.chdir(tree)
    found = collect(["."])
    assert paths(found) == ["x.yaml"]
    (note,) = found.unread
    assert (note.file[-250:], note.reason) == (name, "cannot be read (file name too long)")
    assert len(cut_path(note.file)) < 300


def test_an_absent_object_may_be_in_what_was_not_read(tree: Path, refused: set[str]) -> None:
    write(tree, {"vm.yaml": VM, "other.yaml": VM})
    refused.add("other.yaml")
    assert "VirtualMachine" in load.read(collect(["."])).damaged_kinds


def test_a_pipe_that_is_named_is_read_to_its_end(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    text = VM + "# padding\n" * 20000

    def feed() -> None:
        (tree / "pipe").write_text(text)

    writer = threading.Thread(target=feed)
    writer.start()
    (file,) = collect(["pipe"]).files
    writer.join()
    assert file.data == text.encode()


def test_an_endless_file_is_cut(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST_BYTES", 100)
    write(tree, {"x.yaml": VM + "#" * 200, "y.yaml": VM})
    assert [len(file.data) for file in collect(["."]).files] == [101, len(VM)]


def test_as_much_is_read_as_the_reader_takes() -> None:
    assert Budget().bytes == files.MOST_BYTES


def test_a_file_that_is_too_long_to_be_searched_is_listed(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in [
        (readings, "MOST_BYTES"), (relevant_files, "MOST_BYTES"), (relevant_files, "_LARGE"),
    ]:  # fmt: skip
        monkeypatch.setattr(module, name, 100)
    write(tree, {"x.yaml": "#" * 200 + VM, "y.yaml": OTHER})
    assert [note.file for note in collect(["."]).not_checked] == ["x.yaml"]


def test_bytes_of_files_of_others_are_not_kept(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"0-pvc.yaml": PVC, "other.yaml": OTHER, "vm.yaml": VM})
    assert paths(collect(["."])) == ["0-pvc.yaml", "vm.yaml"]
    monkeypatch.setattr(relevant_files, "_MOST_KEPT", len(VM))
    assert [note.file for note in collect(["."]).unread] == ["vm.yaml"]


# --- links


def test_links_to_files_are_followed_and_links_to_nothing_are_listed(tree: Path) -> None:
    write(tree, {"store/x.yaml": VM, "a/README.md": ""})
    (tree / "a/linked.yaml").symlink_to("../store/x.yaml")
    (tree / "a/dangling.yaml").symlink_to("gone.yaml")
    found = collect(["a"])
    assert paths(found) == ["a/linked.yaml"]
    assert found.not_checked == (("a/dangling.yaml", "a broken symlink"),)


@pytest.mark.parametrize("is_tracked", [False, True])
def test_a_file_outside_of_the_repository_is_not_read(tree: Path, is_tracked: bool) -> None:
    write(tree, {"outside.yaml": VM, "repo/inside.yaml": VM, "repo/a/x.yaml": VM})
    (tree / "repo/a/in.yaml").symlink_to("../inside.yaml")
    (tree / "repo/a/out.yaml").symlink_to("../../outside.yaml")
    (tree / "repo/a/kustomization.yaml").symlink_to("../../outside.yaml")
    commit(tree / "repo", {})
    reason = "a symlink to a file outside; pass that file to check it"
    found = collect(["repo/a"], Search(tracked=is_tracked))
    assert paths(found) == ["repo/a/in.yaml", "repo/a/x.yaml"]
    assert found.not_checked == (
        ("repo/a/kustomization.yaml", reason), ("repo/a/out.yaml", reason),
    )  # fmt: skip
    assert paths(collect(["repo/a/out.yaml"])) == ["repo/a/out.yaml"]


def test_links_that_lead_to_themselves_lead_nowhere(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM})
    (tree / "a/self").symlink_to("self")
    (tree / "a/self.yaml").symlink_to("self.yaml")
    (tree / "a/this").symlink_to("that")
    (tree / "a/that").symlink_to("this")
    found = collect(["a"])
    assert paths(found) == ["a/x.yaml"]
    assert found.not_checked == (("a/self.yaml", "a broken symlink"),)


def test_a_loop_of_links_ends(tree: Path) -> None:
    write(tree, {"a/b/x.yaml": VM})
    (tree / "a/b/up").symlink_to("..")
    (tree / "a/self").symlink_to(".")
    assert collect(["a"]) == collect(["a/b/.."])
    assert paths(collect(["a"])) == ["a/b/x.yaml"]
    assert collect(["a"]).not_checked == ()


def test_a_link_that_leads_elsewhere_is_listed(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM, "ab/y.yaml": VM})
    (tree / "a/out").symlink_to("../ab")
    found = collect(["a"])
    assert paths(found) == ["a/x.yaml"]
    assert [entry.file for entry in found.not_checked] == ["a/out"]


def test_what_is_no_regular_file_is_listed(tree: Path) -> None:
    write(tree, {"a/x.yaml": VM})
    os.mkfifo(tree / "a/pipe.yaml")
    assert collect(["a"]).not_checked == (("a/pipe.yaml", "not a regular file"),)


# --- the prefilter


def test_files_of_others_are_not_given_on(tree: Path) -> None:
    write(tree, {"vm.yaml": VM, "pvc.yaml": PVC, "deployment.yaml": OTHER})
    found = collect(["."])
    assert paths(found) == ["pvc.yaml", "vm.yaml"]
    assert found.examined == 3
    assert found.irrelevant == {str(tree / "deployment.yaml")}


def test_a_tree_without_anything_of_ours_gives_nothing(tree: Path) -> None:
    write(tree, {"pvc.yaml": PVC, "deployment.yaml": OTHER})
    found = collect(["."])
    other = frozenset({str(tree / "deployment.yaml")})
    assert found == Sources((), 2, (), locations=found.locations, irrelevant=other)


def test_a_file_that_is_named_is_read_for_its_own_sake(tree: Path) -> None:
    write(tree, {"pvc.yaml": PVC})
    assert paths(collect(["pvc.yaml"])) == ["pvc.yaml"]
    assert paths(collect(["-"], stdin=PVC.encode())) == [STDIN]
    assert paths(collect(["."])) == []


def test_what_was_read_is_not_read_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"vm.yaml": VM, "other.yaml": OTHER, "kustomization.yaml": "resources: [vm.yaml]\n"}
    write(tree, {**files, "new/pvc.yaml": PVC})
    opened: list[str] = []
    real_open = os.open

    def counted(path: str, *rest: int) -> int:
        opened.append(Path(path).name)
        return real_open(path, *rest)

    monkeypatch.setattr(os, "open", counted)
    readings = Readings()
    first = collect(["."], Search(exclude=(Scope(str(tree), ("new/",)),)), readings=readings)
    assert sorted(opened) == sorted(files)
    second = collect(["."], readings=readings)
    assert sorted(opened) == sorted([*files, "pvc.yaml"])
    assert [*paths(first), *paths(second)] == ["vm.yaml", "new/pvc.yaml", "vm.yaml"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be",
                                      "utf-32", "utf-32-be"])  # fmt: skip
def test_no_encoding_hides_a_marker(encoding: str) -> None:
    assert shows(VM.encode(encoding), Relevance.READ)
    assert shows(PVC.encode(encoding), Relevance.READ)
    assert not shows(OTHER.encode(encoding), Relevance.READ)


@pytest.mark.parametrize(
    "text",
    ["kind: VirtualMachineSnapshot", "apiVersion: snapshot.storage.k8s.io/v1",
     "apiVersion: storage.k8s.io/v1", "kind: Pod", '{"kind":"Pod"}', "name: kubevirt-config",
     "kind: DataVolume", "kind: StorageClass", "kind: VolumeSnapshotClass"],
)  # fmt: skip
def test_each_kind_that_is_read_has_a_marker(text: str) -> None:
    assert shows(text.encode(), Relevance.READ)


# --- kustomize


def test_patches_and_settings_are_no_objects(tree: Path) -> None:
    write(tree, {
        "kustomization.yaml": (
            "resources: [vm.yaml]\n"
            "patches: [{path: ./p1.yaml}, {patch: 'kind: x'}]\n"
            "patchesStrategicMerge:\n- p2.yaml\n- |-\n  kind: VirtualMachine\n"
            "patchesJson6902: [{path: p3.yaml, target: {kind: VirtualMachine}}]\n"
            "configurations: [c1.yaml]\ntransformers: [c2.yaml]\ngenerators: [c3.yaml]\n"
            "replacements: [{path: c4.yaml}]\n"
            "configMapGenerator: [{name: x, files: [c5.yaml, key=c6.yaml]}]\n"
            "helmCharts: [{name: x, valuesFile: c7.yaml, additionalValuesFiles: [c8.yaml]}]\n"
        ),
        "vm.yaml": VM, "plain.yaml": VM,
        **{f"p{n}.yaml": VM for n in range(1, 4)}, **{f"c{n}.yaml": VM for n in range(1, 9)},
    })  # fmt: skip
    found = collect(["."])
    assert roles(found) == {
        "vm.yaml": Role.MANIFEST,
        "plain.yaml": Role.MANIFEST,
        **{f"p{n}.yaml": Role.PATCH for n in range(1, 4)},
        **{f"c{n}.yaml": Role.CONFIG for n in range(1, 9)},
    }
    assert kustomized(found) == set(roles(found))


@pytest.mark.parametrize(
    ("field", "file"),
    [
        ("configMapGenerator: [{name: x, files: [key=a.yaml]}]", "a.yaml"),
        ("configMapGenerator: [{name: x, files: [a/key=a.yaml]}]", "a.yaml"),
        ("configMapGenerator: [{name: x, envs: [key=a.yaml]}]", "key=a.yaml"),
        ("secretGenerator: [{name: x, env: key=a.yaml}]", "key=a.yaml"),
        ("crds: [a.yaml]", "a.yaml"),
    ],
)
def test_a_key_stands_before_a_path_where_kustomize_reads_one(
    tree: Path, field: str, file: str
) -> None:
    """kubectl 1.33 (kustomize v5.6.0) cuts a key from entries of `files` alone."""
    write(tree, {"kustomization.yaml": f"{field}\n", "a.yaml": VM, "key=a.yaml": VM})
    configs = {name for name, role in roles(collect(["."])).items() if role is Role.CONFIG}
    assert configs == {file}


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_an_overlay_elsewhere_makes_a_patch(tree: Path, name: str) -> None:
    write(tree, {f"overlays/prod/{name}": "patches: [{path: ../../patches/vm.yaml}]\n",
                 "patches/vm.yaml": VM, "base/vm.yaml": VM})  # fmt: skip
    found = collect(["."])
    assert roles(found) == {"base/vm.yaml": Role.MANIFEST, "patches/vm.yaml": Role.PATCH}


def test_a_patch_named_alone_is_known_by_the_kustomization_beside_it(tree: Path) -> None:
    write(tree, {"hpp/kustomization.yaml": "namespace: x\npatchesStrategicMerge: [patch.yaml]\n",
                 "hpp/patch.yaml": VM})  # fmt: skip
    assert roles(collect(["hpp/patch.yaml"])) == {"hpp/patch.yaml": Role.PATCH}


def test_a_patch_named_alone_is_known_by_the_nearest_kustomization_above_it(tree: Path) -> None:
    write(tree, {"app/kustomization.yaml": "patches: [{path: patches/vm.yaml}]\n",
                 "app/patches/vm.yaml": VM, "app/patches/other.yaml": VM})  # fmt: skip
    assert roles(collect(["app/patches/vm.yaml", "app/patches/other.yaml"])) == {
        "app/patches/other.yaml": Role.MANIFEST, "app/patches/vm.yaml": Role.PATCH,
    }  # fmt: skip


def test_another_repository_above_a_named_file_is_not_looked_at(tree: Path) -> None:
    write(tree, {"app/kustomization.yaml": "patches: [{path: repo/vm.yaml}]\n",
                 "app/repo/.git/HEAD": "", "app/repo/vm.yaml": VM})  # fmt: skip
    assert roles(collect(["app/repo/vm.yaml"])) == {"app/repo/vm.yaml": Role.MANIFEST}


def test_what_lies_below_a_kustomization_is_built_by_it(tree: Path) -> None:
    write(tree, {"app/kustomization.yaml": "resources: [sub/vm.yaml]\n", "app/sub/vm.yaml": VM,
                 "plain/vm.yaml": VM, "apple/vm.yaml": VM})  # fmt: skip
    assert kustomized(collect(["."])) == {"app/sub/vm.yaml"}


def test_kustomizations_that_rename_are_given_on_and_never_as_manifests(tree: Path) -> None:
    write(tree, {"a/kustomization.yaml": "namePrefix: prod-\nresources: [vm.yaml]\n",
                 "b/kustomization.yaml": "resources: [vm.yaml]\n# kubevirt.io\n",
                 "a/vm.yaml": VM, "b/vm.yaml": VM})  # fmt: skip
    found = collect(["."])
    assert roles(found) == {
        "a/kustomization.yaml": Role.KUSTOMIZATION,
        "a/vm.yaml": Role.MANIFEST,
        "b/vm.yaml": Role.MANIFEST,
    }
    assert found.examined == 4


@pytest.mark.parametrize(
    "text",
    ["patches: {path: vm.yaml", "patches: 3", "patches: [3, null, {path: [x]}]\n",
     "- patches: vm.yaml", "patches: [{path: 3}]", "configurations: vm.yaml", "patches: vm.yaml"],
)  # fmt: skip
def test_a_broken_kustomization_breaks_nothing(tree: Path, text: str) -> None:
    write(tree, {"kustomization.yaml": text, "vm.yaml": VM})
    assert roles(collect(["."])) == {"vm.yaml": Role.MANIFEST}


# --- Helm


def test_templates_of_a_chart_know_their_chart(tree: Path) -> None:
    write(tree, {"charts/web/Chart.yaml": "name: web\n", "charts/web/values.yaml": VM,
                 "charts/web/values-prod.yaml": VM, "charts/web/crds/x.yaml": VM,
                 "charts/web/templates/vm.yaml": VM, "charts/web/templates/sub/vm.yaml": VM,
                 "templates/vm.yaml": VM})  # fmt: skip
    found = collect(["."])
    assert roles(found) == {
        "charts/web/crds/x.yaml": Role.MANIFEST,
        "charts/web/templates/sub/vm.yaml": Role.TEMPLATE,
        "charts/web/templates/vm.yaml": Role.TEMPLATE,
        "charts/web/values-prod.yaml": Role.CONFIG,
        "charts/web/values.yaml": Role.CONFIG,
        "templates/vm.yaml": Role.MANIFEST,
    }
    assert {file.chart for file in found.files if file.chart} == {"charts/web"}


@pytest.mark.parametrize("path", [".", "templates", "templates/vm.yaml"])
def test_a_chart_is_found_from_inside(tree: Path, path: str) -> None:
    write(tree, {"Chart.yaml": "name: web\n", "templates/vm.yaml": VM})
    (file,) = collect([path]).files
    assert (file.role, file.chart) == (Role.TEMPLATE, ".")


# --- the public corpus


@needs_shared
def test_partial_files_of_public_repositories_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHARED is not None
    monkeypatch.chdir(SHARED / "corpus")
    found = roles(collect(["."]))
    gitops = "cwilkers__kubevirt-gitops"
    assert found[f"{gitops}/hpp/storageclass-patch.yaml"] is Role.PATCH
    assert found[f"{gitops}/vms/overlays/kubernetes/fedora.yaml"] is Role.PATCH
    assert found[f"{gitops}/vms/base/fedora.yaml"] is Role.MANIFEST
    nodes = "yuanying__k8s-manifests-fraction"
    assert found[f"{nodes}/vms/base/namereference.yaml"] is Role.CONFIG
    assert found[f"{nodes}/targetd/storageclass.yaml"] is Role.PATCH
    chart = "validatedpatterns__edge-gitops-vms-chart"
    assert found[f"{chart}/templates/virtual-machines.yaml"] is Role.TEMPLATE
    assert roles(collect([f"{gitops}/hpp/storageclass-patch.yaml"])) == {
        f"{gitops}/hpp/storageclass-patch.yaml": Role.PATCH
    }


def test_files_with_config_maps_are_told_where_there_are_pointers(tmp_path: Path) -> None:
    texts = {
        "maps.yaml": "kind: ConfigMap\n",
        "patched/kustomization.yaml": "patches:\n- target: {kind: ConfigMap}\n",
        "other.yaml": "kind: Secret\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert collect([str(tmp_path)]).config_maps == frozenset()
    pointer = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
    (tmp_path / "release.yaml").write_text(pointer)
    known = {str(tmp_path / name) for name in texts if name != "other.yaml"}
    assert collect([str(tmp_path)]).config_maps == known
