"""What the API server cannot decode never exists: plans know, with or without a whole cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import RBD, claim, pod, snap, snapshot_class, storage_class, vm, yaml_of
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.engine import PlanRun

OBJECTS = {
    "class": storage_class(),
    "snapshot class": snapshot_class(),
    "claim": claim(),
    "VM": vm(),
    "snapshot": snap(),
    "pod": pod("root", metadata={"labels": {"run": 20260801}}),
}
WHOLE = frozenset(("all",))


def _run(folder: Path, spoiled: str, old: str, new: str, complete: frozenset[str]) -> PlanRun:
    texts = {name: yaml_of(one) for name, one in OBJECTS.items()}
    assert old in texts[spoiled]
    texts[spoiled] = texts[spoiled].replace(old, new, 1)
    (folder / "all.yaml").write_text("---\n".join(texts.values()))
    return engine.plan((str(folder),), None, Settings(complete=complete))


SPOILED = {
    "a class whose provisioner is a number": ("class", f'"{RBD}"', "010", Verdict.PARTIAL),
    "a class with a parameter that is a number": (
        "class", '"provisioner"', '"parameters": {"pool": 7}, "provisioner"', Verdict.PARTIAL,
    ),
    "a snapshot class whose name is a boolean": (
        "snapshot class", '"snap"', "n", Verdict.PARTIAL,
    ),
    "a snapshot class with an annotation that is a boolean": (
        "snapshot class", '"snap"', '"snap", "annotations": {"x": yes}', Verdict.PARTIAL,
    ),
    "a claim whose class is a number": ("claim", '"fast"', "1e3", Verdict.STUCK),
    "a VM with a label that is a number": (
        "VM", '"web"', '"web", "labels": {"tier": 1}', Verdict.STUCK,
    ),
    "a VM whose running is text": (
        "VM", '"runStrategy": "Halted"', '"running": "no"', Verdict.STUCK,
    ),
    "a VM whose claim name is a number": (
        "VM", '"claimName": "root"', '"claimName": 7', Verdict.STUCK,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILED.values(), ids=SPOILED.keys())
def test_what_cannot_be_decoded_is_not_there(
    case: tuple[str, str, str, Verdict], tmp_path: Path
) -> None:
    spoiled, old, new, verdict = case
    run = _run(tmp_path, spoiled, old, new, WHOLE)
    assert [plan.verdict for plan in run.plans.snapshots] == [verdict]
    assert any("will be rejected" in skipped.reason for skipped in run.report.not_checked)


@pytest.mark.parametrize("case", SPOILED.values(), ids=SPOILED.keys())
def test_in_a_part_of_a_cluster_nothing_is_certain_for_it(
    case: tuple[str, str, str, Verdict], tmp_path: Path
) -> None:
    spoiled, old, new, _ = case
    run = _run(tmp_path, spoiled, old, new, frozenset())
    assert [plan.verdict for plan in run.plans.snapshots] == [Verdict.UNKNOWN]


def test_a_pod_that_cannot_be_decoded_mounts_nothing(tmp_path: Path) -> None:
    run = _run(tmp_path, "pod", "20260801", "20260801", WHOLE)
    assert [plan.verdict for plan in run.plans.snapshots] == [Verdict.COMPLETE]


def test_a_pod_with_the_same_label_as_text_blocks(tmp_path: Path) -> None:
    run = _run(tmp_path, "pod", "20260801", '"20260801"', WHOLE)
    assert [plan.verdict for plan in run.plans.snapshots] == [Verdict.STUCK]


def test_a_snapshot_that_cannot_be_decoded_is_rejected(tmp_path: Path) -> None:
    run = _run(tmp_path, "snapshot", '"nightly"', '"nightly", "labels": {"n": 1}', WHOLE)
    assert [plan.verdict for plan in run.plans.snapshots] == [Verdict.REJECTED]
