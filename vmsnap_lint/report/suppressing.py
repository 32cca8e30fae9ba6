"""The report of a run becomes one without what its input and its configuration suppress."""

from __future__ import annotations

from vmsnap_lint.checks.catalog import RuleSelection
from vmsnap_lint.config.suppressions.directives import configured, find
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.suppress import Examined, apply_suppressions, file_of
from vmsnap_lint.report.unmatched_overrides import unmatched

if TYPE_CHECKING:
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Report
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.input.seen import Seen

__all__ = ["without_suppressed"]


def without_suppressed(
    report: Report, loaded: LoadedInput, seen: Seen, settings: Settings
) -> Report:
    """The report without suppressed findings, with findings about the suppressions.

    A comment is for all clusters that its file is applied to: where some of them are left out it
    is not judged. For a rule that looks at other objects it is judged where all of these were seen.
    """
    manifests = [manifest for unit in loaded.units for manifest in unit.manifests]
    unread = {skipped.file for skipped in report.not_checked}
    sources = () if seen.is_part else loaded.sources
    every = (*loaded.by_file().values(), *loaded.texts)
    suppressions = [*find(every, manifests), *configured(settings.waivers)]
    examined = Examined(
        rules=RuleSelection(settings).conclusive(),
        files={source.file for source in sources if not source.faults} - unread,
        manifests=manifests,
        today=settings.today,
        cap=settings.cap,
        fixes=settings.with_fixes,
        seen=seen,
        unmatched=tuple(unmatched(settings.overrides, seen, loaded, settings.today)),
        in_part=seen.in_part({file for each in suppressions if (file := file_of(each.cover))}),
    )
    return apply_suppressions(report, suppressions, examined)
