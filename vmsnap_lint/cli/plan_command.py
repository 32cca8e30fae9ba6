"""The command `plan`: writes the plans of snapshots, restores, clones and exports."""

from __future__ import annotations

import re

from vmsnap_lint import engine
from vmsnap_lint.cli import USAGE, console, outputs
from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, of_kind
from vmsnap_lint.document import FaultKind
from vmsnap_lint.report import plans, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Fault, Source

__all__ = ["run"]

_NOTHING = "no VirtualMachineSnapshot, restore, clone or export in the input"


def run(command: Command) -> int:
    """Writes all plans; returns 1 if invalid manifests may hide some, else 0.

    It is 2 where a part of the input could not be read.

    Raises UsageError if the input cannot be used.
    """
    if command.settings.stdin_filename:
        from vmsnap_lint.cli import stdin_file  # for editors

        return stdin_file.run(command, _run)
    settings = command.settings
    return _run(command, console.read_stdin(command.arguments, settings.allow_empty))


def _run(command: Command, stdin: bytes | None) -> int:
    settings, paths = command.settings, command.arguments
    outputs.check(settings, plans.BY_NAME)
    plans.check((settings.plan_format, *(each.format for each in settings.output)))
    console.watched(settings)
    planned = engine.plan(paths, stdin, console.prepared(settings))
    stages.enter("writing the result")
    broken = dict(sorted(_broken(planned.sources.values())))
    results = planned.plans._replace(not_checked=(*broken, *planned.report.not_checked))
    look = outputs.look(settings)
    console.write(plans.render(settings.plan_format, results, look))
    outputs.write(settings.output, lambda name: plans.render(name, results, outputs.PLAIN))
    if not (settings.quiet or plans.BY_NAME[settings.plan_format].complete):
        console.write_notes(_notes(results, planned.report, settings.verbose))
    if planned.report.unread:
        console.write_errors(summary.unread(planned.report.unread))
        return USAGE
    return int(any(broken.values()))


def _notes(results: plans.Plans, report: Report, verbose: bool) -> Iterator[str]:
    yield from summary.not_checked(results.not_checked, verbose)
    yield from summary.judged_for(report.judged)
    if not any((results.snapshots, results.restores, results.clones, results.exports)):
        yield _NOTHING if results.vms is not None else f"{_NOTHING}; --all-vms shows every VM"


def _broken(sources: Iterable[Source]) -> Iterator[tuple[NotChecked, bool]]:
    """The manifests in scope that Kubernetes rejects, for which a lint has findings.

    Each with whether a plan may depend on it.
    """
    for source in sources:
        for fault in source.faults:
            if fault.ours and not _is_passed_over(source, fault):
                note = NotChecked(source.file, f"line {fault.span.line}: {fault.message}")
                yield note, not _is_unplanned(source, fault)


# Kinds of KubeVirt, CDI and their operators that no plan depends on.
_UNPLANNED = frozenset((
    "MigrationPolicy", "ObjectTransfer", "OpenstackVolumePopulator", "OvirtVolumePopulator",
    "VirtualMachineBackup", "VirtualMachineBackupTracker", "VirtualMachineClusterInstancetype",
    "VirtualMachineInstanceMigration", "VirtualMachineInstancePreset",
    "VirtualMachineInstanceReplicaSet", "VirtualMachineInstancetype", "VolumeImportSource",
    "VolumeUploadSource",
))  # fmt: skip
_KIND = re.compile(r"""\bkind["']?[ \t]*:[ \t]*["']?(\w+)""")


def _is_unplanned(source: Source, fault: Fault) -> bool:
    """Whether all that the broken text names are kinds that no plan depends on."""
    if fault.kind is FaultKind.ENCODING:
        return False
    named = set(_KIND.findall(source.lines.text[slice(*fault.extent)]))
    return bool(named) and named <= _UNPLANNED


def _is_passed_over(source: Source, fault: Fault) -> bool:
    """Whether it is a template, or an array that is meant for another tool, as Ansible's tasks."""
    if fault.kind is not FaultKind.NOT_MAPPING:
        return fault.kind is FaultKind.TEMPLATE
    values = (d.value for d in source.documents if d.index == fault.document)
    items = next((value for value in values if isinstance(value, list)), None)
    if items is None:
        return False
    kinds = (item.get("kind") for item in items if isinstance(item, dict))
    return not any(isinstance(k, str) and of_kind("", k) == Relevance.SAVING for k in kinds)
