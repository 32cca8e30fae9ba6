"""What kustomize says of a tree becomes one message at one place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import Span
from vmsnap_lint.input.kustomization import named
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.document import Source

__all__ = ["broken", "failure", "spot"]

_START = Span(1, 1, 1, 1)
_LOGGED = re.compile(r'"command failed" err=(?:("(?:[^"\\]|\\.)*")|<\n(.*?)\n >)', re.DOTALL)
_WRAPPERS = (
    re.compile(r"^error: "),
    re.compile(
        r"^accumulating (?:resources|components): (?:accumulation err='accumulating resources from "
        r"'[^']*': |accumulateDirectory: \")?'?(?P<dir>[^']*)'? must resolve to a file'?: "
    ),
    re.compile(r"^recursed accumulation of path '(?P<dir>[^']*)': "),
    re.compile(r"^couldn't make target for path '(?P<dir>[^']*)': "),
)
_RESOURCE = re.compile(
    r"^accumulating resources: accumulation err='accumulating resources from '(?P<name>[^']*)': "
    r"(?P<why>.*?)': must build at directory: .*$"
)
_MISSING = re.compile(r"evalsymlink failure on '[^']*' : lstat [^:]*: no such file or directory")
_MOST = 400


def broken(nodes: tuple[KustomizationNode, ...], shelf: FileCache) -> BuildFailure | None:
    """The first kustomization that cannot even be read."""
    for node in nodes:
        source = shelf.source(node.location)
        if node.document is None and source is not None:
            fault = next(iter(source.faults), None)
            if fault is not None:
                return BuildFailure(SourceSpan(source, fault.span), fault.message)
            return BuildFailure(SourceSpan(source, _START), "the kustomization is empty")
    return None


def failure(error: str, root: KustomizationNode, graph: Graph, shelf: FileCache) -> BuildFailure:
    """kustomize's own message without our traces, at the field it speaks of."""
    text, directory = _unwrapped(_plain(error))
    node = root
    for location in (one.location for one in graph.closure(root)):
        if directory and location.rpartition("/")[0] == directory.rstrip("/"):
            node = graph.node(location)
    source = shelf.source(node.location)
    if source is None or node.document is None:  # it was there when it was read
        raise ValueError(node.location)
    span = _span(text, node)
    for location in (one.location for one in graph.closure(root)):
        above = location.rpartition("/")[0]
        text = text.replace(f"{above}/", f"{shelf.shown(location).rpartition('/')[0] or '.'}/")
    text = _MISSING.sub("no such file or directory", text)
    text = text if len(text) <= _MOST else f"{text[: _MOST - 3]}..."
    return BuildFailure(SourceSpan(source, span), f"kustomize: {text}")


def spot(node: KustomizationNode, path: tuple[str | int, ...], source: Source) -> SourceSpan:
    """A place in a kustomization."""
    return SourceSpan(source, node.document.span(path) if node.document is not None else _START)


def _plain(error: str) -> str:
    """The message alone: kubectl logs it, escaped or as a block."""
    found = _LOGGED.search(error)
    if found is not None:
        error = json.loads(found[1], strict=False) if found[1] else found[2]
    lines = [line.strip() for line in error.splitlines() if not line.startswith("# Warning")]
    return " ".join(line for line in lines if line)


def _unwrapped(text: str) -> tuple[str, str]:
    """The innermost message, and the last directory that it was passed up from."""
    directory = ""
    changed = True
    while changed:
        changed = False
        for wrapper in _WRAPPERS:
            found = wrapper.match(text)
            if found is not None:
                directory = found.groupdict().get("dir") or directory
                text, changed = text[found.end() :], True
    inner = _RESOURCE.match(text)
    return (f"{inner['name']}: {inner['why']}" if inner else text), directory


def _span(text: str, node: KustomizationNode) -> Span:
    """The entry or field that the message names, else the first line."""
    document = node.document
    if document is None:
        return _START
    for one in named(node.value):
        if one.text and not one.is_inline and re.search(rf"[\s'\"(]{re.escape(one.text)}[)'\":\s]",
                                                         f" {text} "):  # fmt: skip
            return document.span(one.at)
    for field in node.value:
        if f'"{field}"' in text:
            return document.span((field,), True)
    return Span(*document.span(())) if node.value else _START
