"""The flags that hide findings, or show them in spite of that, as they are called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import SNAPSHOT, lint, mistake
from vmsnap_lint import cli

if TYPE_CHECKING:
    from pathlib import Path

RULE = "--select=source-vm-missing,suppression-expired,suppression-unused"
MACHINE = """\
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec: {runStrategy: Halted, template: {spec: {domain: {devices: {}}}}}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with one fault: its snapshot names a VM that does not exist."""
    folder = tmp_path / "tree"
    folder.mkdir()
    _write(folder)
    return folder


def _write(folder: Path, name: str = "wbe", head: str = "") -> None:
    (folder / "all.yaml").write_text(head + SNAPSHOT.format(source=name) + MACHINE)


def test_a_comment_makes_a_run_clean_and_the_flag_brings_it_back(tree: Path) -> None:
    _write(tree, "wbe  # vmsnap-lint: ignore[source-vm-missing] by hand")
    clean = lint(RULE, tree)
    assert (clean.returncode, clean.stdout) == (cli.CLEAN, "")
    assert "\nhidden: 1 suppressed in the manifests\nno other findings in" in clean.stderr
    assert lint(RULE, "-q", tree).stderr == ""
    (hidden,) = json.loads(lint(RULE, "--format=json", tree).stdout)["suppressed"]
    assert (hidden["rule"], hidden["kind"], hidden["reason"]) == (
        "source-vm-missing", "inSource", "by hand",
    )  # fmt: skip
    assert lint(RULE, "--no-suppressions", tree).returncode == cli.FINDINGS


def test_the_program_knows_what_day_it_is(tree: Path) -> None:
    _write(tree, "wbe  # vmsnap-lint: ignore[source-vm-missing] until=2025-01-01")
    over = lint(RULE, "--format=concise", tree)
    assert over.returncode == cli.FINDINGS
    assert "warning[suppression-expired] this expired on 2025-01-01" in over.stdout
    _write(tree, "wbe  # vmsnap-lint: ignore[source-vm-missing] until=2999-01-01")
    assert lint(RULE, tree).returncode == cli.CLEAN


def test_a_dead_suppression_is_a_warning(tree: Path) -> None:
    _write(tree, "web  # vmsnap-lint: ignore[source-vm-missing]")
    assert "warning[suppression-unused]" in lint(RULE, tree).stdout
    assert lint(RULE, "--fail-on=warning", tree).returncode == cli.FINDINGS
    assert lint("--select=suppression-unused", tree).stdout == ""


def test_a_baseline_is_written_and_then_hides_what_is_in_it(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    written = lint(RULE, tree, "--write-baseline", file)
    assert (written.returncode, written.stdout) == (cli.CLEAN, "")
    assert f"\n1 finding accepted in {file}, of 1 file (2 objects, " in written.stderr
    assert [one["rule"] for one in json.loads(file.read_text())["findings"]] == [
        "source-vm-missing"
    ]
    assert lint(RULE, tree).returncode == cli.FINDINGS
    known = lint(RULE, tree, "--baseline", file)
    assert (known.returncode, known.stdout) == (cli.CLEAN, "")
    assert known.stderr.splitlines()[-2] == f"hidden: 1 accepted by the baseline {file}"
    assert known.stderr.splitlines()[-1].startswith("no other findings in 1 file (2 objects, ")
    _write(tree, head="\n\n# moved\n")
    assert lint(RULE, tree, "--baseline", file).returncode == cli.CLEAN
    _write(tree, name="wxx\n---\n" + SNAPSHOT.format(source="nowhere").replace("nightly", "weekly"))
    assert lint(RULE, tree, "--baseline", file).stdout.count("error[") == 1


def test_stale_entries_are_reported_and_written_anew_they_are_gone(
    tree: Path, tmp_path: Path
) -> None:
    file = tmp_path / "baseline.json"
    lint(RULE, tree, "--write-baseline", file)
    _write(tree, name="web")
    ran = lint(RULE, tree, "--baseline", file)
    assert ran.returncode == cli.CLEAN
    assert "unused baseline entries: 1 (--verbose lists them)" in ran.stderr
    listed = lint(RULE, "-v", tree, "--baseline", file).stderr
    assert "all.yaml: source-vm-missing: no VirtualMachine" in listed
    (entry,) = json.loads(lint(RULE, "--format=json", tree, "--baseline", file).stdout)["stale"]
    assert entry["rule"] == "source-vm-missing"
    assert "stale" not in lint(RULE, "-q", tree, "--baseline", file).stderr
    again = lint(RULE, tree, "--baseline", file, "--write-baseline", file)
    assert (again.returncode, json.loads(file.read_text())["findings"]) == (cli.CLEAN, [])


def test_a_baseline_that_cannot_be_used_is_a_mistake(tree: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": 7, "findings": []}')
    assert mistake(tree, "--baseline", broken).startswith(
        f'"{broken}" is not a baseline: its version is 7'
    )
    assert mistake(tree, "--baseline", tmp_path / "no.json").startswith("no baseline")
    assert mistake(tree, "--write-baseline", tmp_path).startswith("cannot write the baseline")
