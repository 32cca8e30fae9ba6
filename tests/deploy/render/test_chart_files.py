"""helm sees the files of a chart, and nothing that they lead to outside of the project."""

from __future__ import annotations

import gzip
import http.server
import io
import os
import tarfile
import threading
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.deploy.render.chart_files import is_self_contained

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
TOKEN = "canary-77aa"
SHOWS = f'{SNAPSHOT}  failureDeadline: {{{{ .Files.Get "files/x" | quote }}}}\n'
DRAFT = "http://json-schema.org/draft-07/schema#"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a chart that prints a file; beside it is one that nothing may read."""
    work = tmp_path / "repository"
    (work / ".git").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_text(TOKEN)
    (tmp_path / "out" / "x.json").write_text(f'{{"enum": ["{TOKEN}"]}}')
    write(work, {
        "web/Chart.yaml": CHART, "web/files/y": "1h", "web/templates/vm.yaml": VM,
        "web/templates/snapshot.yaml": SHOWS, "web/values.yaml": "a: b\n",
    })  # fmt: skip
    monkeypatch.chdir(work)
    return work


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("files/x", "../../../out/x"), ("files/x", "{top}/out/x"), ("files", "../../out"),
        ("templates/x.yaml", "../../../out/x"), ("files/x", "/dev/zero"), ("files/x", "gone"),
        ("files/x", "../../.git/config"), ("files/x", ".."), ("charts", "../../out"),
        ("values.yaml", "../../out/x"),
    ],
)  # fmt: skip
def test_a_chart_with_a_link_that_leads_out_is_not_rendered(
    tree: Path, tools: str, link: str, target: str
) -> None:
    (tree / ".git" / "config").write_text(TOKEN)
    path = tree / "web" / link
    if path.is_dir():
        (path / "y").unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    path.symlink_to(target.replace("{top}", str(tree.parent)))
    report = lint(tools, ".")
    assert (findings_at(report), TOKEN in repr(report)) == ([], False)
    assert f'"{link}"' in not_checked(report)["web"]
    assert ("web/Chart.yaml", 1, "render-failed") in findings_at(lint(tools, render="require"))


def test_metadata_that_are_a_link_are_not_read(tree: Path, tools: str) -> None:
    (tree / "web" / "Chart.yaml").unlink()
    (tree.parent / "out" / "Chart.yaml").write_text(f"{CHART}description: {TOKEN}\n")
    (tree / "web" / "Chart.yaml").symlink_to("../../out/Chart.yaml")
    report = lint(tools, render="require")
    assert (findings_at(report), TOKEN in repr(report)) == ([], False)
    assert "web" in not_checked(report)


def test_a_template_that_is_a_link_belongs_to_the_chart_it_is_in(tree: Path, tools: str) -> None:
    other = tree.parent / "other"
    write(other, {"Chart.yaml": CHART, "templates/s.yaml": SHOWS, "files/x": TOKEN})
    (tree / "web" / "templates" / "s.yaml").symlink_to(other / "templates" / "s.yaml")
    assert TOKEN not in repr(lint(tools))


@pytest.mark.parametrize("render", ["auto", "require"])
def test_a_chart_cannot_say_that_it_comes_from_elsewhere(
    tree: Path, tools: str, render: str
) -> None:
    """Neither by a comment in its output, nor in an error: places show the lines of files."""
    (tree.parent / "out" / "x.yaml").write_text(f"# {TOKEN}\n" + SNAPSHOT)
    source = "# Source: web/../../out/x.yaml\n"
    write(tree, {
        "web/templates/snapshot.yaml": f"---\n{source}{SNAPSHOT}  failureDeadline: 5x\n",
        "bad/Chart.yaml": CHART, "bad/templates/snapshot.yaml":
        f"{{{{ if true }}}}{SNAPSHOT}{{{{ fail \"(web/../../out/x.yaml:1)\" }}}}{{{{ end }}}}\n",
    })  # fmt: skip
    report = lint(tools, render=render)
    assert ("web/Chart.yaml", 1, "failure-deadline-invalid") in findings_at(report)
    assert {file.partition("/")[0] for file, _, _ in findings_at(report)} <= {"web", "bad"}


def test_a_pipe_in_a_chart_is_not_opened(tree: Path, tools: str) -> None:
    os.mkfifo(tree / "web" / "files" / "x")
    assert '"files/x" is no regular file' in not_checked(lint(tools))["web"]


def test_links_within_the_repository_are_followed(tree: Path, tools: str) -> None:
    write(tree, {"common/x": "5x", "library/templates/t.yaml": SNAPSHOT.replace("nightly", "t")})
    write(tree, {"library/Chart.yaml": CHART.replace("web", "library")})
    (tree / "web" / "charts").mkdir()
    (tree / "web" / "charts" / "library").symlink_to("../../library")
    (tree / "web" / "files" / "x").symlink_to("../../common/x")
    report = lint(tools, "web")
    assert findings_at(report) == [("web/templates/snapshot.yaml", 10, "failure-deadline-invalid")]
    assert (report.snapshots, "web" in not_checked(report)) == (2, False)


def test_the_data_of_git_are_no_files_of_a_chart(tree: Path, tools: str) -> None:
    """A checkout in CI may keep its credentials there."""
    get = SHOWS.replace("files/x", ".git/config")
    write(tree, {".git/config": TOKEN, "Chart.yaml": CHART, "templates/s.yaml": get})
    assert TOKEN not in repr(lint(tools))


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and the paths that were asked of it."""
    asked: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize(
    "schema",
    [
        '{"$ref": "file://{top}/out/x.json"}',
        '{"properties": {"a": {"$ref": "{url}/x.json"}}}',
        '{"$id": "{url}/y.json", "$ref": "x.json"}',
        '{"$schema": "{url}/x.json"}',
        '{"allOf": [{"\\u0024ref": "{url}/x.json"}]}',
        '{"$ref": "#/definitions/a", "$ref": "{url}/x.json"}',
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicRef": "{url}/x"}',
    ],
)
@pytest.mark.parametrize("name", ["values.schema.json", "charts/sub/values.schema.json"])
def test_a_schema_reads_nothing_from_elsewhere(
    tree: Path, tools: str, requests: tuple[str, list[str]], schema: str, name: str
) -> None:
    """The values are not validated then, which is told."""
    url, asked = requests
    written = schema.replace("{top}", str(tree.parent)).replace("{url}", url)
    write(tree, {f"web/{name}": written, "web/files/x": "5x"})
    write(tree, {"web/charts/sub/Chart.yaml": CHART.replace("web", "sub")})
    report = lint(tools)
    assert (asked, TOKEN in repr(report)) == ([], False)
    assert "not validated" in not_checked(report)["web"]
    assert [rule for _, _, rule in findings_at(report)] == ["failure-deadline-invalid"]


