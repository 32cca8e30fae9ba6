"""Errors of helm as one message at one place."""

from __future__ import annotations

import os
import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Span
from vmsnap_lint.deploy.render.build_errors import at_limit
from vmsnap_lint.deploy.render.chart_objects import template_in
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.deploy.render.chart_renders import ChartRender
    from vmsnap_lint.deploy.render.file_cache import FileCache

__all__ = ["UNBUILT", "failures", "reason_of"]

UNBUILT = "not rendered by helm"
"""How the note of a chart begins that cannot be built as it is written."""

_START = Span(1, 1, 1, 1)
_LONGEST = 400
_PLACE = re.compile(r"\((?P<file>[^():]+):(?P<line>\d+)(?::\d+)?\)|on (?P<on>\S+\.\w+):")
_LOGGED = re.compile(r"(?:time=\S+ )?level=[A-Z]+ |(?:\d\S+ \S+ )?\S+\.go:\d+: |WARNING: ")


def reason_of(render: ChartRender, names: Mapping[str, str]) -> str:
    """Why a chart is not rendered, for people. `names` are what its values files are called."""
    output = render.output
    if output is None or output.limit:
        return f"not rendered: {render.reason if output is None else output.limit}"
    return f"{UNBUILT}: {verbatim(_message(output.error, names))}"


def failures(
    render: ChartRender, directory: str, cache: FileCache, names: Mapping[str, str]
) -> tuple[BuildFailure, ...]:
    """That a chart must be rendered and is not: at its template, or else at its Chart.yaml."""
    start = cache.source(os.path.join(directory, "Chart.yaml"))
    if start is None:
        return ()
    at, output = SourceSpan(start, _START), render.output
    if output is None:
        return (BuildFailure(at, render.reason),)
    if output.limit:
        return (at_limit(at, "helm", output.limit),)
    message = _message(output.error, names)
    at = _template(message, directory, render.files, cache) or at
    return (BuildFailure(at, f"helm: {verbatim(message)}"),)


def _message(error: str, names: Mapping[str, str]) -> str:
    """An error of helm in one line, without its log and its advice."""
    lines = [line for line in error.splitlines() if line and not line.startswith("Use --debug")]
    told = [line for line in lines if not _LOGGED.match(line)] or lines
    message = " ".join(told).removeprefix("Error: ")
    for path, name in names.items():
        message = message.replace(path, name)
    return message[:_LONGEST]


def _template(
    message: str, directory: str, files: frozenset[str], cache: FileCache
) -> SourceSpan | None:
    """The line of the template that an error names."""
    place = _PLACE.search(message)
    file = place["file"] or place["on"] if place else ""
    source = template_in(directory, file, files, cache) if file else None
    if source is None:
        return None
    line = int(place["line"]) if place and place["line"] else 1
    return SourceSpan(source, Span(line, 1, line, len(source.line(line)) + 1))
