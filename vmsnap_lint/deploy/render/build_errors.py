"""Errors of kustomize as one message at one place."""

from __future__ import annotations

import json
import os
import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Span
from vmsnap_lint.input.kustomization import named
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import BuildFailure

if TYPE_CHECKING:
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode

__all__ = ["at_limit", "broken", "failure"]

_START = Span(1, 1, 1, 1)
# Few trees fail: these are compiled when they are used.
_LOGGED = r"""(?s)"command failed" err=(?:("(?:[^"\\]|\\.)*")|<\n(.*?)\n >)"""
_WRAPPERS = (
    r"error: ",
    (
        r"accumulating (?:resources|components): (?:accumulation err='accumulating resources from "
        r"'[^']*': |accumulateDirectory: \")?'?(?P<dir>[^']*)'? must resolve to a file'?: "
    ),
    r"recursed accumulation of path '(?P<dir>[^']*)': ",
    r"couldn't make target for path '(?P<dir>[^']*)': ",
)
_RESOURCE = (
    r"accumulating resources: accumulation err='accumulating resources from '(?P<name>[^']*)': "
    r"(?P<why>.*?)': must build at directory: .*$"
)
_MISSING = r"evalsymlink failure on '[^']*' : lstat [^:]*: no such file or directory"
_LONGEST = 400


def broken(nodes: tuple[KustomizationNode, ...], cache: FileCache) -> BuildFailure | None:
    """The first kustomization that does not parse."""
    for node in nodes:
        source = cache.source(node.location)
        if node.document is None and source is not None:
            faults = ((fault.span, fault.message) for fault in source.faults)
            span, message = next(faults, (_START, "the kustomization is empty"))
            return BuildFailure(SourceSpan(source, span), message)
    return None


def at_limit(at: SourceSpan, program: str, limit: str) -> BuildFailure:
    """That a program was ended at a limit, and what to do instead."""
    advice = "pipe its output into vmsnap-lint, or pass --render never"
    return BuildFailure(at, f"{program}: {limit}; {advice}", at_limit=True)


def failure(error: str, root: KustomizationNode, graph: Graph, cache: FileCache) -> BuildFailure:
    """The message of kustomize with our paths, at the field that it names.

    Raises ValueError where the kustomization does not parse.
    """
    text, directory = _unwrapped(_plain(error))
    nodes = {os.path.dirname(node.location): node for node in graph.closure(root)}
    at = _place(text, nodes.get(directory.rstrip("/"), root))
    for above, node in nodes.items():
        text = text.replace(f"{above}/", f"{os.path.dirname(cache.shown(node.location)) or '.'}/")
    text = re.sub(_MISSING, "no such file or directory", text)
    return BuildFailure(at, f"kustomize: {verbatim(cut(text, _LONGEST))}")


def _plain(error: str) -> str:
    """Only the message: kubectl logs it, escaped or as a block."""
    logged = re.search(_LOGGED, error)
    if logged is not None:
        error = json.loads(logged[1], strict=False) if logged[1] else logged[2]
    lines = [line.strip() for line in error.splitlines() if not line.startswith("# Warning")]
    return " ".join(line for line in lines if line)


def _unwrapped(text: str) -> tuple[str, str]:
    """The innermost message, and the last directory that it was passed up from."""
    directory = ""
    while outer := next(filter(None, (re.match(wrapper, text) for wrapper in _WRAPPERS)), None):
        directory = outer.groupdict().get("dir") or directory
        text = text[outer.end() :]
    inner = re.match(_RESOURCE, text)
    return (f"{inner['name']}: {inner['why']}" if inner else text), directory


def _place(text: str, node: KustomizationNode) -> SourceSpan:
    """The entry or field that the message names, else the whole kustomization."""
    for entry in named(node.value):
        name = re.escape(entry.text)
        if (
            entry.text
            and not entry.is_inline
            and re.search(rf"[\s'\"(]{name}[)'\":\s]", f" {text} ")
        ):
            return node.at(entry.at)
    field = next((field for field in node.value if f'"{field}"' in text), None)
    return node.at(()) if field is None else node.at((field,), key=True)
