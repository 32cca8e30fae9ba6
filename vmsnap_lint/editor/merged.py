"""The findings of a folder by file: a run over some of it replaces those of what it judged."""

from __future__ import annotations

from functools import cache
from itertools import chain

from vmsnap_lint.checks import RUN, all_checks, family
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.report.findings import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.document import Source
    from vmsnap_lint.engine import Run

__all__ = ["Found", "Merged", "of_file"]


class Found(NamedTuple):
    """The findings in a file, and its text as it was judged, None where that is not known."""

    findings: tuple[Finding, ...]
    source: Source | None


class Merged(NamedTuple):
    """The files with findings, by their names in reports."""

    files: Mapping[str, Found]

    @classmethod
    def of(cls, run: Run) -> Merged:
        """The findings of a run over everything."""
        return cls(_by_file(run.report.findings, run))

    def findings(self) -> tuple[Finding, ...]:
        """All findings, in their order."""
        every = chain.from_iterable(found.findings for found in self.files.values())
        return tuple(sorted(every, key=key))

    def with_files(self, files: Mapping[str, Found]) -> Merged:
        """The same with other findings in some files."""
        return Merged({**self.files, **files})

    def with_part(
        self, run: Run, judged: Collection[str], changed: Collection[str], *, of_run: bool
    ) -> Merged:
        """The same with the findings of a run over a part.

        Without the checks of the whole run, the findings of these stay where nothing has moved
        them.
        """
        whole = frozenset() if of_run else _rules_of_run()

        def stays(file: str, finding: Finding) -> bool:
            if _home(finding) not in judged:
                return True
            is_there = file not in changed or _is_unmoved(finding, self.files[file].source, run)
            return finding.rule in whole and is_there

        new = [
            finding
            for finding in run.report.findings
            if _home(finding) in judged and finding.rule not in whole
        ]
        kept = [
            finding
            for file, found in self.files.items()
            for finding in found.findings
            if stays(file, finding)
        ]
        merged = _by_file((*kept, *new), run)
        as_before = self.files.keys() - {*judged, *(finding.file for finding in new)}
        texts = {file: self.files[file].source for file in as_before & merged.keys()}
        return Merged(
            {
                file: found._replace(source=texts.get(file, found.source))
                for file, found in merged.items()
            }
        )


def of_file(run: Run, file: str) -> Found:
    """What a run found in one file."""
    own = tuple(finding for finding in run.report.findings if finding.file == file)
    return Found(own, run.sources.get(file))


def _by_file(findings: Iterable[Finding], run: Run) -> dict[str, Found]:
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    return {file: Found(tuple(own), run.sources.get(file)) for file, own in by_file.items()}


def _home(finding: Finding) -> str:
    """The file of the object that is judged, which may be built of others."""
    return finding.subjects[0].manifest.file if finding.subjects else finding.file


def _is_unmoved(finding: Finding, before: Source | None, run: Run) -> bool:
    """Whether the text up to the end of a finding is as it was."""
    now = run.sources.get(finding.file)
    if before is None or now is None:
        return False
    return all(before.line(at) == now.line(at) for at in range(1, finding.span.end_line + 1))


@cache
def _rules_of_run() -> frozenset[str]:
    """The rules that look at everything, and those about suppressions, which need all findings."""
    of_run = (rule_id for rule_id, check in all_checks().items() if check.on == RUN)
    return frozenset(of_run) | family("suppression_faults").keys()
