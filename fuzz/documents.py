"""Targets: the bytes of manifests and pages become documents, comments, suppressions, findings."""

from __future__ import annotations

import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import yaml

from fuzz.program import report_of, run
from fuzz.promises import kept, lines_of, within
from vmsnap_lint import document
from vmsnap_lint.config.suppressions import directives, parse
from vmsnap_lint.core.relevance import Relevance, of_kind
from vmsnap_lint.deploy.pages import units_of
from vmsnap_lint.document import Budget, embedded, encoding, plain
from vmsnap_lint.document import split as splitting
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.faults import RejectedError
from vmsnap_lint.objects.manifest import SourceSpan, manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["asciidoc", "comments", "manifest", "markdown", "stream"]

_MOST = 300  # places that are asked for in a document
_NESTED = 400  # PyYAML's own recursion ends somewhere above


def manifest(data: bytes) -> None:
    """Reads a file; both readers agree, no object is lost, all places are inside."""
    source = document.read("input.yaml", data)
    text = encoding.decode(data)
    _same_as_parsed(data, text)
    for part in source.documents:
        _same_as_json(part)
    lines = lines_of(text)
    for fault in source.faults:
        within(fault.span, lines)
    for part in source.documents:
        _places(part, lines)
    _none_lost(source, text)
    for comment in source.comments():
        kept(
            lines[comment.line - 1][comment.column - 1 :] == comment.text, f"{comment} is elsewhere"
        )


def markdown(data: bytes) -> None:
    """Reads a page of Markdown."""
    _page("page.md", data)


def asciidoc(data: bytes) -> None:
    """Reads a page of AsciiDoc."""
    _page("page.adoc", data)


def comments(data: bytes) -> None:
    """Finds suppressions in comments and annotations."""
    text = encoding.decode(data)
    for line in text.splitlines()[:200]:
        for standalone in (True, False):
            parse.of_comment(line, standalone=standalone)
        parse.of_annotation(line)
    source = document.read("input.yaml", data)
    objects = list(_objects(source))
    lines = lines_of(text)
    for suppression in directives.find([source], objects):
        for at in (suppression.at, suppression.directive):
            if isinstance(at, SourceSpan):
                within(at.span, lines)
        suppression.has_ended("2026-01-31")


def stream(data: bytes) -> None:
    """Lints and plans the standard input, in all formats; what JSON says is what YAML says."""
    flags: dict[str, Any] = {"allow_empty": True, "complete": ["all"]}
    result = run("check", "-", data, format="json", **flags)
    report = report_of(result, {"<stdin>": data})
    for style in ("full", "concise"):
        run("check", "-", data, format=style, verbose=True, **flags)
    planned = run("plan", "-", data, plan_format="json", all_vms=True, **flags)
    if planned.code != 2:
        json.loads(planned.output)
    run("plan", "-", data, all_vms=True, **flags)
    _nothing_dropped(report, data)


def _nothing_dropped(report: dict[str, Any], data: bytes) -> None:
    """An object of ours is counted, or something is said."""
    source = document.read("<stdin>", data)
    ours = [each for each in _objects(source) if _is_ours(each.value)]
    said = report and (report["findings"] or report["not_checked"] or report["suppressed"])
    kept(
        not report or said or report["summary"]["objects"] >= len(ours),
        f"{len(ours)} objects of ours, but {report and report['summary']}",
    )


def _objects(source: Source) -> Iterator[Manifest]:
    return chain.from_iterable(map(manifests, source.documents))


def _same_as_parsed(data: bytes, text: str) -> None:
    """The plain reader declines a piece, or reads what the parser reads."""
    if not plain.is_simple(data, text):
        return
    for piece in islice(splitting.pieces(text), 50):
        known = None if piece.json else plain.read(text[piece.start : piece.end], Budget())
        if known is None:
            continue
        try:
            built = compose(text, piece, Budget())
        except RejectedError as error:
            kept(False, f"only the plain reader accepts this: {error}")
        value = None if built.root is None else built.root.value
        # repr tells 1 from True and 1.0, and the order of keys
        alike = (repr(known[0]), known[1], []) == (repr(value), built.odd, built.faults)
        kept(alike, f"plain: {known[0]!r:.300} parsed: {value!r:.300}")


def _same_as_json(part: Document) -> None:
    """The value is JSON, from which the same value is read."""
    text = json.dumps(part.value, allow_nan=False)
    if text.startswith("{"):
        again = document.read("input.json", text.encode())
        values = [same.value for same in again.documents]
        faults = [fault.message for fault in again.faults]
        alike = not faults and len(values) == 1 and values[0] == part.value
        kept(alike, f"as JSON: {values!r:.300} {faults!r:.300} as YAML: {part.value!r:.300}")


def _places(part: Document, lines: list[str]) -> None:
    for path in islice(_paths(part.value), _MOST):
        within(part.span(path), lines)
        if path and isinstance(path[-1], str):
            within(part.span(path, key=True), lines)
    for scalar in islice(part.scalars(), _MOST):
        within(scalar.span, lines)


def _paths(value: Any) -> Iterator[Path]:
    """The paths of a value, those of the outer levels first."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    for path, below in waiting:
        yield path
        if len(waiting) > _MOST:
            continue
        if isinstance(below, dict):
            waiting += [((*path, key), each) for key, each in below.items()]
        elif isinstance(below, list):
            waiting += [((*path, index), each) for index, each in enumerate(below)]


def _none_lost(source: Source, text: str) -> None:
    """What another parser sees as an object of ours is a document of ours, or there is a fault."""
    if source.faults or sum(map(text.count, "[{-?:")) > _NESTED:
        return
    try:
        values = list(islice(yaml.load_all(text, yaml.CBaseLoader), 50))  # strings only
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    expected = sum(map(_is_ours, values))
    read = sum(_is_ours(part.value) for part in source.documents)
    kept(read >= expected, f"{expected} objects of ours, but only {read} are read")


def _is_ours(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    version, kind = value.get("apiVersion"), value.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or "/" not in version:
        return False
    if not kind:  # or null, which is a string to the other parser
        return False
    return of_kind(version.rpartition("/")[0], kind) >= Relevance.MARKER


def _page(name: str, data: bytes) -> None:
    page = embedded.read(name, data)
    lines = lines_of(encoding.decode(data))
    for excerpt in page.excerpts:
        for fault in excerpt.source.faults:
            within(fault.span, lines)
        for part in excerpt.source.documents:
            _places(part, lines)
    for unit in units_of(page):
        kept(unit.manifests is not None, "a unit without manifests")
    page.comments()
