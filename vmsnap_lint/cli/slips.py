"""Formats usage errors of typer as one line, with suggestions."""

from __future__ import annotations

import os

from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.console import PROGRAM
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command_hint", "usage_mistake"]

_OTHER_WORDS = {  # for our commands in other programs
    "diff": "vmsnap-lint --diff",
    "explain": "vmsnap-lint rule",
    "fix": "vmsnap-lint --fix",
    "help": "vmsnap-lint --help",
    "lint": "vmsnap-lint check",
    "policies": "vmsnap-lint rule",
    "policy": "vmsnap-lint rule",
    "rules": "vmsnap-lint rule",
    "server": "vmsnap-lint lsp",
    "version": "vmsnap-lint --version",
}
_NO_OPTION = "behind `--` all are paths: set options in .vmsnap-lint.yaml, or before it"


def usage_mistake(error: Exception, verb: str) -> str:
    """typer's usage error, with the command whose --help explains it."""
    command = f"{PROGRAM} {verb}" if verb in VERBS else PROGRAM
    more = f"see `{command} --help`"
    if hasattr(error, "possibilities"):
        name: str = error.option_name  # type: ignore[attr-defined]  # of an unknown option
        return f"no such option {name} ({_flag_hint(name, verb) or more})"
    message: str = error.format_message()  # type: ignore[attr-defined]  # of typer's errors
    text = " ".join(message.split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]} ({more})"


def command_hint(arguments: Sequence[str], message: str) -> str:
    """The suggestion for a missing path: an option behind `--`, or like a command; else ""."""
    behind = arguments.index("--") if "--" in arguments else len(arguments)
    for index, word in enumerate(arguments):
        if f'"{word}"' not in message or os.path.lexists(word):
            continue
        if index > behind and word.startswith("-"):
            return f" ({_NO_OPTION})"
        if index == 0 and word in _OTHER_WORDS:
            return f" (did you mean `{_OTHER_WORDS[word]}`?)"
        near = [word] if word in VERBS else nearest(word, sorted(VERBS)) if index == 0 else []
        if near and arguments[0] == near[0]:
            return f' (the command "{near[0]}" is given twice)'
        if near:
            return f' (did you mean the command "{near[0]}"? It comes first)'
    return ""


def _flag_hint(name: str, verb: str) -> str:
    """The suggestion for an unknown flag, or ""."""
    flags = ["--help", *(row.flags[-1] for row in options_of(verb))]
    shorter = sorted((flag for flag in flags if name.startswith(f"{flag}-")), key=len)[-1:]
    longer = [flag for flag in flags if len(name) > 3 and flag.startswith(name)]
    if near := shorter or longer or nearest(name, flags, limit=1):
        return f"did you mean {near[0]}?"
    for other in ("", *VERBS):
        if any(name in row.flags for row in options_of(other)):
            return f"it is an option of `{f'{PROGRAM} {other}'.rstrip()}`"
    of_program = nearest(name, [row.flags[-1] for row in options_of("")], limit=1)
    return f"did you mean `{PROGRAM} {of_program[0]}`?" if of_program else ""
