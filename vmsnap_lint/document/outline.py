"""A text becomes the outline of its object: what it is called, and what it costs; no values.

Most of what lies beside VMs are long definitions that no rule reads. This reader knows the layout
of blocks and what may stand in a line, so that it tells for certain that the text has no fault:
tests compare it with the parser. When in doubt it declines.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.document.scalars import NUMERIC, WORDS, key_text, looks_odd, plain

if TYPE_CHECKING:
    from vmsnap_lint.document.faults import Allowance, Budget

__all__ = ["Outline", "of_value", "outline"]

_MANY = 40_000  # lines: all of them are matched at once
_LEVELS = 100  # a level needs a column, except for a list at the column of its key
_QUOTED_KEY = r"\"[^\"\\\n\t]{0,200}+\"|'[^'\n\t]{0,200}+'"
_KEY = rf"[A-Za-z0-9_./$][A-Za-z0-9_./$-]{{0,200}}+|{_QUOTED_KEY}"
_DEEPER = r"(?(3)(?(2)\1[ ]{2}|\1)|\1)[ ]"  # one column more than the object or list needs
_RUN = r"(?:[^\n\t:\#]++|:(?=[^ \n\t])|(?<=[^ \n])\#)++"  # of an unquoted scalar
_START = r"(?=[A-Za-z0-9_./$(~^<\\+=;]|-[A-Za-z0-9_./-])"
_WORD = r"(?:\"[^\"\\\n\t]*+\"|'[^'\n\t]*+'|[A-Za-z0-9_./][A-Za-z0-9_./-]*+)"
# Few inputs have long objects: these are compiled when they are used.
_ENTRY = possessive(
    rf"""([ ]{{0,{_LEVELS}}}+)                       # 1: the column
    (?:(-(?:[ ]|(?=\n)))(?![ ]|-[ \n]))?            # 2: of an item
    (?:({_KEY}):(?:[ ]++|(?=\n)))?                   # 3: the key
    (?:([|>][+-]?[ ]*+\n({_DEEPER}[ ]*+)(?=[^ \n\t]) # 4, 5: a block, and its column
            [^\n]*+(?:\n(?:\5[^\n]*+|[ ]*+(?=\n)))*+)
      |({_START}{_RUN})(?:(?=\n)|(?<=[ ])(?=\#))     # 6: an unquoted scalar
            ((?:\n{_DEEPER}[ ]*+(?!\#){_RUN}(?=\n))*+) # 7: its further lines
      |("(?:[^"\\\n\t]|\\["\\nrt ]|\\?\n(?=[ \n]))*+" # 8: a quoted one
        |'(?:[^'\n\t]|''|\n(?=[ \n]))*+')
      |(\[[ ]*(?:{_WORD}(?:[ ]*,[ ]*{_WORD})*+)?[ ]*\]|\{{\}}) # 9: a list
    )?
    (?:[ ]*+(?:(?<=[ ])\#[^\n]*+)?\n)
    (?:[ ]*+(?:\#[^\n]*+)?\n)*+                      # empty lines and comments
    |([\s\S]++)                                      # 10: anything else
    """
)
_HEAD = possessive(r"(?:---[ ]*+(?:(?<=[ ])\#[^\n]*+)?\n)?(?:[ ]*+(?:\#[^\n]*+)?\n)*+(?=[A-Za-z])")
_OTHER = object()
_METADATA = ("name", "namespace", "uid", "resourceVersion")


class Outline(NamedTuple):
    """What an object is called; whether it is odd, and whether it was read from a cluster.

    `kind` is "" for what is no object: values, a dashboard, settings of a program.
    """

    api_version: str
    kind: str
    name: str
    namespace: str
    is_export: bool
    odd: bool


def outline(text: str, limits: Budget, left: Allowance) -> Outline | None:
    """The outline of the object in a text without suspect characters, or None where it declines.

    What the object costs is taken from `left`.
    """
    if "\r" in text or text.count("\n") > _MANY or limits.depth < 2 * _LEVELS + 10:
        return None
    text = text if text.endswith("\n") else text + "\n"
    head = re.compile(_HEAD, re.VERBOSE).match(text)
    if head is None:
        return None
    found = _Outliner().read(re.compile(_ENTRY, re.VERBOSE).findall(text, head.end()))
    if found is None:
        return None
    known, nodes, containers = found
    if nodes > left.nodes or containers > left.containers:
        return None
    left.nodes -= nodes
    left.containers -= containers
    return known


def of_value(value: dict[str, Any], *, odd: bool) -> Outline:
    """The outline of an object that is decoded."""
    metadata = value.get("metadata")
    fields = metadata if isinstance(metadata, dict) else {}
    api_version, kind, name, namespace = (
        text if isinstance(text, str) else ""
        for text in (*map(value.get, ("apiVersion", "kind")), *map(fields.get, _METADATA[:2]))
    )
    is_export = bool(fields.get("uid") or fields.get("resourceVersion") or value.get("status"))
    return Outline(api_version, kind, name, namespace, is_export, odd)


class _Outliner:
    """What the entries of a text amount to, where they fit together."""

    def __init__(self) -> None:
        self.odd = False
        self.fields: dict[str, Any] = {}  # of the object itself
        self.metadata: dict[str, Any] = {}

    def read(self, entries: list[tuple[str, ...]]) -> tuple[Outline, int, int] | None:
        """The outline, and the numbers of nodes and containers."""
        size = self._size(entries)
        if size is None:
            return None
        fields, metadata = self.fields, self.metadata
        texts = [fields.get("apiVersion"), fields.get("kind"), *map(metadata.get, _METADATA)]
        is_known = all(text is None or type(text) is str for text in texts)
        is_known = is_known and fields.get("status") is not _OTHER  # which may be empty
        api_version, kind, name, namespace, uid, version = (text or "" for text in texts)
        if not is_known or not kind or kind.endswith("List"):  # a list has objects of its own
            return None
        is_export = bool(uid or version or fields.get("status"))
        known = Outline(api_version, kind, name, namespace, is_export, self.odd)
        return known, *size

    def _size(self, entries: list[tuple[str, ...]]) -> tuple[int, int] | None:  # noqa: C901, PLR0912, PLR0915 - calls cost time here
        root: set[str] = set()
        top: set[str] | None = root  # the keys of the innermost object; None: a list
        at = 0  # its column
        outer: list[tuple[int, set[str] | None]] = [(-1, None)]
        is_open = False  # whether the last entry may have children
        section = ""  # of the root
        inner: set[str] | None = None  # the keys of metadata
        latest = ""  # of those
        nodes, containers = 2, 1
        key: str | None
        for spaces, dash, name, block, _, text, more, quoted, flow, rest in entries:
            if rest or not (dash or name):
                return None
            indent = len(spaces)
            if is_open and (indent > at or (indent == at and dash and top is not None)):
                if top is root:
                    self.fields[section] = True
                elif top is inner and inner is not None:
                    self.metadata[latest] = True
                outer.append((at, top))
                at = indent
                nodes += 1
                containers += 1
                if dash:
                    top = None
                else:
                    top = set()
                    if section == "metadata" and len(outer) == 2:
                        inner = top
            else:
                nodes += is_open  # null
                while indent < at:
                    at, top = outer.pop()
                if not dash and indent == at and top is None:
                    at, top = outer.pop()
                if indent != at or (not dash) is (top is None):
                    return None
            if dash and name:
                outer.append((at, top))
                at, top = indent + 2, set()
                nodes += 1
                containers += 1
            key = name
            if name:
                if name[0] in "\"'":
                    key = name[1:-1]
                elif name[0] in NUMERIC or name in WORDS:
                    key = self._key(name)
                if key is None or top is None or key in top:
                    return None
                top.add(key)
                nodes += 1
            is_open = not (text or block or quoted or flow)
            if not is_open:
                nodes += 1
                if (
                    text
                    and (text[0] in NUMERIC or text.rstrip(" ") in WORDS)
                    and not self._fits(text, more)
                ):
                    return None
                if flow:
                    containers += 1
                    for item in re.findall(_WORD, flow):
                        nodes += 1
                        if item[0] not in "\"'" and not self._fits(item, ""):
                            return None
            if top is root:
                section = key
                self.fields[key] = _shown(text, more, quoted, flow, block)
            elif top is inner and inner is not None:
                latest = key
                self.metadata[key] = _shown(text, more, quoted, flow, block)
        return nodes + is_open, containers

    def _key(self, name: str) -> str | None:
        value = plain(name)
        self.odd = self.odd or looks_odd(name, value)
        return key_text(value)

    def _fits(self, text: str, more: str) -> bool:
        """Whether an unquoted scalar that may be no string has a value in JSON."""
        text = text.rstrip(" ")
        value = plain(text)
        self.odd = self.odd or looks_odd(text, value)
        return not more and not (type(value) is float and value - value != 0)


def _shown(text: str, more: str, quoted: str, flow: str, block: str) -> Any:
    """The value of an entry, where it is simple; else something that is no string."""
    if more or block or "\n" in quoted or "\\" in quoted:
        return _OTHER
    if quoted:
        return quoted[1:-1].replace("''", "'") if quoted[0] == "'" else quoted[1:-1]
    if flow:
        return flow[1:-1].strip(" ") != ""
    return plain(text.rstrip(" "))
