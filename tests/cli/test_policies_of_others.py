"""A run that does not have a policy does not take what names it for a mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_policies import GOLD, LABELLED, TREE, lint, tree
from tests.files import write
from vmsnap_lint import cli

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("cel_expr_python")

__all__ = ["tree"]  # the fixture
FILE = f"# vmsnap-lint: ignore-file[{LABELLED}] by design\n" + TREE["db.yaml"].replace(
    "name: db\n", f'name: db\n  annotations: {{vmsnap-lint/ignore: "{GOLD}: soon"}}\n', 1
)
OTHERS = "policies: [{id: theirs, require: 'true'}]\n"


@pytest.mark.parametrize("text", ["", "policies: []\n", "severity: {name-invalid: info}\n"])
def test_a_run_without_policies_does_not_judge_their_suppressions(tree: Path, text: str) -> None:
    write(tree, {"db.yaml": FILE, "other.yaml": text})
    ran = lint("--config=other.yaml", "--format=concise")
    assert (ran.returncode, ran.stdout) == (cli.CLEAN, "")
    assert lint("--config=none", "--fix", "--unsafe-fixes").returncode == cli.CLEAN
    assert (tree / "db.yaml").read_text() == FILE


def test_one_with_other_policies_tells_and_leaves_them(tree: Path) -> None:
    write(tree, {"db.yaml": FILE, "other.yaml": OTHERS})
    ran = lint("--config=other.yaml", "--format=concise", "--fix")
    told = f'warning[suppression-unknown-rule] no policy "{LABELLED}" in the configuration\n'
    assert told in ran.stdout
    assert ran.stdout.count("suppression-unknown-rule") == 2
    assert (tree / "db.yaml").read_text() == FILE
    lint("--config=other.yaml", "--fix", "--unsafe-fixes")
    assert "vmsnap-lint" not in (tree / "db.yaml").read_text()


def test_the_id_of_a_policy_is_not_its_rule(tree: Path) -> None:
    write(tree, {"db.yaml": FILE.replace(GOLD, "gold-is-complete")})
    assert f'no rule "gold-is-complete" (did you mean "{GOLD}"?)' in lint().stdout
    lint("--fix", "--unsafe-fixes")
    assert (tree / "db.yaml").read_text() == FILE


def test_a_baseline_keeps_their_entries(tree: Path) -> None:
    lint("--write-baseline=accepted.json")
    write(tree, {"other.yaml": OTHERS})
    for name in ("none", "other.yaml"):
        ran = lint("--baseline=accepted.json", f"--config={name}", "--format=json")
        assert json.loads(ran.stdout)["stale"] == []


def test_a_baseline_keeps_entries_that_are_not_verified(tree: Path) -> None:
    lint("--write-baseline=accepted.json")
    (tree / "classes.yaml").unlink()
    ran = lint("--baseline=accepted.json", "--format=json")
    assert json.loads(ran.stdout)["stale"] == []
    write(tree, {**TREE, "db.yaml": TREE["db.yaml"].replace("tier: gold", "tier: tin")})
    ran = lint("--baseline=accepted.json", "--format=json")
    assert [each["rule"] for each in json.loads(ran.stdout)["stale"]] == [GOLD]


def test_a_run_without_policies_may_leave_out_those_of_another(tree: Path) -> None:
    assert lint("--config=none", "--ignore", GOLD).returncode == cli.CLEAN
    (tree / "other.yaml").write_text(OTHERS)
    assert lint("--config=other.yaml", "--ignore", GOLD).returncode == cli.USAGE
