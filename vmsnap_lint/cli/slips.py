"""Slips on the command line become one line that says what was meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.console import PROGRAM
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.core.values import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["usage_mistake", "verb_hint"]

_OTHER_WORDS = {  # that other programs have for our verbs
    "explain": "vmsnap-lint rule",
    "help": "vmsnap-lint --help",
    "lint": "vmsnap-lint check",
    "rules": "vmsnap-lint rule",
    "version": "vmsnap-lint --version",
}
_OTHER_FLAGS = {"--fix": "no file is changed, findings say what to change"}


def usage_mistake(error: Exception, verb: str) -> str:
    """A usage error of typer in one line, with the verb whose help lists what there is."""
    command = f"{PROGRAM} {verb}" if verb in VERBS else PROGRAM
    more = f"`{command} --help` shows what it takes"
    if hasattr(error, "possibilities"):
        name: str = error.option_name  # type: ignore[attr-defined]  # of an unknown option
        return f"no such option: {name}; {_OTHER_FLAGS.get(name) or _flag_hint(name, verb) or more}"
    message: str = error.format_message()  # type: ignore[attr-defined]  # of typer's errors
    text = " ".join(message.split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]} ({more})"


def verb_hint(arguments: Sequence[str], message: str) -> str:
    """What to add to a complaint about a path that does not exist, but is a verb, or near one."""
    for index, word in enumerate(arguments):
        if f'"{word}"' not in message or os.path.lexists(word):
            continue
        if index == 0 and word in _OTHER_WORDS:
            return f"; did you mean `{_OTHER_WORDS[word]}`?"
        near = word if word in VERBS else _nearest_verb(word) if index == 0 else ""
        if near and arguments[0] == near:
            return f'; the verb "{near}" is given twice'
        if near:
            return f'; did you mean the verb "{near}"? It comes first'
    return ""


def _nearest_verb(word: str) -> str:
    return next(iter(nearest(word, sorted(VERBS), limit=1)), "")


def _flag_hint(name: str, verb: str) -> str:
    """The question whether a flag near to this one was meant, or ""."""
    flags = ["--help", *(row.flags[-1] for row in options_of(verb))]
    longest = max((flag for flag in flags if name.startswith(f"{flag}-")), key=len, default="")
    begun = [flag for flag in flags if len(name) > 3 and flag.startswith(name)]
    near = [longest] if longest else begun or nearest(name, flags, limit=1)
    if near:
        return f"did you mean {near[0]}?"
    for other in ("", *VERBS):
        if any(name in row.flags for row in options_of(other)):
            return f"it is an option of `{f'{PROGRAM} {other}'.rstrip()}`"
    return ""