def test_other_schemas_validate(tree: Path, tools: str) -> None:
    schema = f'{{"$schema": "{DRAFT}", "$ref": "#/x", "x": {{"required": ["size"]}}}}'
    write(tree, {"web/values.schema.json": schema})
    assert "size" in not_checked(lint(tools))["web"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{}", True), ('{"$ref": "#"}', True), ('{"$ref": 1}', False), ("[", False),
        ('{"$schema": 1}', False), ("[" * 100_000, False), ('{"a": [{"$ref": "x"}]}', False),
        (f'{{"$schema": "{DRAFT}"}}', True), (f'{{"$schema": "{DRAFT}x"}}', False),
        (" " * 2_000_000, False), (b"\xff", False),
    ],
)  # fmt: skip
def test_what_a_schema_refers_to(tmp_path: Path, schema: str | bytes, expected: bool) -> None:
    write(tmp_path, {"values.schema.json": schema})
    assert is_self_contained([str(tmp_path / "values.schema.json")]) is expected


@pytest.mark.parametrize(
    ("names", "expected"), [(("sub/Chart.yaml",), True), (("sub/values.schema.json",), False),
                            (("sub/charts/b.tgz",), False)],
)  # fmt: skip
def test_a_packed_chart_with_a_schema_counts_as_leading_out(
    tmp_path: Path, names: tuple[str, ...], expected: bool
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    write(tmp_path, {"charts/sub.tgz": packed.getvalue(), "files/x.tgz": b"?"})
    assert is_self_contained([str(tmp_path / "charts/sub.tgz")]) is expected
    assert is_self_contained([str(tmp_path / "files/x.tgz")])


@pytest.mark.parametrize("data", [b"no archive", b"", gzip.compress(bytes(70 * 2**20))])
def test_a_packed_chart_that_cannot_be_looked_into_counts_as_well(
    tmp_path: Path, data: bytes
) -> None:
    write(tmp_path, {"charts/sub.tgz": data or gzip.compress(b"x")[:-4]})
    assert not is_self_contained([str(tmp_path / "charts/sub.tgz")])


def test_values_are_regular_files(tree: Path, tools: str) -> None:
    report = lint(tools, helm_values=("/dev/zero",))
    assert findings_at(report) == [("web/Chart.yaml", 1, "render-failed")]
    assert "no regular file" in not_checked(report)["web"]


def test_an_error_in_values_names_their_file(tree: Path, tools: str) -> None:
    write(tree, {"prod.yaml": "a: [\n"})
    (failed,) = lint(tools, helm_values=("prod.yaml", "web/values.yaml", "prod.yaml")).findings
    assert f"{tree}/prod.yaml" in failed.message
    assert "vmsnap-lint-" not in failed.message
