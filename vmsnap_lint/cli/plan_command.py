"""The verb `plan`: what each snapshot would hold becomes a tree or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.cli import console
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.report import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.cli.command_options import PlanArguments
    from vmsnap_lint.document import Source
    from vmsnap_lint.engine import PlanRun

__all__ = ["plan"]

_NOTHING = "no VirtualMachineSnapshot in the input"


def plan(options: PlanArguments) -> int:
    """Shows the plan of every snapshot and restore; 1 when a broken manifest may hide some."""
    stdin = console.read_stdin(options.paths, options.settings.allow_empty)
    settings = options.settings._replace(tool_path=console.search_path())
    run = engine.plan(options.paths, stdin, settings)
    broken = sorted(_broken(run.sources.values()))
    skipped = [*broken, *run.report.not_checked]
    console.write(_drawn(run, options, skipped))
    if options.format != "json" and not options.voice.quiet:
        console.note(_notes(run, options, skipped))
    return int(bool(broken))


def _drawn(run: PlanRun, options: PlanArguments, skipped: Sequence[NotChecked]) -> Iterator[str]:
    if options.format == "json":
        from vmsnap_lint.report.plans import plan_json  # one of two

        machines = run.machines if options.settings.all_vms else None
        return plan_json.render(run.snapshots, machines, skipped, run.restores)
    from vmsnap_lint.report.plans import plan_tree  # one of two

    look = plan_tree.Look(console.colored(options.voice.color), console.unicode())
    return plan_tree.render(run.snapshots, run.machines, look, run.restores)


def _notes(run: PlanRun, options: PlanArguments, skipped: Sequence[NotChecked]) -> Iterator[str]:
    yield from summary.not_checked(skipped, options.voice.verbose)
    if not run.snapshots and not run.restores:
        yield _NOTHING if options.settings.all_vms else f"{_NOTHING}; --all-vms shows every VM"


def _broken(sources: Iterable[Source]) -> Iterator[NotChecked]:
    """The manifests of ours that Kubernetes would not take, where a lint has findings."""
    for source in sources:
        for fault in source.faults:
            if fault.ours:
                yield NotChecked(source.file, f"line {fault.span.line}: {fault.message}")
