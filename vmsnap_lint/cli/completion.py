"""Completes command lines in bash, zsh and fish, with the scripts and the protocol of typer.

A script calls the program with the line in variables. The answer comes from the table of options,
without typer, so that a key press is not felt.
"""

from __future__ import annotations

import os
import shlex

from vmsnap_lint.cli.candidates import candidates
from vmsnap_lint.cli.console import COMPLETION, PROGRAM
from vmsnap_lint.config.settings import SHELLS
from vmsnap_lint.config.suggestions import choice_mistake
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.cli.candidates import Candidate

__all__ = ["answer", "installed", "script"]

_ACTION = "_TYPER_COMPLETE_FISH_ACTION"
_LINE = "_TYPER_COMPLETE_ARGS"
# behind FORMAT= a file follows
_GOES_ON = '    [[ "${COMPREPLY[0]-}" == *= ]] && compopt -o nospace\n    return 0'
# the file is read when the first line is completed, which would have no answer
_AT_ONCE = 'if [[ "$funcstack[1]" == _vmsnap-lint ]]; then _vmsnap_lint_completion "$@"; fi'


def script(shell: str) -> str:
    """The script that a shell has to read.

    Raises UsageError for an unknown shell.
    """
    # what typer's own options call
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    text = get_completion_script(prog_name=PROGRAM, complete_var=COMPLETION, shell=_known(shell))
    if _known(shell) == "bash":
        return text.replace("    return 0", _GOES_ON)
    return f"{text}\n{_AT_ONCE}" if _known(shell) == "zsh" else text


def installed(shell: str) -> str:
    """Installs the script for the user; returns the file.

    Raises UsageError for an unknown shell, or where a file cannot be written.
    """
    from typer.completion import install  # type: ignore[attr-defined] # as above

    try:
        _, path = install(shell=_known(shell), prog_name=PROGRAM, complete_var=COMPLETION)
        path.write_text(f"{script(shell)}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f'cannot write "{error.filename}" ({error.strerror})') from error
    return str(path)


def answer(instruction: str) -> tuple[list[str], int]:
    """The lines for the script of a shell, and the exit code.

    The instruction is `complete_SHELL`, or `source_SHELL` for the script itself. Raises UsageError
    for an unknown shell.
    """
    action, _, shell = instruction.partition("_")
    _known(shell)
    if action == "source":
        return script(shell).splitlines(), 0
    if shell == "bash":
        return _for_bash(), 0
    words, start = _line()
    found = candidates(words, start)
    if shell == "zsh":
        return _for_zsh(found, start), 0
    if os.environ.get(_ACTION) == "is-args":
        return [], 0 if found else 1  # 1: files are completed
    return [f"{row.word}\t{row.help}".rstrip("\t") for row in found], 0


def _known(shell: str) -> str:
    """The shell; of "" that of the user."""
    shell = shell or os.path.basename(os.environ.get("SHELL", ""))
    if shell not in SHELLS:
        raise UsageError(f"shell completion: {choice_mistake(shell, SHELLS)}")
    return shell


def _for_bash() -> list[str]:
    """Bash splits `--format=json` at the sign, and replaces only the part behind it."""
    words, at = _bash_words()
    start = words[at] if at < len(words) else ""
    before = words[1:at]
    lead = ""
    if start == "=" and before[-1:]:
        lead, start = f"{before.pop()}=", ""
    elif before[-1:] == ["="] and len(before) > 1:
        lead = f"{before[-2]}="
        del before[-2:]
    found = candidates(_joined(before), lead + start)
    return [row.word.removeprefix(lead) for row in found]


def _bash_words() -> tuple[list[str], int]:
    """The words, and the number of that which is completed."""
    line = os.environ.get("COMP_WORDS", "")
    number = os.environ.get("COMP_CWORD", "")
    at = int(number) if number.isdecimal() else 0
    lines = line.split("\n")  # a word a line, as typer's script joins them
    if len(lines) > at:
        return [" ".join(_split(word)) for word in lines], at
    return _split(line), at


def _joined(words: Sequence[str]) -> list[str]:
    """The words, with `--name`, `=` and `value` as one."""
    result: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "=" and result:
            result[-1] += word + next(rest, "")
        else:
            result.append(word)
    return result


def _line() -> tuple[list[str], str]:
    """The words behind the program up to the cursor, and the start of the last one."""
    line = os.environ.get(_LINE, "")
    words = _split(line)[1:]
    if words and not line.endswith(" "):
        return words[:-1], words[-1]
    return words, ""


def _split(line: str) -> list[str]:
    """The words of a line, which may end in a quote that is not closed."""
    for end in ("", '"', "'", "\\"):
        try:
            return shlex.split(line + end)
        except ValueError:
            continue
    return line.split()


def _for_zsh(found: Sequence[Candidate], start: str) -> list[str]:
    """Code for zsh, which evaluates it; files where there are no candidates."""
    if not found:
        # behind FORMAT= and --name= a file begins
        return ["compset -P '*=' ; _files"] if "=" in start else ["_files"]
    suffix = "-S '' " if all(row.is_open for row in found) else ""
    items = " ".join(shlex.quote(_described(row)) for row in found)
    return [f"local -a found; found=({items}); _describe '{PROGRAM}' found {suffix}".rstrip()]


def _described(candidate: Candidate) -> str:
    word = candidate.word.replace(":", r"\:")
    return f"{word}:{candidate.help}" if candidate.help else word
