"""The list of rules begins with what most readers look for, and has all of them."""

from __future__ import annotations

import re

from handbook.rule_table import rule_table
from tests.shared import ROOT


def test_each_rule_is_listed_once_and_the_source_of_a_snapshot_first() -> None:
    table = rule_table()
    listed = re.findall(r"\(([a-z0-9-]+)\.md\)", table)
    assert sorted(listed) == sorted(card.stem for card in (ROOT / "rules").glob("*.yaml"))
    assert table.startswith("## The source of a snapshot: group, kind, name and namespace\n")
    order = [listed.index(rule) for rule in ("source-vm-missing", "non-csi-provisioner")]
    assert order == sorted(order)
    assert listed.index("suppression-unused") > listed.index("yaml-invalid")
