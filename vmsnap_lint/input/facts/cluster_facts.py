"""What is known of a cluster beside the input, and from when that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["NONE", "ClusterFacts"]


class ClusterFacts(NamedTuple):
    """What a file says of the cluster; `complete` names the kinds of which it has every object.

    `day` is the date it was written on, "" where it does not say. It never changes.
    """

    source: Source | None = None
    manifests: tuple[Manifest, ...] = ()
    complete: frozenset[str] = frozenset()
    day: str = ""

    def beside(self, own: Iterable[Manifest]) -> Iterator[Manifest]:
        """The facts about what is not in the input, which is what will be applied."""
        mine = {(*one.group_kind, one.name) for one in own}
        return (one for one in self.manifests if (*one.group_kind, one.name) not in mine)

    def release(self) -> Release | None:
        """The KubeVirt release that runs; the oldest, where there are several."""
        texts = (one.text("status", "observedKubeVirtVersion") for one in self.manifests)
        found = (Release.parse(text) for text in texts if text)
        return min((one for one in found if one), default=None)

    def dated(self, message: str) -> str:
        """What is said on the strength of the facts, with their date."""
        file = self.source.file if self.source else ""
        return f"{message} (by the cluster facts {f'of {self.day}' if self.day else f'in {file}'})"

    def aged(self, today: str, hours: int) -> Iterator[NotChecked]:
        """The note that the facts are old, or of no known age; 0 hours stand for no limit."""
        if self.source is None or not hours:
            return
        renew = "`vmsnap-lint facts` prints the command that writes them anew"
        if not self.day:
            yield NotChecked(self.source.file, f"does not say from when it is: {renew}")
        elif today and _days(self.day, today) * 24 > hours:
            reason = f"cluster facts of {self.day}, what changed since is not known: {renew}"
            yield NotChecked(self.source.file, reason)


def _days(since: str, until: str) -> int:
    """The days between two dates."""
    from datetime import date  # few runs have facts

    try:
        return (date.fromisoformat(until) - date.fromisoformat(since)).days
    except ValueError:
        return 0


NONE = ClusterFacts()
