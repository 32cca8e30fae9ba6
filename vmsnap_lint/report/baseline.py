"""A file of accepted findings: what it hides, and which of its entries are stale.

The file is JSON, an entry a fingerprint; rule, file and message are for people, and for telling
what a run could not find again since it did not look.
"""

from __future__ import annotations

import json
import posixpath
from operator import attrgetter
from typing import TYPE_CHECKING

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Accepted, Suppressed, SuppressionKind
from vmsnap_lint.report.findings import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from vmsnap_lint.core.model import Finding, Report

__all__ = ["VERSION", "accepted", "apply", "read", "write"]

VERSION = 1
_REASON = "accepted by the baseline"
_ORDER = attrgetter("file", "rule", "fingerprint")


def read(path: str) -> tuple[Accepted, ...]:
    """The entries of a baseline; a UsageError names the file and what is wrong with it."""
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UsageError(f'cannot read the baseline "{path}": {reason}') from error
    except (ValueError, RecursionError) as error:
        raise _refused(path, f"it is no JSON ({error})") from error
    if not isinstance(value, dict) or "version" not in value:
        raise _refused(path, 'it has no "version"')
    if value["version"] != VERSION:
        raise _refused(path, f"its version is {value['version']!r}, and we read {VERSION}")
    if not isinstance(value.get("findings"), list):
        raise _refused(path, 'its "findings" is no list')
    return tuple(_entry(path, number, one) for number, one in enumerate(value["findings"], 1))


def accepted(findings: Iterable[Finding]) -> tuple[Accepted, ...]:
    """The entries that hide these findings, in the order of the file."""
    return tuple(
        sorted((Accepted(f.fingerprint, f.rule, f.file, f.message) for f in findings), key=_ORDER)
    )


def write(path: str, entries: Iterable[Accepted]) -> None:
    """Writes a baseline that differs from an older one in what was found anew or is gone."""
    value = {"version": VERSION, "findings": [one._asdict() for one in entries]}
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(value, indent=2) + "\n")
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UsageError(f'cannot write the baseline "{path}": {reason}') from error


def apply(
    report: Report, entries: Sequence[Accepted], rules: Set[str], paths: Iterable[str]
) -> Report:
    """The report without what the baseline accepts, of a run of these rules over these paths."""
    known = {one.fingerprint for one in entries}
    shown = tuple(one for one in report.findings if one.fingerprint not in known)
    hidden = [
        Suppressed(one, SuppressionKind.EXTERNAL, _REASON)
        for one in report.findings
        if one.fingerprint in known
    ]
    # what a comment hides as well is found, and so no stale entry
    found = {one.fingerprint for one in report.findings}
    found |= {one.finding.fingerprint for one in report.suppressed}
    roots = [posixpath.normpath(path) for path in paths]
    stale = [
        one
        for one in entries
        if one.fingerprint not in found and one.rule in rules and _is_below(one.file, roots)
    ]
    every = sorted((*report.suppressed, *hidden), key=lambda one: key(one.finding))
    return report._replace(
        findings=shown, suppressed=tuple(every), stale=tuple(sorted(stale, key=_ORDER))
    )


def _refused(path: str, reason: str) -> UsageError:
    return UsageError(f'"{path}" is not a baseline: {reason}; --write-baseline makes a new one')


def _entry(path: str, number: int, value: object) -> Accepted:
    found = [value.get(name) for name in Accepted._fields] if isinstance(value, dict) else []
    texts = [text for text in found if isinstance(text, str)]
    if len(texts) < len(Accepted._fields):
        names = ", ".join(f'"{name}"' for name in Accepted._fields)
        raise _refused(path, f"its finding {number} does not have the texts {names}")
    return Accepted(*texts)


def _is_below(file: str, roots: Iterable[str]) -> bool:
    """Whether a run over these paths looks at such a file, also where it is gone."""
    return any(
        file == root
        or file.startswith(f"{root}/" if root != "/" else root)
        or (root == "." and not file.startswith(("/", "../", "<")))
        or (root == "-" and file == "<stdin>")
        for root in roots
    )
