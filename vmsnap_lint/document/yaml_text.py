"""A piece of YAML becomes nodes, by libyaml's events.

libyaml is what Kubernetes' own parser was translated from, so the two agree on what parses, save
for colons within brackets.
Imported only when a text is beyond the plain reader, or when positions are asked for.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.document import colons, libyaml, yaml_messages
from vmsnap_lint.document.faults import FaultKind, RejectedError
from vmsnap_lint.document.nodes import Branch, Builder, Json, Node, Style, too_deep
from vmsnap_lint.document.scalars import looks_odd, plain, tagged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from vmsnap_lint.document.colons import MaskedText
    from vmsnap_lint.document.faults import Allowance, Budget
    from vmsnap_lint.document.libyaml import Binding
    from vmsnap_lint.document.recorder import Recorder

    _Target = TypeVar("_Target", Builder, "Recorder")

__all__ = ["compose"]

_STYLES: dict[str | None, Style] = {None: Style.PLAIN, **{style.value: style for style in Style}}
_STARTS: dict[str, type[Json]] = {"MappingStartEvent": dict, "SequenceStartEvent": list}
_MERGE_TAG = "tag:yaml.org,2002:merge"
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_PROPERTIES = re.compile(possessive(r"(?:(?:&[\w-]+|!<[^>]*>|!\S*)\s*+(?:#[^\r\n]*+\s*+)*+)++"))


def compose(
    text: str,
    base: int,
    limits: Budget,
    left: Allowance,
    make: Callable[[], _Target],
    binding: Binding | None = None,
) -> _Target:
    """A builder with the first document of `text`, and faults that do not stop Kubernetes.

    Its root is None where there is no document. Places are indexes into `text`, plus `base`;
    `make` gives a new builder for each attempt, `left` says how much may be parsed again, `binding`
    is None for the one that is installed. Raises RejectedError where Kubernetes rejects the text.
    """
    binding = binding or libyaml.installed()
    # kubectl ends every line it reads, also the last one.
    masked = colons.mask_marks(text if text.endswith("\n") else text + "\n")
    while True:
        builder = make()
        try:
            end = _drive(builder, binding.events(masked.text), text, base, masked)
        except binding.error as error:
            further = _retry(masked, error, base, left)
            if further is None:
                raise _explained(error, text, base, limits) from None
            masked = further
        else:
            builder.end = base + min(end, len(text))
            return builder


def _retry(masked: MaskedText, error: Any, base: int, left: Allowance) -> MaskedText | None:
    """The text to try next where the parser rejected a colon that Kubernetes accepts.

    Raises RejectedError where the file has been parsed again too often.
    """
    if getattr(error, "problem", None) != colons.REFUSAL:
        return None
    index = error.problem_mark.index
    further = colons.mask_colons(masked, index)
    if further is not None and further.attempts > colons.FREE_ATTEMPTS:
        left.characters -= len(masked.text)
        if left.characters < 0:
            at = base + index
            message = "too many values within brackets hold a colon: put them in quotes"
            raise RejectedError(message, at, at + 1, FaultKind.BUDGET)
    return further


def _drive(
    builder: Builder | Recorder, events: Iterator[Any], text: str, base: int, masked: MaskedText
) -> int:
    """Where the first document of the events ends."""
    for event in events:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            if "?" in event.value:
                _reject_question_mark(builder.parent, event, text, base)
            builder.scalar(_scalar(event, text, base, masked), event.anchor)
        elif kind in _STARTS:
            mark, end = base + event.start_mark.index, base + event.end_mark.index
            node = Branch(_STARTS[kind](), mark, end, flow=event.flow_style)
            builder.open(node, event.anchor)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            builder.close(base + event.end_mark.index)
        elif kind == "AliasEvent":
            mark, end = event.start_mark.index, event.end_mark.index
            builder.alias(event.anchor, base + mark, base + end)
        elif kind in {"DocumentEndEvent", "StreamEndEvent"}:
            end_of_document: int = event.end_mark.index
            return end_of_document
    return len(text)


def _reject_question_mark(parent: Branch | None, event: Json, text: str, base: int) -> None:
    """libyaml 0.2 accepts a "?" inside a value within brackets, but Kubernetes' parser does not."""
    if parent is None or not parent.flow or event.style or "?" not in event.value[1:]:
        return
    at = text.index("?", event.start_mark.index + 1)
    closing = "}" if text[parent.end - base - 1] == "{" else "]"
    problem = f"did not find expected ',' or '{closing}'"
    raise RejectedError(yaml_messages.scanner(problem, text, at), base + at, base + at + 1)


def _scalar(event: Json, text: str, base: int, masked: MaskedText) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    value, tag, style = event.value, event.tag, event.style
    if masked.masks:
        value = value.translate(masked.masks)
    if tag is not None or event.anchor is not None:
        start = _skip_properties(text, start, end, empty=not value and not style)
    if style in {"|", ">"}:
        end = start + len(text[start:end].rstrip())
    elif style == '"' and "/" in value:
        _reject_slash(text, start, end, base)
    node = Node(value, base + start, base + end, _STYLES[style])
    if tag is not None:
        try:
            node.value = tagged(tag, value)
        except ValueError as error:
            raise RejectedError(str(error), node.start, node.end) from None
        node.merge = value == "<<" and tag in {"!", _MERGE_TAG}
    elif not style:
        node.value = resolved = plain(value)
        node.odd = looks_odd(value, resolved)
        node.merge = value == "<<"
    return node


def _reject_slash(text: str, start: int, end: int, base: int) -> None:
    """libyaml accepts this escape of JSON, but Kubernetes' parser accepts it only in JSON."""
    for match in _ESCAPE.finditer(text, start, end):
        if match[0] == r"\/":
            at = base + match.start()
            raise RejectedError(yaml_messages.scanner(yaml_messages.ESCAPE, text, 0), at, at + 1)


def _skip_properties(text: str, start: int, end: int, *, empty: bool) -> int:
    """Where a scalar begins after its tag and anchor."""
    if empty:
        return end
    match = _PROPERTIES.match(text, start, end)
    return match.end() if match else start


def _explained(error: Any, text: str, base: int, limits: Budget) -> RejectedError:
    """The fault behind an exception of libyaml."""
    if not hasattr(error, "problem"):
        return RejectedError(f"this cannot be read as YAML: {error}", base, base)
    problem = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    if problem == "could not find expected ':'" and error.context_mark:
        mark = error.context_mark
    directive = problem.endswith("<document start>") and text.startswith("%")
    index = min(mark.index, len(text)) if mark and not directive else 0
    if problem == "exceeded maximum nesting depth":  # libyaml 0.2: 1,000 levels within brackets
        return too_deep(base + index, limits)
    message = yaml_messages.scanner(problem, text, index)
    return RejectedError(message, base + index, base + index + 1)
