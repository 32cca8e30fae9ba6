"""What plan says of a clone or an export, check says too: over the examples of all cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.expectations import run_of, settings_of
from vmsnap_lint import engine
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan

WORSE = {Verdict.FAILED, Verdict.PARTIAL, Verdict.REJECTED, Verdict.STUCK}
WITH_COPIES = [
    (rule_id, example)
    for rule_id in rule_ids()
    for example in (*catalog.rule(rule_id).bad, *catalog.rule(rule_id).good)
    if "kind: VirtualMachineClone" in example or "kind: VirtualMachineExport" in example
]


def plans_of(example: str) -> Iterator[ClonePlan | ExportPlan]:
    """The plans of the clones and exports of an example."""
    run = engine.plan(("-",), example.encode(), settings_of(example)._replace(allow_empty=True))
    yield from run.plans.clones
    yield from run.plans.exports


@pytest.mark.parametrize(("rule_id", "example"), WITH_COPIES)
def test_a_verdict_agrees_with_the_findings(rule_id: str, example: str) -> None:
    settings = settings_of(example)._replace(allow_empty=True)
    findings = run_of(example, settings).report.findings
    plans = list(plans_of(example))
    told = [finding for finding in findings if finding.severity >= Severity.WARNING]
    if any(plan.verdict in WORSE for plan in plans):
        assert told, rule_id
    is_template = "{{" in example or "${" in example
    if any(plan.verdict is Verdict.UNKNOWN for plan in plans) and not is_template:
        assert findings, rule_id
    errors = [it for it in told if it.severity is Severity.ERROR and it.rule == rule_id]
    if len(plans) == 1 and rule_id.startswith(("clone-", "export-")) and errors:
        assert plans[0].verdict is not Verdict.COMPLETE
