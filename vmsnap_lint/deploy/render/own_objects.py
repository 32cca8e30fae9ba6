"""Whether files hold objects that rules read: searched first, then parsed."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.relevance import Relevance, named, of_kind, of_text, shows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.render.chart_files import ChartFiles
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.jobs import ChartJob
    from vmsnap_lint.document import Source

__all__ = ["chart_may_hold", "hold", "kinds_written"]

_KIND = r"""(?m)^(?:- +)?["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)"""
_MOST_VALUES = 200_000  # of a document: one with more counts as an object of ours


def hold(files: Iterable[str], cache: FileCache, least: Relevance) -> bool:
    """Whether one of the files has an object of that relevance, or may have one.

    A word in a description is none. What does not parse may be one, if its text has such a kind.
    """
    return any(
        cache.shows(file, least) and _holds(cache.source(file), least) for file in sorted(files)
    )


def chart_may_hold(job: ChartJob, chart: ChartFiles, cache: FileCache, least: Relevance) -> bool:
    """Whether helm may make such objects: what holds actions is only searched."""
    if chart.problem or any(shows(data, least) for data in job.values):
        return True
    shown = [file for file in sorted(chart.files) if cache.shows(file, least)]
    return any(b"{{" in (cache.data(file) or b"") for file in shown) or hold(shown, cache, least)


def kinds_written(files: Iterable[str], cache: FileCache) -> frozenset[Kind]:
    """The kinds of KubeVirt and the snapshotter whose objects templates write, by their lines."""
    names: set[str] = set()
    for file in files:
        if cache.shows(file, Relevance.MARKER):
            text = (cache.data(file) or b"").decode("utf-8", "replace")
            names.update(match[1] for match in re.finditer(_KIND, text))
    return named(names, Relevance.MARKER)


def _holds(source: Source | None, least: Relevance) -> bool:
    if source is None:
        return False
    if any(fault.relevance for fault in source.faults) and _names_kind(source, least):
        return True
    return any(_has_kind(part.value, least) for part in source.documents)


def _names_kind(source: Source, least: Relevance) -> bool:
    """Whether the text of a file that does not parse has such a kind where an object has it."""
    text = source.lines.text
    kinds = (match[1] for match in re.finditer(_KIND, text))
    return of_text(text) >= least or any(of_kind("", kind) >= least for kind in kinds)


def _has_kind(document: object, least: Relevance) -> bool:
    """Whether an object is of such a kind, or one inside of it."""
    for number, value in enumerate(_objects(document)):
        kind, version = value.get("kind"), value.get("apiVersion")
        is_object = isinstance(kind, str) and isinstance(version, str)
        if is_object and of_kind(str(version).rpartition("/")[0], str(kind)) >= least:
            return True
        if number > _MOST_VALUES:
            return True
    return False


def _objects(value: object) -> Iterator[dict[str, object]]:
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack += value.values()
        elif isinstance(value, list):
            stack += value
