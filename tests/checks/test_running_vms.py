"""The run state is judged only of VMs that a snapshot names."""

from __future__ import annotations

from tests.builders import restore, snap, vm, vmi, yaml_of
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core import releases

RUN_STATE = {
    "halted-but-vmi-exists", "no-agent-evidence", "run-state-undecidable", "running-vm-refused",
    "source-vm-running",
}  # fmt: skip


def _rules(*objects: dict[str, object], kubevirt: str = "1.9", all_vms: bool = False) -> set[str]:
    settings = Settings(all_vms=all_vms, kubevirt=releases.resolve(kubevirt))
    report = engine.lint(("-",), yaml_of(*objects).encode(), settings).report
    return {finding.rule for finding in report.findings} & RUN_STATE


def test_all_vms_adds_no_run_state() -> None:
    for machine in (vm(strategy="Always"), vm(strategy="RerunOnFailure"), vm(running=True)):
        for release in ("0.40", "1.3", "1.9"):
            assert _rules(machine, vmi(), kubevirt=release, all_vms=True) == set()


def test_a_snapshot_that_names_the_vm_does() -> None:
    running = vm(strategy="Always")
    assert _rules(running, snap()) == {"source-vm-running"}
    assert _rules(running, snap(), all_vms=True) == {"source-vm-running"}
    assert _rules(running, snap(), kubevirt="0.40") == {"running-vm-refused"}
    assert _rules(vm(strategy="RerunOnFailure"), snap()) == {"run-state-undecidable"}
    assert _rules(vm(), vmi(), snap()) == {"halted-but-vmi-exists", "no-agent-evidence"}


def test_only_the_vm_that_is_named_counts() -> None:
    named, other = vm(name="web"), vm(name="db", strategy="Always")
    assert _rules(named, other, snap(), all_vms=True) == set()


def test_a_target_that_may_run_is_not_said_to() -> None:
    settings = Settings(kubevirt=releases.resolve("1.3"))
    told = []
    for strategy in ("Manual", "Always"):
        objects = vm(strategy=strategy), snap(), restore()
        report = engine.lint(("-",), yaml_of(*objects).encode(), settings).report
        told += [it.message for it in report.findings if it.rule == "restore-target-running"]
    result = "the restore is rejected unless runStrategy is Halted"
    assert told == [
        f'target VirtualMachine "web" may run, as it has runStrategy Manual: {result}',
        f'target VirtualMachine "web" is expected to run (runStrategy Always): {result}',
    ]
