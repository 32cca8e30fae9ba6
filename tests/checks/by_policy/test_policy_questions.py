"""What policies ask a process is bounded, whatever the objects hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import in_namespace, vm, world
from tests.checks.by_policy.judging import judged, policy
from vmsnap_lint.checks.by_policy import policy_answers, policy_questions
from vmsnap_lint.checks.by_policy.policy_findings import judged_by_policies
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.deploy.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

pytest.importorskip("cel_expr_python")

NOTED = {"annotations": {"a": "x" * 9_000}}


def test_what_is_sent_to_a_process_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    real = cel_process.answered

    def answered(lines: Sequence[str], seconds: float) -> Any:
        sent.append(sum(map(len, lines)))
        return real(lines, seconds)

    monkeypatch.setattr(cel_process, "answered", answered)
    monkeypatch.setattr(policy_answers, "_MOST_OF_PROCESS", 40_000)
    monkeypatch.setattr(policy_questions, "_MOST_OF_LINE", 20_000)
    seen = world(in_namespace("prod", *(vm(name=f"m{at}", metadata=NOTED) for at in range(9))))
    unit = Unit(("",), tuple(seen.workspace.of(Kind("kubevirt.io", "VirtualMachine"))), ())
    several = [policy("size(vm.annotations) == 2")._replace(id=f"p{at}") for at in range(3)]
    found = judged_by_policies(several, [unit], [seen])
    assert len(found.problems) == 27
    assert len(sent) > 2
    assert max(sent) < 80_000


def test_values_that_are_too_large_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_answers, "MOST_OF_ASK", 5_000)
    found = judged(policy("has(vm.annotations.b)"), vm(), vm(name="large", metadata=NOTED))
    assert found.unmet == ["web"]
    assert found.unknown["large"].startswith("not evaluated, as what it reads has more than")
    assert judged(policy("vm.name == ''"), vm(name="large", metadata=NOTED)).unmet == ["large"]


def test_the_time_of_all_policies_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_answers, "_SECONDS", -1.0)
    found = judged(policy("true"), vm())
    assert found.unknown == {"web": "not evaluated, as all policies took longer than 90 seconds"}
