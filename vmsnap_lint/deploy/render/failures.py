"""Which failures of builds are findings; the others are notes, one a tree."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.own_objects import hold
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.objects.gaps import Gap

__all__ = ["may_matter", "not_whole", "reason_of"]


def may_matter(cache: FileCache, settings: Settings) -> bool:
    """Whether a tree that cannot be built may matter to what saves or restores a VM."""
    if settings.all_vms or settings.render == "require":
        return True
    return hold({*cache.files, *cache.sources()}, cache, Relevance.SAVING)


def reason_of(failure: BuildFailure, root: str) -> str:
    """The failure of a tree with its place, where no finding tells it."""
    where = "" if failure.at.source.file == root else f"{failure.at.source.file}: "
    return f"{where}{failure.message} (line {failure.at.span.line})"


def not_whole(gaps: Iterable[Gap]) -> Iterator[BuildFailure]:
    """That a tree which must be built is not built as a whole."""
    for gap in gaps:
        if isinstance(gap.at, SourceSpan):
            yield BuildFailure(gap.at, f"not rendered: {gap.what} is left out, as {gap.reason}")
