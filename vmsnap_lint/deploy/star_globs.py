"""The globs of Argo CD and Flux, none of which takes longer than the text is long."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["fits_names", "fits_text", "star_pattern"]

_MOST_ALTERNATIVES = 64
_LONGEST = 1_000
_PART = re.compile(r"\\(.)|\[([!^]?)([^\]]+)\]|(\*+)|(.)", re.DOTALL)
_RANGE = re.compile(r"(.)-(.)", re.DOTALL)
_BRACES = re.compile(r"\{([^{}]*)\}")


def fits_text(glob: str, text: str) -> bool:
    """Whether a glob whose `*` takes slashes as well, with `{a,b}`, fits the whole text.

    Source: gobwas/glob without separators, argo-cd v3.5.1, util/glob/glob.go.
    """
    return any(star_pattern(each).fullmatch(text) for each in _alternatives(glob))


def fits_names(glob: str, path: str) -> bool:
    """Whether a glob whose `*` stays within a name fits the path: Go's path.Match."""
    globs, names = glob.split("/"), path.split("/")
    return len(globs) == len(names) and all(
        star_pattern(each).fullmatch(name) for each, name in zip(globs, names, strict=True)
    )


@lru_cache(maxsize=256)
def _alternatives(glob: str) -> tuple[str, ...]:
    """The glob with each choice of its braces; a part of them where there are too many."""
    done: list[str] = []
    waiting = [glob[:_LONGEST]]
    while waiting and len(done) + len(waiting) <= _MOST_ALTERNATIVES:
        here = waiting.pop()
        choice = _BRACES.search(here)
        if choice is None:
            done.append(here)
            continue
        start, end = choice.span()
        waiting += [here[:start] + part + here[end:] for part in choice[1].split(",")[::-1]]
    return tuple(done)


@lru_cache(maxsize=256)
def star_pattern(glob: str) -> re.Pattern[str]:
    """The expression for a glob: what follows a star is looked for once, at its first place.

    What follows the last star is looked for at the end.
    """
    parts: list[list[str]] = [[]]
    for escaped, negated, members, stars, other in _PART.findall(glob[:_LONGEST]):
        if stars:
            parts.append([])
        elif members:
            parts[-1].append(_class(negated, members))
        else:
            parts[-1].append("." if other == "?" else re.escape(escaped or other))
    first, *others = ("".join(part) for part in parts)
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    last = f"(?=.{{{len(parts[-1])}}}).*+(?<={others[-1]})" if others else ""
    return re.compile(f"{first}{middle}{last}", re.DOTALL)


def _class(negated: str, members: str) -> str:
    """A set of characters; a range whose end comes before its start holds nothing."""
    ranges, others = _RANGE.findall(members), _RANGE.sub("", members)
    held = [f"{re.escape(a)}-{re.escape(b)}" for a, b in ranges if a <= b] + [re.escape(others)]
    return f"[{'^' if negated else ''}{''.join(held)}]" if any(held) else "(?!)."
