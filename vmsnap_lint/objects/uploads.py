"""The PVCs that commands in scripts and pages make, as gaps: `virtctl image-upload dv web-root`.

kubevirt v1.9.0, pkg/virtctl/imageupload/imageupload.go and pkg/virtctl/memorydump/memorydump.go.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.relevance import uploads
from vmsnap_lint.core.values import is_dns1123_label, is_dns1123_subdomain
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.document import Source

__all__ = ["made_by"]

_LONGEST = 2**20  # bytes of a text that is looked at
_LONGEST_COMMAND = 4_000
_CONTINUED = r"\\\r?\n"
_COMMAND = r"[^\n;|&]+"
_TYPES = frozenset(("datavolume", "dv", "persistentvolumeclaim", "pvc"))
_QUOTES = "\"'`,[]()"


def made_by(source: Source) -> tuple[Gap, ...]:
    """The PVCs that commands in a text make; one with a variable for its name may make any."""
    if len(source.data) > _LONGEST or not uploads(source.data):
        return ()
    gaps: dict[tuple[str, str | None], Gap] = {}
    text = source.lines.text
    # in place of a continued line stand blanks, so that every place is the same
    for match in re.finditer(_COMMAND, re.sub(_CONTINUED, _blank, text)):
        if len(match[0]) > _LONGEST_COMMAND or not _is_command(match[0]):
            continue
        words = [word.strip(_QUOTES) for word in match[0].split()]
        for name in _names(words):
            start = match.end() - len(match[0].lstrip())
            at = SourceSpan(source, source.lines.head(start, match.end()))
            namespace = _namespace(words)
            gaps.setdefault((name, namespace), _gap(at, namespace, name))
    return tuple(gaps.values())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_command(text: str) -> bool:
    return uploads(text.encode("utf-8", "surrogatepass"))


def _gap(at: SourceSpan, namespace: str | None, name: str) -> Gap:
    names, both = frozenset((name,) if name else ()), frozenset((PVC, DATA_VOLUME))
    what = f'virtctl in "{at.source.file}"'
    return Gap(what, "a command there makes PVCs", at, namespace, both, names)


def _names(words: Sequence[str]) -> Iterator[str]:
    """The PVCs that a command makes, "" for one whose name is not known."""
    if "image-upload" in words:
        after = words[words.index("image-upload") + 1 :]
        kinds = [number for number, word in enumerate(after) if word.casefold() in _TYPES]
        named = _flag(words, "--pvc-name")
        if kinds or named is not None:
            yield _known(after[kinds[0] + 1] if kinds and after[kinds[0] + 1 :] else named)
        elif any(_is_variable(word) for word in after if not word.startswith("-")):
            yield ""
    elif "memory-dump" in words and "--create-claim" in words:
        yield _known(_flag(words, "--claim-name"))


def _known(name: str | None) -> str:
    return name if name is not None and is_dns1123_subdomain(name) else ""


def _is_variable(word: str) -> bool:
    return word.startswith(("$", "{{", "%"))


def _namespace(words: Sequence[str]) -> str | None:
    """The namespace that a command sets; None where it sets none or a variable."""
    name = _flag(words, "--namespace", "-n")
    return name if name is not None and is_dns1123_label(name) else None


def _flag(words: Sequence[str], *names: str) -> str | None:
    """The value of a flag, `--flag=value` or `--flag value`; None without one."""
    for number, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag in names:
            following = words[number + 1] if words[number + 1 :] else None
            return value.strip(_QUOTES) if equals else following
    return None
