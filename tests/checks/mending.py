"""Applies the fixes of examples, round by round, as `--fix` does."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.expectations import settings_of
from vmsnap_lint import engine
from vmsnap_lint.report.fixing.applying import applied, wanted
from vmsnap_lint.report.fixing.edited_file import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.report.fixing.edited_file import EditedFile

__all__ = ["files_of", "findings", "identities", "mended", "round_of", "settings_for"]

MOST_ROUNDS = 10
_FILE = re.compile(r"# file: (\S+)$")


def files_of(example: str) -> dict[str, str]:
    """The files of an example, or the one that it is."""
    files: dict[str, str] = {}
    name = ""
    for line in example.splitlines(keepends=True):
        head = _FILE.match(line.rstrip("\n"))
        if head:
            name = head[1]
            files[name] = ""
        elif name:
            files[name] += line
    return files or {"example.yaml": example}


def settings_for(example: str, rule_id: str) -> Settings:
    """The settings of an example, with which findings have fixes."""
    settings = settings_of(example)._replace(with_fixes=True)
    return settings._replace(select=settings.select | {rule_id}) if settings.select else settings


def findings(settings: Settings) -> tuple[Finding, ...]:
    """What the working directory gives."""
    return engine.lint((".",), None, settings).report.findings


def identities(found: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    """The findings without their lines and words, which a fix may change."""
    return Counter((each.rule, each.file, each.path) for each in found)


def round_of(found: Iterable[Finding], *, unsafe: bool) -> Mapping[str, EditedFile]:
    """The files of the working directory after one round of fixes, which are written there."""
    files = applied(wanted(found, unsafe=unsafe), _known).files
    for name, file in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(file.data)
    return files


def mended(files: Mapping[str, str], settings: Settings, *, unsafe: bool) -> tuple[Finding, ...]:
    """What is left to find after all rounds."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text.encode())
    for _ in range(MOST_ROUNDS):
        found = findings(settings)
        if not round_of(found, unsafe=unsafe):
            return found
    raise AssertionError("the fixes do not come to an end")


def _known(name: str) -> EditedFile | str:
    path = Path(name)
    return (
        opened(path.read_bytes() if path.exists() else b"")
        or "its encoding cannot be kept, save it as UTF-8"
    )
