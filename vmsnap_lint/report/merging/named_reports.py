"""Files become the reports to merge, each with the name of its repository."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from itertools import takewhile

from vmsnap_lint.core import data_files
from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.bounded_files import whole, why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.report.merging import sarif_shape
from vmsnap_lint.report.writers.json_fields import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema_rs import Draft202012Validator

__all__ = ["KEY", "LISTS", "MOST_BYTES", "NamedReport", "read"]

MOST_BYTES = 2**28
"""Of one report."""
LISTS = ("findings", "suppressed", "stale", "not_checked", "cut", "judged_for")
"""The lists of a report, whose entries have the key of their repository when it is merged."""
KEY = "repository"
_NAME = re.compile(r"([A-Za-z0-9_.@+-]+(?:/[A-Za-z0-9_.@+-]+)*)=(.+)", re.DOTALL)
_SUFFIXES = (".json", ".sarif")
_PROGRAM = "vmsnap-lint"
# Half characters, which no schema can be held against; an escaped backslash before it is none.
_HALF = re.compile(r"(\\\\)|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class NamedReport(NamedTuple):
    """A report: the name of its repository, its file, and its value.

    `is_named` says that the name was given, and does not only come from the path.
    """

    name: str
    file: str
    value: dict[str, Any]
    is_named: bool = False

    @property
    def is_sarif(self) -> bool:
        """Whether it is one of format sarif, else it is one of format json."""
        return "runs" in self.value


def read(arguments: Sequence[str]) -> list[NamedReport]:
    """The reports of `FILE` and `NAME=FILE`, and of all files in `DIRECTORY` and `NAME=DIRECTORY`.

    Without a name, that of a repository is the path below the directory; among files it is the path
    without the directories that all of them begin with.

    Raises UsageError for a file that is no report of this program.
    """
    files: list[_File] = []
    for name, path in map(_pair, arguments):
        if os.path.isdir(path):
            files += _below(path, name)
        else:
            files.append(_File(path, name, bool(name)))
    values = [_value(file.path) for file in files]
    given = [
        file.path
        for file, value in zip(files, values, strict=True)
        if not file.name and not _is_merged(value)
    ]
    names = dict(zip(given, _names(given), strict=True))
    reports = [
        NamedReport(name or names.get(path, ""), path, value, is_named)
        for (path, name, is_named), value in zip(files, values, strict=True)
    ]
    return sorted(reports, key=lambda report: (report.name, report.file))


class _File(NamedTuple):
    """A file with a report, and its name where that is known before it is read."""

    path: str
    name: str
    is_named: bool


def _pair(argument: str) -> tuple[str, str]:
    """The name, "" for none, and the file; what exists is a file whatever its name is."""
    match = None if os.path.lexists(argument) else _NAME.fullmatch(argument)
    return (match[1], match[2]) if match else ("", argument)


def _below(directory: str, name: str) -> list[_File]:
    """The reports in a directory, named by their paths in it."""
    found = sorted(
        os.path.join(folder, file)
        for folder, _, files in os.walk(directory)
        for file in files
        if file.endswith(_SUFFIXES)
    )
    if not found:
        raise UsageError(f'no report (*.json, *.sarif) in "{abridged(directory)}"')
    prefix = f"{name}/" if name else ""
    return [_File(file, f"{prefix}{_inside(file, directory)}", bool(name)) for file in found]


def _inside(file: str, directory: str) -> str:
    return _without_suffix(os.path.relpath(file, directory)).replace(os.sep, "/")


def _names(files: Sequence[str]) -> list[str]:
    paths = [_without_suffix(os.path.abspath(file)).split(os.sep) for file in files]
    common = _common([path[:-1] for path in paths])
    return ["/".join(path[common:]) for path in paths]


def _common(directories: Sequence[list[str]]) -> int:
    """How many directories all the paths begin with."""
    alike = (len(set(level)) == 1 for level in zip(*directories, strict=False))
    return sum(takewhile(bool, alike))


def _is_merged(value: dict[str, Any]) -> bool:
    """Whether it names its repositories itself."""
    runs = value.get("runs")
    return all("automationDetails" in run for run in runs) if runs else "repositories" in value


def _without_suffix(path: str) -> str:
    for suffix in (*_SUFFIXES, *_SUFFIXES):
        path = path.removesuffix(suffix)
    return path


def _value(file: str) -> dict[str, Any]:
    text = _text(file)
    try:
        value = _decoded(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f'"{abridged(file)}" is no JSON, or is cut off ({error})') from None
    if not isinstance(value, dict) or value.keys().isdisjoint(("findings", "runs")):
        raise _no_report(file, "it has neither findings nor runs")
    if "runs" in value:
        _check_sarif(file, text, value)
    else:
        _check_json(file, text, value)
    return value


def _decoded(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for what others cannot read."""
    return json.loads(text, parse_float=_number, parse_constant=_number)


def _number(text: str) -> int | float:
    """A number; 1.0 is the integer that it is for a JSON Schema."""
    number = float(text)
    if number - number != 0:
        raise ValueError(f"{text} is no number of JSON")
    return int(number) if number.is_integer() else number


def _text(file: str) -> str:
    try:
        return whole(file, MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f'cannot read "{abridged(file)}" ({why(error)})') from error
    except UnicodeDecodeError:
        raise _no_report(file, "it is not UTF-8") from None


def _no_report(file: str, reason: str) -> UsageError:
    how = "write it with --format json or sarif"
    return UsageError(f'"{abridged(file)}" is no report of {_PROGRAM}: {reason}; {how}')


def _check_json(file: str, text: str, value: dict[str, Any]) -> None:
    """Raises UsageError unless it is as its schema says."""
    version = value.get("schema_version")
    if version != SCHEMA_VERSION:
        shown = abridged(json.dumps(version))
        raise _no_report(file, f"schema_version is {shown}, expected {SCHEMA_VERSION}")
    _fit(file, text, value, _of_json())
    if "repositories" in value and _strays(value):
        raise _no_report(file, "an entry is of none of its repositories")


def _strays(whole: dict[str, Any]) -> set[str | None]:
    """The repositories that entries of a merged report name, and the report does not."""
    named = {entry.get(KEY) for name in LISTS for entry in whole[name]}
    return named - {each["name"] for each in whole["repositories"]}


def _check_sarif(file: str, text: str, value: dict[str, Any]) -> None:
    """Raises UsageError unless all runs are of this program, with what a merge needs."""
    _fit(file, text, value, _of_sarif())
    for run in value["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            if result["ruleId"] not in [rule["id"] for rule in rules[result["ruleIndex"] :][:1]]:
                raise _no_report(file, f"a result has no rule {abridged(result['ruleId'])}")


def _fit(file: str, text: str, value: Any, schema: Draft202012Validator) -> None:
    """Raises UsageError for the first place that does not fit a schema."""
    if _HALF.search(text) is not None:
        value = _decoded(_HALF.sub(lambda half: half[1] or "?", text))
    try:
        error = next(schema.iter_errors(value), None)
    except ValueError as limit:
        raise _no_report(file, abridged(str(limit))) from None
    if error is not None:
        place = "/".join(map(str, error.instance_path))
        raise _no_report(file, abridged(f"{place or 'the whole'}: {error.message}"))


@cache
def _of_json() -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # as with all schemas: by need

    return Draft202012Validator(json.loads(data_files.read_text("schemas", "output", "check.json")))


@cache
def _of_sarif() -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # as above

    return Draft202012Validator(sarif_shape.SCHEMA)
