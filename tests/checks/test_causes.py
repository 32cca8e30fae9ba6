"""Every cause that the analysis yields is reported by one rule, and by no other name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import ROOT
from vmsnap_lint.checks import all_checks, causes
from vmsnap_lint.checks.causes import RULE_OF
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.copies.backup_cause import BackupCause
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.copies.export_cause import ExportCause
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from pathlib import Path

# Causes that the rule's function asks for, as it joins those of one VM or cluster.
ASKED_FOR = {
    SnapshotCause.CLAIM_HELD, SnapshotCause.GATE_OFF,
    SnapshotCause.SOURCE_OF_PLACEHOLDER, SnapshotCause.SOURCE_OF_POOL,
    SnapshotCause.STATE_OF_PREFERENCE_UNVERIFIED, SnapshotCause.VM_BUSY,
}  # fmt: skip
OF_SNAPSHOT = {
    SnapshotCause.DEADLINE_PASSED, SnapshotCause.NOT_LOCKED, SnapshotCause.SOURCE_ELSEWHERE,
    SnapshotCause.SOURCE_IS_POOL, SnapshotCause.SOURCE_MISSING, SnapshotCause.SOURCE_UNVERIFIED,
}  # fmt: skip
OF_EVIDENCE = {
    SnapshotCause.CHAIN_BROKEN, SnapshotCause.FAILED, SnapshotCause.MARKED_PARTIAL,
    SnapshotCause.NOT_READY,
    *(cause for cause in SnapshotCause if cause.name.startswith(("CONTENT_", "VOLUME_"))),
}  # fmt: skip
OF_VM = {*SnapshotCause} - OF_SNAPSHOT - OF_EVIDENCE - ASKED_FOR - {SnapshotCause.PAUSED}
# What each source of causes may yield.
YIELDS = {
    causes.blockers: {*RestoreCause},
    causes.copy_blockers: {*BackupCause, *CloneCause, *ExportCause},
    causes.rejections: {*RejectionCause, *SchemaFault},
    causes.class_causes: {cause for cause in StorageCause if cause.value.of_class},
    causes.evidence_causes: OF_EVIDENCE,
    causes.snapshot_causes: OF_SNAPSHOT,
    causes.vm_causes: OF_VM,
    causes.vmi_causes: {SnapshotCause.PAUSED},
    causes.volume_causes: {cause for cause in StorageCause if not cause.value.of_class},
}
# Rules whose function asks for the cause itself, or finds it where the cause comes from.
BY_FUNCTION = {
    "backend-state-class", "claim-shared", "datavolume-invalid", "datavolume-source-in-use",
    "datavolume-source-missing", "dvtemplate-unused", "feature-gate-off", "flattened-indentation",
    "hotplug-not-in-spec", "instancetype-missing", "needed-class-deleted",
    "reference-unverified", "run-state-missing",
    "run-strategy-unknown", "running-and-strategy", "snapshot-gate-off", "unrendered-template",
    "vm-busy", "vm-volume-unsnapshottable", "volume-list-invalid",
}  # fmt: skip
BELOW = [
    path
    for room in ("core", "document", "objects", "schema", "kubevirt")
    for path in sorted((ROOT / "vmsnap_lint" / room).rglob("*.py"))
]


def test_every_cause_has_its_rule() -> None:
    assert set(RULE_OF) == ASKED_FOR.union(*YIELDS.values()), "RULE_OF in checks/causes.py"


def test_a_cause_without_a_rule_says_where_its_line_is_missing() -> None:
    new: Any = "StorageCause.NEW"
    with pytest.raises(DefectError, match=r"NEW.*: RULE_OF in checks/causes\.py needs its line"):
        causes.rows((VM,), causes.volume_causes, [new])


def test_every_rule_of_a_cause_has_its_card() -> None:
    assert set(RULE_OF.values()) <= set(rule_ids())


@pytest.mark.parametrize("rule_id", sorted(set(RULE_OF.values())))
def test_a_rule_asks_the_sources_of_its_causes(rule_id: str) -> None:
    mine = {cause for cause, rule in RULE_OF.items() if rule == rule_id}
    sources = {source for source, yields in YIELDS.items() if mine & yields}
    check = all_checks()[rule_id]
    assert set(check.sources) == (set() if rule_id in BY_FUNCTION else sources)


def test_no_other_rule_asks_a_source() -> None:
    asking = {rule_id for rule_id, check in all_checks().items() if check.sources}
    assert asking == set(RULE_OF.values()) - BY_FUNCTION


@pytest.mark.parametrize("path", BELOW, ids=[str(path.relative_to(ROOT)) for path in BELOW])
def test_no_rule_is_named_below_the_checks(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_bytes()))
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    assert [value for value in values if value in rule_ids()] == []
