"""The words of a command line that are typed already, and the start of one, become those it can be.

None stands for a path: shells complete these themselves, with the quotes that they need. Nothing
of the working directory is a candidate.
"""

from __future__ import annotations

from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.output_formats import FINDING_FORMATS, PLAN_FORMATS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.config.options import Option

__all__ = ["Candidate", "candidates"]


class Candidate(NamedTuple):
    """A word, and what it stands for; an `is_open` one goes on, so no space follows it."""

    word: str
    help: str = ""
    is_open: bool = False


def candidates(words: Sequence[str], start: str) -> list[Candidate]:
    """What the word that begins with `start` can be, behind these words."""
    return [found for found in _all(words, start) if found.word.startswith(start)]


def _all(words: Sequence[str], start: str) -> Iterator[Candidate]:
    if "--" in words:
        return
    verb = words[0] if words and words[0] in VERBS else DEFAULT
    rows = (*options_of(verb), *options_of(""))
    valued = {flag: row for row in rows for flag in row.flags if row.type is not Type.SWITCH}
    pending, arguments = None, 0
    for word in words[1:] if words and words[0] in VERBS else words:
        if pending is None and not word.startswith("-"):
            arguments += 1
        pending = valued.get(word) if pending is None else None
    flag, separator, value = start.partition("=")
    if pending is not None:
        yield from _values(pending, verb, start)
    elif separator and flag in valued:
        for found in _values(valued[flag], verb, value):
            yield found._replace(word=f"{flag}={found.word}")
    elif start.startswith("-"):
        yield from _flags(options_of(verb) if words else rows)
    elif not words:
        yield from (Candidate(name, row.summary) for name, row in VERBS.items())
    elif verb == "rule" and not arguments:
        yield from _rules()


def _flags(rows: Iterable[Option]) -> Iterator[Candidate]:
    yield from (Candidate(flag, row.help) for row in rows for flag in row.flags)
    yield Candidate("--help", "Show the help.")


def _values(option: Option, verb: str, start: str) -> Iterable[Candidate]:
    """The values of an option; of a list behind a comma the next one."""
    if option.choices:
        return map(Candidate, option.choices)
    if option.type is Type.OUTPUTS:
        formats = PLAN_FORMATS if verb == "plan" else FINDING_FORMATS
        return [] if "=" in start else [Candidate(f"{row.name}=", "", True) for row in formats]
    if option.type is Type.RELEASE:
        from vmsnap_lint.core.releases import known

        return map(Candidate, reversed(known()))
    if option.type in (Type.RULES, Type.KINDS):
        *given, _ = start.split(",")
        listed = [*(_rules() if option.type is Type.RULES else _kinds())]
        if not {row.word for row in listed}.issuperset(given):
            return []  # a word that means something to the shell is not repeated without its quotes
        lead = "".join(f"{word}," for word in given)
        return [row._replace(word=lead + row.word) for row in listed if row.word not in given]
    return []


def _rules() -> Iterator[Candidate]:
    from vmsnap_lint.core.data_files import rule_ids

    return map(Candidate, rule_ids())


def _kinds() -> Iterator[Candidate]:
    from vmsnap_lint.config.suggestions import ALL, KINDS

    return map(Candidate, [ALL, *sorted(KINDS)])
