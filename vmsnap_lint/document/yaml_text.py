"""A piece of YAML becomes a tree of nodes, by libyaml's events.

libyaml is what Kubernetes' own parser was translated from, so the two agree on what parses, save
for colons within brackets.
Imported only when a text is beyond the plain reader, or when positions are asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from vmsnap_lint.document import colons, yaml_messages
from vmsnap_lint.document.faults import RefusedError
from vmsnap_lint.document.nodes import Branch, Builder, Json, Node, Style
from vmsnap_lint.document.scalars import looks_odd, plain, tagged

if TYPE_CHECKING:
    from vmsnap_lint.document.colons import Veiled
    from vmsnap_lint.document.faults import Budget

__all__ = ["compose"]

_STYLES = {
    "": Style.PLAIN,
    None: Style.PLAIN,
    "'": Style.SINGLE,
    '"': Style.DOUBLE,
    "|": Style.LITERAL,
    ">": Style.FOLDED,
}
_MERGE_TAG = "tag:yaml.org,2002:merge"
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_PROPERTIES = re.compile(r"(?:(?:&[\w-]+|!<[^>]*>|!\S*)\s*(?:#[^\r\n]*\s*)*)+")


def compose(text: str, base: int, limits: Budget) -> Builder:
    """The first document of `text`, with the flaws that do not stop Kubernetes from reading it.

    The builder's root is None where there is no document. Raises RefusedError where Kubernetes
    would refuse the text. Places are indexes into `text`, plus `base`.
    """
    # kubectl ends every line it reads, also the last one.
    veiled: Veiled | None = colons.opened(text if text.endswith("\n") else text + "\n")
    while veiled:
        builder = Builder(limits)
        try:
            _drive(builder, text, base, veiled)
        except MarkedYAMLError as error:
            veiled = _veiled(veiled, error)
            if veiled is None:
                raise _explained(error, text, base) from None
        except YAMLError as error:
            message = f"this cannot be read as YAML: {error}"
            raise RefusedError(message, base, base) from None
        else:
            break
    return builder


def _veiled(veiled: Veiled, error: MarkedYAMLError) -> Veiled | None:
    """The text to try next where the parser refused a colon that Kubernetes takes."""
    if error.problem != colons.REFUSAL:
        return None
    return colons.veil(veiled, error.problem_mark.index)


def _drive(builder: Builder, text: str, base: int, veiled: Veiled) -> None:
    next_event = CParser(veiled.text).get_event
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            builder.scalar(_scalar(event, text, base, veiled), event.anchor)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            empty: Any = {} if kind is MappingStartEvent else []
            mark, end = event.start_mark.index, event.end_mark.index
            node = Branch(empty, base + mark, base + end, flow=event.flow_style)
            builder.open(node, event.anchor)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            builder.close(base + event.end_mark.index)
        elif kind is AliasEvent:
            mark, end = event.start_mark.index, event.end_mark.index
            builder.alias(event.anchor, base + mark, base + end)
        elif kind is DocumentEndEvent or kind is StreamEndEvent:
            return


def _scalar(event: Json, text: str, base: int, veiled: Veiled) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    value, tag, style = veiled.shown(event.value), event.tag, event.style
    if tag is not None or event.anchor is not None:
        start = _skip_properties(text, start, end, empty=not value and not style)
    if style in {"|", ">"}:
        end = start + len(text[start:end].rstrip())
    elif style == '"' and "/" in value:
        _refuse_slash(text, start, end, base)
    node = Node(value, base + start, base + end, _STYLES[style])
    if tag is not None:
        try:
            node.value = tagged(tag, value)
        except ValueError as error:
            raise RefusedError(str(error), node.start, node.end) from None
        node.merge = value == "<<" and tag in {"!", _MERGE_TAG}
    elif not style:
        node.value = resolved = plain(value)
        node.odd = looks_odd(value, resolved)
        node.merge = value == "<<"
    return node


def _refuse_slash(text: str, start: int, end: int, base: int) -> None:
    """libyaml takes this escape of JSON, but Kubernetes' parser takes it in JSON alone."""
    for match in _ESCAPE.finditer(text, start, end):
        if match[0] == r"\/":
            at = base + match.start()
            raise RefusedError(yaml_messages.scanner(yaml_messages.ESCAPE, text, 0), at, at + 1)


def _skip_properties(text: str, start: int, end: int, *, empty: bool) -> int:
    """Where a scalar begins after its tag and anchor."""
    if empty:
        return end
    match = _PROPERTIES.match(text, start, end)
    return match.end() if match else start


def _explained(error: MarkedYAMLError, text: str, base: int) -> RefusedError:
    problem = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    if problem == "could not find expected ':'" and error.context_mark:
        mark = error.context_mark
    directive = problem.endswith("<document start>") and text.startswith("%")
    index = min(mark.index, len(text)) if mark and not directive else 0
    return RefusedError(yaml_messages.scanner(problem, text, index), base + index, base + index + 1)
