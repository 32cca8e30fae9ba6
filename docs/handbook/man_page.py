"""Writes the man page from the tables of commands, options and exit codes, in roff."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

from handbook.paths import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.cli.environment_variables import VARIABLES
from vmsnap_lint.cli.exit_codes import EXIT_CODES, SIGNAL_CODES
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Group
from vmsnap_lint.config.settings import ROWS
from vmsnap_lint.core.addresses import DOCUMENTATION, REPOSITORY
from vmsnap_lint.core.file_names import CONFIGURATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.cli.verbs import Verb
    from vmsnap_lint.config.options import Option

__all__ = ["man_page"]

_WIDTH = 64  # escapes make a line longer
_NOTE = '.\\" written by docs/generate.py from the tables of the program: edit those'
_SUMMARY = "find KubeVirt VM snapshots that will be rejected, fail, or lack a disk"
_DESCRIPTION = """\
vmsnap-lint checks the manifests of KubeVirt VM snapshots, restores, clones and exports before they
are applied. It follows each snapshot to its VM, volumes and classes as the controllers of the
chosen KubeVirt release do, and reports each broken link with its place and the fix.

It needs no cluster, opens no network connection, and sends nothing to anybody."""
_FILES = ", ".join((*CONFIGURATIONS, "pyproject.toml"))
_FILES_HELP = """\
The configuration: the nearest one, from the working directory up to the root of the git repository;
of pyproject.toml the table [tool.vmsnap-lint]."""
_RELEASE = re.compile(r"^## \D*(\d+\.\d+\.\d+)\D+(\d{4}-\d{2}-\d{2})", re.MULTILINE)


def man_page() -> str:
    """The page vmsnap-lint(1)."""
    return "\n".join([
        _NOTE,
        f'.TH VMSNAP\\-LINT 1 "{_date()}" "vmsnap\\-lint {__version__}" "User Commands"',
        *_section("NAME", _named()),
        *_section("SYNOPSIS", _synopsis()),
        *_section("DESCRIPTION", _paragraphs(_DESCRIPTION.split("\n\n"))),
        *_section("COMMANDS", _entries((_usage(*row), row[1].summary) for row in VERBS.items())),
        *_section("OPTIONS", _options()),
        *_section("EXIT STATUS", _entries(_bold(*EXIT_CODES, *SIGNAL_CODES))),
        *_section("ENVIRONMENT", _environment()),
        *_section("FILES", _entries([(_italic(_FILES), _FILES_HELP)])),
        *_section("EXAMPLES", _examples()),
        *_section("BUGS", [f"{REPOSITORY}/issues"]),
        *_section("SEE ALSO", [".BR kubectl (1),", f"{DOCUMENTATION}/"]),
    ]) + "\n"  # fmt: skip


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {title}"
    yield from lines


def _named() -> Iterator[str]:
    first, *others = _lines(_SUMMARY)
    yield from (f"vmsnap\\-lint \\- {first}", *others)


def _synopsis() -> Iterator[str]:
    for number, (name, verb) in enumerate(VERBS.items()):
        yield from (".br",) if number else ()
        command = f"\\fR[\\fB{name}\\fR]" if name == DEFAULT else name
        yield f"\\fBvmsnap\\-lint {command}\\fR [\\fIOPTIONS\\fR]{_argument(verb)}"


def _argument(verb: Verb) -> str:
    if not verb.argument:
        return ""
    return f" [\\fI{verb.argument}\\fR]{'...' if verb.repeated else ''}"


def _usage(name: str, verb: Verb) -> str:
    return f"\\fB{name}\\fR{_argument(verb)}"


def _options() -> Iterator[str]:
    """The options by group, each with the commands that have it."""
    for group in Group:
        rows = [row for row in ROWS if row.group is group and row.flags]
        if rows:
            yield f".SS {_text(group.value)}"
            yield from _entries((_flags(row), _about(row)) for row in rows)


def _flags(option: Option) -> str:
    flags = ", ".join(f"\\fB{_text(flag)}\\fR" for flag in option.flags)
    value = f" {_italic(option.placeholder)}" if option.placeholder else ""
    return f"{flags}{value}"


def _about(option: Option) -> str:
    default = f" The default is {option.default}." if isinstance(option.default, str) else ""
    verbs = ", ".join(filter(None, option.verbs))
    return f"{option.help}{default}{f' ({verbs})' if verbs else ''}"


def _environment() -> Iterator[str]:
    named = sorted((row.variable, row.flags[-1]) for row in ROWS if row.variable)
    yield "The flags override these variables, which override the configuration file:"
    yield from _entries((f"\\fB{_text(name)}\\fR", f"the value of {flag}") for name, flag in named)
    yield ".PP"
    yield "These count, too:"
    yield from _entries(_bold(*VARIABLES))


def _examples() -> Iterator[str]:
    examples = [line for verb in VERBS.values() for line in verb.examples]
    yield from (".nf", ".RS", *map(_text, examples), ".RE", ".fi")


def _bold(*rows: tuple[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"\\fB{_text(term)}\\fR", text) for term, text in rows)


def _italic(text: str) -> str:
    return f"\\fI{_text(text)}\\fR"


def _entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Terms, already in roff, with their texts."""
    for term, text in rows:
        yield from (".TP", term, *_lines(text))


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield from (".PP",) if number else ()
        yield from _lines(text)


def _lines(text: str) -> Iterator[str]:
    """Short lines of text, none of them a request of roff."""
    for line in wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False):
        escaped = _text(line)
        yield f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _text(text: str) -> str:
    """Text as roff: a backslash, and hyphens that can be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")


def _date() -> str:
    """The date of the newest release in the changelog, "" before the first one."""
    found = _RELEASE.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    return found[2] if found else ""
