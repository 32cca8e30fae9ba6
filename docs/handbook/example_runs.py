"""Splits the examples of cards into files as readers see them, and runs the bad ones."""

from __future__ import annotations

import contextlib
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests import repositories
from tests.expectations import settings_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.report import cards, render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.engine import Run

__all__ = [
    "ExampleFile", "ReadableExample", "message_of", "place_of_suppression",
    "readable", "run_of",
]  # fmt: skip

_SINGLE = "manifest.yaml"
_FLAGS = re.compile(r"\A# run with (.*)\n")
_FILE = re.compile(r"^# file: (\S+?)(, before the change)?$", re.MULTILINE)


class ExampleFile(NamedTuple):
    """A file of an example; one that is `gone` was in the commit before."""

    name: str
    text: str
    gone: bool = False


class ReadableExample(NamedTuple):
    """An example as readers see it: the flags of its run, a remark, and its files."""

    flags: str
    remark: str
    files: tuple[ExampleFile, ...]


def readable(example: str) -> ReadableExample:
    """The example of a card without the marks of the tests."""
    text = cards.shown(example)
    flags = _FLAGS.match(text)
    remark, *parts = _FILE.split(_FLAGS.sub("", text))
    given = flags[1] if flags else ""
    if not parts:
        return ReadableExample(given, "", (ExampleFile(_SINGLE, remark),))
    names, gone, texts = parts[::3], parts[1::3], parts[2::3]
    files = [
        ExampleFile(name, body.lstrip("\n"), bool(before))
        for name, before, body in zip(names, gone, texts, strict=True)
    ]
    return ReadableExample(given, _plain(remark), tuple(files))


def message_of(example: str, rule_id: str) -> str:
    """The first finding of the rule in the example, as the concise format shows it.

    Raises ValueError if it finds nothing.
    """
    run = run_of(readable(example), example, rule_id)
    report = run.report._replace(findings=(_first(run, rule_id),))
    return next(render("concise", Result(report, run.sources, run.plans), Look(color=False)))


def place_of_suppression(example: str, rule_id: str) -> str:
    """Where a comment suppresses the first finding: "above" it, "beside" it, or "" for nowhere."""
    shown = readable(example)
    finding = _first(run_of(shown, example, rule_id), rule_id)
    for place in ("above", "beside"):
        files = (
            file._replace(text=_with_comment(file.text, finding, place))
            if file.name == finding.file and not file.gone else file
            for file in shown.files
        )  # fmt: skip
        report = run_of(shown._replace(files=tuple(files)), example, rule_id).report
        if any(hidden.finding.message == finding.message for hidden in report.suppressed):
            return place
    return ""


def _first(run: Run, rule_id: str) -> Finding:
    own = [finding for finding in run.report.findings if finding.rule == rule_id]
    if not own:
        raise ValueError(f"the first bad example of {rule_id} has no finding")
    return own[0]


def _with_comment(text: str, finding: Finding, place: str) -> str:
    lines = text.split("\n")
    at = finding.span.line - 1
    comment = f"# vmsnap-lint: ignore[{finding.rule}] a reason"
    if place == "beside":
        lines[at] += f"  {comment}"
    else:
        indent = " " * (len(lines[at]) - len(lines[at].lstrip(" ")))
        lines.insert(at, f"{indent}{comment}")
    return "\n".join(lines)


@cache
def run_of(shown: ReadableExample, example: str, rule_id: str) -> Run:
    """The run over the files of an example, with the flags that its card has and the rule."""
    settings = settings_of(example)
    if settings.select:  # an example of suppressions may say which rules run
        settings = settings._replace(select=settings.select | {rule_id})
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        gone = {file.name: file.text for file in shown.files if file.gone}
        if gone:
            repositories.commit(directory, gone, "before")
            for path in gone:
                (directory / path).unlink()
        write(directory, {file.name: file.text for file in shown.files if not file.gone})
        with contextlib.chdir(directory):
            return engine.lint((".",), None, settings)


def _plain(remark: str) -> str:
    """The comment above the first file, as a sentence."""
    lines = (line.lstrip("# ") for line in remark.splitlines())
    return " ".join(filter(None, lines))
