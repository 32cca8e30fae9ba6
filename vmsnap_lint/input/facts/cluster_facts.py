"""The facts of a cluster next to the input, with their date."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["NONE", "ClusterFacts"]


class ClusterFacts(NamedTuple):
    """The facts of a file; `complete` names the kinds of which it has every object.

    `day` is the date it was written on, "" where it has none. Immutable.
    """

    source: Source | None = None
    manifests: tuple[Manifest, ...] = ()
    complete: frozenset[str] = frozenset()
    day: str = ""

    def without(self, own: Iterable[Manifest]) -> Iterator[Manifest]:
        """The facts about objects that are not in the input; those in the input will be applied."""
        names = {(*manifest.group_kind, manifest.name) for manifest in own}
        return (fact for fact in self.manifests if (*fact.group_kind, fact.name) not in names)

    def release(self) -> Release | None:
        """The KubeVirt release that runs, or the oldest of several."""
        texts = (fact.text("status", "observedKubeVirtVersion") for fact in self.manifests)
        return min(filter(None, map(Release.parse, texts)), default=None)

    def dated(self, message: str) -> str:
        """A message that rests on the facts, with their date."""
        file = self.source.file if self.source else ""
        return f"{message} (by the cluster facts {f'of {self.day}' if self.day else f'in {file}'})"

    def aged(self, today: str, hours: int) -> Iterator[NotChecked]:
        """The note that the facts are older than `hours` (0 is no limit), or of no known day."""
        if self.source is None or not hours:
            return
        renew = "`vmsnap-lint facts` prints the command that updates them"
        if not self.day:
            yield NotChecked(self.source.file, f"has no date: {renew}")
        elif (days := _days(self.day, today)) is None:
            yield NotChecked(self.source.file, f"{self.day} is not a day: {renew}")
        elif days < 0:
            reason = f"cluster facts of {self.day} are from the future: {renew}"
            yield NotChecked(self.source.file, reason)
        elif days * 24 > hours:
            reason = f"cluster facts of {self.day} are out of date: {renew}"
            yield NotChecked(self.source.file, reason)


def _days(since: str, today: str) -> int | None:
    """The days from a date to today ("" for unknown: none); None where it is not in a calendar."""
    from datetime import date  # few runs have facts

    try:
        first = date.fromisoformat(since)
    except ValueError:
        return None
    return (date.fromisoformat(today) - first).days if today else 0


NONE = ClusterFacts()
