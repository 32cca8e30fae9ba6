"""Writes values as YAML as many hands do: quotes, flow style, indentation and comments vary.

The same chance gives the same text, whatever the version of a YAML library.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

__all__ = ["Style", "comment", "documents", "name", "sentence", "style_of", "token", "yaml"]

_SAFE = re.compile(r"[A-Za-z/][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*|[0-9]+(?:Gi|Mi|m)")
_WORDS_OF_YAML = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"))
_PARTS = (
    "api", "auth", "billing", "cache", "catalog", "checkout", "cron", "db", "edge", "erp", "etl",
    "events", "feed", "forms", "front", "gateway", "geo", "graph", "history", "hr", "idp",
    "images", "index", "ingest", "inventory", "jobs", "keys", "ledger", "legacy", "legal", "mail",
    "market", "media", "metrics", "mobile", "mq", "notes", "orders", "payroll", "pricing",
    "print", "proxy", "queue", "reports", "retail", "router", "sales", "scan", "search",
    "session", "shop", "sync", "tax", "tickets", "tools", "tracking", "vault", "video", "web",
    "wiki",
)  # fmt: skip
_PROSE = (
    "a", "after", "all", "and", "are", "as", "at", "backup", "because", "before", "by", "can",
    "cluster", "copied", "default", "disk", "do", "each", "every", "expected", "for", "from",
    "has", "if", "in", "is", "it", "keep", "latest", "limit", "may", "must", "name", "namespace",
    "never", "nightly", "node", "not", "object", "of", "on", "once", "only", "or", "other",
    "owner", "pod", "policy", "read", "release", "request", "restart", "retry", "same", "see",
    "service", "should", "since", "size", "status", "storage", "team", "that", "the", "then",
    "this", "time", "to", "until", "used", "value", "volume", "when", "which", "while", "with",
    "without", "write", "zone",
)  # fmt: skip


class Style(NamedTuple):
    """How one hand writes: the indentation of sequences, and how often it does what."""

    indent: int
    quotes: float
    flow: float
    comments: float


def style_of(chance: Random) -> Style:
    """The style of one file."""
    return Style(
        chance.choice((0, 0, 2)), chance.choice((0.0, 0.05, 0.4)), chance.choice((0.0, 0.2, 0.6)),
        chance.choice((0.0, 0.01, 0.05)),
    )  # fmt: skip


def name(chance: Random) -> str:
    """A name of an object, such as `billing-proxy-3f`."""
    return f"{chance.choice(_PARTS)}-{chance.choice(_PARTS)}-{chance.randrange(4096):x}"


def token(chance: Random, length: int) -> str:
    """As many characters as of a digest."""
    return f"{chance.getrandbits(4 * length):0{length}x}"


def sentence(chance: Random, words: int) -> str:
    """As many words of prose."""
    return " ".join(chance.choices(_PROSE, k=words)).capitalize()


def comment(chance: Random) -> str:
    """What people write behind a `#`."""
    kind = chance.randrange(4)
    if kind == 0:
        return f"TODO({chance.choice(_PARTS)}): {sentence(chance, 5)}"
    if kind == 1:
        return f"{chance.choice(_PARTS).upper()}-{chance.randrange(9999)}, see the runbook"
    return sentence(chance, chance.randint(2, 9))


def yaml(chance: Random, value: Any, style: Style) -> str:
    """A document, which ends with a line break."""
    lines = _lines(chance, value, style) if value else iter(("{}",))
    return "\n".join(lines) + "\n"


def documents(chance: Random, values: list[Any], head: float = 0.3) -> str:
    """A file with these documents, in one style."""
    style = style_of(chance)
    texts = [value if isinstance(value, str) else yaml(chance, value, style) for value in values]
    lead = f"# {comment(chance)}\n" if chance.random() < head else ""
    lead += "---\n" if chance.random() < 0.5 else ""
    return lead + "---\n".join(texts)


def _lines(chance: Random, value: Any, style: Style) -> Iterator[str]:
    """The lines of an object or array that is not empty, at column 0."""
    if isinstance(value, dict):
        for key, child in value.items():
            if style.comments and chance.random() < style.comments:
                yield f"# {comment(chance)}"
            yield from _entry(chance, f"{_scalar(key)}:", child, style)
        return
    for child in value:
        if isinstance(child, dict) and child and not _is_flow(chance, child, style):
            first, *rest = _lines(chance, child, style)
            yield f"- {first}"
            yield from (f"  {line}" if line else line for line in rest)
        else:
            yield from _entry(chance, "-", child, style)


def _entry(chance: Random, lead: str, value: Any, style: Style) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        if not value or _is_flow(chance, value, style):
            yield f"{lead} {_flow(chance, value, style)}"
            return
        yield lead
        room = "  " if isinstance(value, dict) or lead == "-" else " " * style.indent
        yield from (f"{room}{line}" if line else line for line in _lines(chance, value, style))
    elif isinstance(value, str) and "\n" in value:
        yield f"{lead} |" if value.endswith("\n") else f"{lead} |-"
        yield from (f"  {line}" if line else line for line in value.splitlines())
    elif isinstance(value, str) and len(value) > 70 and " " in value and style.indent:
        yield f"{lead} >-"
        words = value.split(" ")
        yield from ("  " + " ".join(words[at : at + 11]) for at in range(0, len(words), 11))
    else:
        text = f"{lead} {_quoted(chance, value, style)}"
        has_note = style.comments and chance.random() < style.comments / 2
        yield f"{text}  # {comment(chance)}" if has_note else text


def _is_flow(chance: Random, value: Any, style: Style) -> bool:
    if not style.flow or len(value) > 3 or chance.random() > style.flow:
        return False
    return len(json.dumps(value)) < 70


def _flow(chance: Random, value: Any, style: Style) -> str:
    if isinstance(value, dict):
        pairs = (f"{_scalar(key)}: {_flow(chance, each, style)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(chance, each, style) for each in value) + "]"
    return _quoted(chance, value, style)


def _quoted(chance: Random, value: Any, style: Style) -> str:
    if not isinstance(value, str) or not style.quotes or chance.random() > style.quotes:
        return _scalar(value)
    return json.dumps(value) if "'" in value or chance.random() < 0.7 else f"'{value}'"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _SAFE.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    return json.dumps(value)
