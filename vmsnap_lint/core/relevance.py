"""A kind becomes what it means to a run; which bytes, texts and objects are in scope follows."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import GROUPS, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    _Search = Callable[[bytes, int], re.Match[bytes] | None]

__all__ = [
    "FOLLOWED", "INNERMOST", "POINTERS", "SAVING", "Relevance", "named", "of_kind", "of_text",
    "plain", "shows", "shows_pointer", "uploads",
]  # fmt: skip


class Relevance(IntEnum):
    """What a kind means to a run, from nothing to most; who holds one level asks for less, too."""

    NONE = 0
    READ = 1
    """Rules read it where something of KubeVirt needs it."""
    BUILT = 2
    """It decides about disks, so that a kustomization with it is built."""
    MARKER = 3
    """KubeVirt's or the snapshotter's own: a tree with it is in scope, its files are read."""
    SAVING = 4
    """It saves, restores or copies VMs: a run with it is in scope, everything read is judged."""


SAVING = (
    kinds.SNAPSHOT, kinds.CONTENT, kinds.RESTORE, kinds.CLONE, kinds.EXPORT, kinds.BACKUP,
    kinds.BACKUP_TRACKER,
)  # fmt: skip
_MARKERS = (
    kinds.VM, kinds.VMI, kinds.POOL, kinds.PREFERENCE, kinds.CLUSTER_PREFERENCE,
    kinds.VOLUME_SNAPSHOT, kinds.VOLUME_SNAPSHOT_CLASS, kinds.VOLUME_SNAPSHOT_CONTENT,
)  # fmt: skip
_DISKS = (kinds.DATA_VOLUME, kinds.STORAGE_PROFILE, kinds.STORAGE_CLASS, kinds.PV)
# Kinds that their names show. Those of the core group have names that are parts of other words.
_BY_NAME = {
    **dict.fromkeys(SAVING, Relevance.SAVING),
    **dict.fromkeys(_MARKERS, Relevance.MARKER),
    **dict.fromkeys(_DISKS, Relevance.BUILT),
    **dict.fromkeys((kinds.PVC, kinds.POD), Relevance.READ),
}
INNERMOST = frozenset(_BY_NAME) - {kinds.POD}
"""Kinds of which no object holds others."""
# What applies directories of a repository, and so keeps their snapshots in sync: names that others
# have as well, so that only their apiVersion shows them.
POINTERS = (
    kinds.ARGO_APPLICATION, kinds.ARGO_APPLICATION_SET, kinds.FLUX_HELM_RELEASE,
    kinds.FLUX_KUSTOMIZATION,
)  # fmt: skip
_POINTER_VERSIONS = tuple(sorted({f"{kind.group}/v" for kind in POINTERS}))
# Their operators make the classes of disks.
_STORAGE = (
    kinds.LINSTOR_CONFIG, kinds.LVM_CLUSTER, kinds.OCS_CLUSTER, kinds.PORTWORX_CLUSTER,
)  # fmt: skip
FOLLOWED = (*POINTERS, kinds.FLUX_GIT_REPOSITORY, *_STORAGE)
# A kind of another project that holds VMs without their kind.
_HOLDS_VMS = "KubevirtMachineTemplate"
_OWN_GROUPS = frozenset((*GROUPS, *(kind.group for kind in _MARKERS)))
_NAMES = {kind.kind: relevance for kind, relevance in _BY_NAME.items()}


@lru_cache(maxsize=1024)
def of_kind(group: str, kind: str) -> Relevance:
    """What a kind means; one that bears a name of ours in another group counts as ours."""
    if group in _OWN_GROUPS:
        return max(Relevance.MARKER, _NAMES.get(kind, Relevance.NONE))
    if Kind(group, kind) in FOLLOWED:
        return Relevance.READ
    return _NAMES.get(kind.removesuffix("List"), Relevance.NONE)


def named(names: Collection[str], least: Relevance) -> frozenset[Kind]:
    """The kinds of that relevance that bear one of the names."""
    return frozenset(
        kind for kind, relevance in _BY_NAME.items() if relevance >= least and kind.kind in names
    )


def shows(data: bytes, least: Relevance) -> bool:
    """Whether the bytes of a file may hold an object of that relevance; errs towards yes."""
    if b"\0" in data:
        data = plain(data)
    if _holds_sign(data, least):
        return True
    if b"\\" not in data or not _escapes().search(data):
        return False
    return _holds_sign(_escapes().sub(_meant, data), least)


def shows_pointer(data: bytes) -> bool:
    """Whether the bytes of a file may hold an object of Flux or Argo CD that applies others."""
    return _pointer_pattern().search(plain(data)) is not None


def uploads(data: bytes) -> bool:
    """Whether a text may hold a command of virtctl that makes a PVC."""
    return _upload_pattern().search(data) is not None


def plain(data: bytes) -> bytes:
    """ASCII of UTF-16 and UTF-32 as plain ASCII, so that words are found in it."""
    return data.translate(None, b"\0") if b"\0" in data else data


def _holds_sign(data: bytes, least: Relevance) -> bool:
    for letter, search in _searches(least):
        at = data.find(letter)
        if at >= 0 and search(data, at):
            return True
    return False


@lru_cache
def _escapes() -> re.Pattern[bytes]:
    """Escapes in a quoted text that stand for a character of a sign, or for none within a word."""
    character = rb"(?:x|u00|U000000)(2[DEFdef]|[35][0-9]|[57][0-9Aa]|[46][1-9A-Fa-f])"
    return re.compile(rb"\\(?:%b|/|(?<=[\w./-]\\)\r?\n[ \t]*)" % character)


def _meant(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes.fromhex(escape[1].decode())
    return b"/" if escape[0] == b"\\/" else b""


@lru_cache
def _pointer_pattern() -> re.Pattern[bytes]:
    groups = "|".join(map(re.escape, _POINTER_VERSIONS))
    return re.compile(rf"{_sign('apiVersion')}[\"']?: *[\"']?(?:{groups})".encode())


@lru_cache
def _upload_pattern() -> re.Pattern[bytes]:
    return re.compile(rb"-(?:upload(?<=image-upload)|dump(?<=memory-dump))")


@lru_cache
def _searches(least: Relevance) -> tuple[tuple[bytes, _Search], ...]:
    """What the bytes of a file hold where an object of that relevance may be in it.

    One search for each letter that its signs are looked for by, which is fifteen times as fast as
    one search for all: for one letter it only compares bytes, and many files lack that.
    """
    by_letter: dict[str, list[str]] = {}
    for sign in _signs(least):
        by_letter.setdefault(sign[0], []).append(sign)
    ordered = sorted(by_letter.items(), key=lambda entry: _LETTERS.index(entry[0]))
    return tuple(
        (letter.encode(), re.compile("|".join(signs).encode(), re.MULTILINE).search)
        for letter, signs in ordered
    )


def _signs(least: Relevance) -> Iterator[str]:
    """The patterns of words that show an object of that relevance."""
    held = [kind for kind, relevance in _BY_NAME.items() if relevance >= least]
    words = {kind.kind for kind in held if kind.group}
    words |= {kind.group for kind in held if kind.group in _OWN_GROUPS}
    words |= {_HOLDS_VMS} if least <= Relevance.MARKER else set()
    words |= {kinds.STORAGE_CLASS.group, "kubevirt-config"} if least == Relevance.READ else set()
    yield from map(_sign, _shortest(words))
    for name in (kind.kind for kind in held if not kind.group):
        yield rf"{_sign(name)}(?<!\w{name})(?:List)?\b"
    if least == Relevance.READ:
        applied = "|".join(sorted({re.escape(f"{kind.group}/v") for kind in FOLLOWED}))
        # of the object itself, or quoted as in JSON
        version = _sign("apiVersion")
        yield rf"{version}(?:(?<=^apiVersion)|(?<={{apiVersion)): *(?:{applied})"
        yield rf"{version}[\"']?: *[\"'](?:{applied})"


def _sign(word: str) -> str:
    """The pattern of a word, from the letter on that it is looked for by."""
    at = word.index(next(letter for letter in _LETTERS if letter in word))
    behind = f"(?<={re.escape(word)})" if at else ""
    return re.escape(word[at:]) + behind


_LETTERS = "VSPKk"  # each sign has one of them, of which the first is looked for: most are rare


def _shortest(words: set[str]) -> list[str]:
    """The words but for those that hold another one, which finds them as well."""
    return sorted(word for word in words if not any(o in word for o in words - {word}))


def of_text(text: str) -> Relevance:
    """What a text that does not parse would mean as a manifest, as far as its lines show."""
    if any(group in text for group in _TEXT_GROUPS) and re.search(_MANIFEST, text):
        return Relevance.MARKER
    search = _FLOW if text.lstrip()[:1] == "{" else _BLOCK
    groups = {version.rpartition("/")[0] for version in re.findall(search["apiVersion"], text)}
    named = {Kind(group, kind) for group in groups for kind in re.findall(search["kind"], text)}
    return Relevance.NONE if named.isdisjoint((*_BY_NAME, *FOLLOWED)) else Relevance.READ


_TEXT_GROUPS = _shortest(set(_OWN_GROUPS))
# Few texts do not parse: these are compiled when they are used.
_MANIFEST = r"""(?:^|[\s{,"'-])(?:apiVersion|kind)["']?[ \t]*:"""
_VALUE = r"""["']?[ \t]*:[ \t]*["']?([\w./-]+)"""
# The fields of the object itself, or of an item of a list: what a foreign object holds is indented.
_BLOCK = {
    field: rf"""(?m)^(?:- +|- +(?:apiVersion|kind):.*\n +)?["']?{field}{_VALUE}"""
    for field in ("apiVersion", "kind")
}
_FLOW = {field: rf"""\A\s*\{{[^\[{{]*?\b{field}{_VALUE}""" for field in ("apiVersion", "kind")}
