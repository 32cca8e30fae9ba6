"""What a run says of policies for objects that are built of the same lines, and for none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_policies import TREE, lint, tree
from tests.files import write
from vmsnap_lint import cli

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("cel_expr_python")

__all__ = ["tree"]  # the fixture
POLICY = """\
policies:
  - {id: gold, match: {labels: {tier: gold}}, require: "false", message: keep it}
"""
CHART = TREE["db.yaml"].partition("---")[0].replace("name: db\n", "name: vm-{{ . }}\n")


@pytest.mark.skipif(shutil.which("helm") is None, reason="helm is not installed")
def test_objects_of_the_same_lines_are_named(tree: Path) -> None:
    (tree / "db.yaml").unlink()
    files = {
        "Chart.yaml": "apiVersion: v2\nname: fleet\nversion: 0.1.0\n",
        "values.yaml": "vms: [a, b]\n",
        "templates/vm.yaml": f"{{{{- range .Values.vms }}}}\n---\n{CHART}{{{{- end }}}}\n",
        ".vmsnap-lint.yaml": POLICY,
    }
    write(tree, files)
    at = "templates/vm.yaml:6:9: error[policy/gold] keep it"
    assert lint("--format=concise", "-v").stdout.splitlines() == [
        f'{at} (VirtualMachine "vm-{name}" in namespace "prod")' for name in "ab"
    ]
    write(tree, {"values.yaml": "vms: [a]\n"})
    assert lint("--format=concise").stdout == f"{at}\n"


def test_a_run_names_policies_that_match_nothing(tree: Path) -> None:
    write(tree, {".vmsnap-lint.yaml": POLICY.replace("tier: gold", "teir: gold")})
    ran = lint()
    assert ran.returncode == cli.CLEAN
    assert '"policy/gold" matches no object of its kinds\n' in ran.stderr
    assert "matches no object" not in lint("--quiet").stderr
    two = "  - {id: none, match: {namespaces: [other]}, require: 'true'}\n"
    write(tree, {".vmsnap-lint.yaml": POLICY.replace("tier: gold", "teir: gold") + two})
    assert '"policy/gold", "policy/none" match no object of their kinds\n' in lint().stderr
