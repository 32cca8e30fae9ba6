"""The paths of a kustomization as its lines tell them: most need no parser.

Each line is complete: no quote and no bracket is open at its end. So each letter in the first
column begins a field.
"""

from __future__ import annotations

import re
from itertools import pairwise

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.input.kustomization import WITHOUT_PATHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["listed"]


def listed(data: bytes) -> list[str] | None:
    """At least the local paths of a kustomization; None where it is not written that simply.

    It uses no plugins and no charts. Of a text that does not parse the result means nothing.
    """
    lines = _lines(data)
    starts = [at for at, line in enumerate(lines) if line[0].isalpha()]
    if starts[:1] != [0]:
        return None
    paths: list[str] = []
    for start, end in pairwise([*starts, len(lines)]):
        found = _of_field(lines[start], lines[start + 1 : end])
        if found is None:
            return None
        paths += found
    return paths


def _lines(data: bytes) -> list[str]:
    """The lines that say something, without the one that begins the document."""
    data = data.replace(b"\r\n", b"\n")
    if b"\r" in data or not data.isascii() or len(data) > _LONGEST:
        return []
    every = data.decode("ascii").split("\n")
    lines = [line for line in every if line.lstrip(" ")[:1] not in _NOTHING]
    return lines[1:] if lines[:1] == ["---"] else lines


def _of_field(first: str, below: Sequence[str]) -> list[str] | None:
    """The paths of a field, by its first line and those below it; None where they do not tell."""
    form = re.fullmatch(_FIELD, first)
    if form is None:
        return None
    name, text, flow = form.groups()
    if name in WITHOUT_PATHS:
        return [] if _is_closed(flow) and all(map(_is_simple, below)) else None
    if text or (flow and below):
        return None
    if name in _PATCHES:
        return None if flow else _in_patches(below)
    entries = _in_brackets(flow) if flow else _in_lines(below)
    if entries is None or name not in _LISTS:
        return None
    return [each for each in entries if not (name in _FETCHED and each.startswith(_REMOTE))]


def _is_simple(line: str) -> bool:
    """Whether a line below a field is complete."""
    form = re.fullmatch(_BELOW, line)
    return form is not None and _is_closed(form[3])


def _is_closed(flow: str | None) -> bool:
    """Whether no bracket is open after a collection in brackets."""
    flow = flow or ""
    return flow.count("[") == flow.count("]") and flow.count("{") == flow.count("}")


def _in_lines(lines: Iterable[str]) -> list[str] | None:
    """The entries of a list, which begin in the same column."""
    forms = [re.fullmatch(_ENTRY, line) for line in lines]
    entries = [(form[1], form[3]) for form in forms if form]
    if len(entries) < len(forms) or len({column for column, _ in entries}) > 1:
        return None
    return [text for _, text in entries]


def _in_brackets(flow: str) -> list[str] | None:
    """The entries of a list in brackets."""
    inside = re.fullmatch(r"\[([^][{}]*)\] *", flow)
    if inside is None:
        return None
    texts = inside[1].split(",") if inside[1].strip(" ") else []
    forms = [re.fullmatch(_IN_BRACKETS, text) for text in texts]
    entries = [form[2] for form in forms if form]
    return entries if len(entries) == len(forms) else None


def _in_patches(lines: Iterable[str]) -> list[str] | None:
    """The paths of patches in files; where each line has a key, no text goes on in the next one."""
    paths = []
    for line in lines:
        form = re.fullmatch(_BELOW, line)
        key, text, flow = form.groups() if form else ("", "", "")
        if not key or not _is_closed(flow) or (flow and _PATH in f"{key}{flow}".lower()):
            return None
        if text and key.strip("\"'").lower() == _PATH:
            paths.append(text.strip(text[0]) if text[0] in "\"'" else text)
    return paths


_LONGEST = 2**16  # matching costs memory, too
_FETCHED = frozenset(("bases", "components", "resources"))
_LISTS = _FETCHED | {"configurations", "crds", "patchesStrategicMerge"}
_PATCHES = frozenset(("patches", "patchesJson6902"))
_NOTHING = frozenset(("", "#"))  # what an empty line or a comment begins with
_PATH = "path"
_REMOTE = ("http://", "https://")
_WORD = r"[A-Za-z0-9_.][A-Za-z0-9_./-]*+"
_TEXT = r"[A-Za-z0-9_.](?:[A-Za-z0-9_./@+-]|:(?=[A-Za-z0-9_/.]))*+"  # never in brackets
_QUOTED = r"\"[ !#-Z^-z|~]*+\"|'[ -&(-Z^-z|~]*+'"  # brackets in it would be counted
_FLOW = rf"[\[{{](?:[][{{}}, ]|(?:{_WORD}|{_QUOTED})(?:: | *+(?=[]}},])))*+"
_VALUE = rf"(?:({_TEXT}|{_QUOTED})|({_FLOW}))?"
_END = r" *+(?:(?<= )#.*)?"
_FIELD = possessive(rf"([A-Za-z]++):(?: ++{_VALUE})?{_END}")
_KEY = rf"({_WORD}|{_QUOTED}):(?: ++|$)"
_BELOW = possessive(rf"(?=[ -]) *+(?:-(?: ++|$))*+(?:{_KEY})?{_VALUE}{_END}")
_ENTRY = possessive(rf"( *+)- ++([\"']?)({_TEXT})\2{_END}")
_IN_BRACKETS = rf" *+([\"']?)({_WORD})\1 *"
