"""Baselines: files of accepted findings, and their unused entries.

The file is JSON; an entry is identified by its fingerprint. Rule and file show whether a run could
find it; the message is for people.
"""

from __future__ import annotations

import json
import posixpath
from operator import attrgetter

from vmsnap_lint.core.bounded_files import replace, whole, why
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Accepted, Suppressed, SuppressionKind
from vmsnap_lint.core.repository import STDIN, target
from vmsnap_lint.input.seen import Seen
from vmsnap_lint.report.findings import in_order
from vmsnap_lint.report.hidden import BY_BASELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from vmsnap_lint.core.model import Finding, Report

__all__ = ["VERSION", "accepted", "apply", "read", "write"]

VERSION = 1
_MOST_BYTES = 2**23  # some twenty thousand entries
_ORDER = attrgetter("file", "rule", "fingerprint")
_ANY = Seen()
_FIELDS = attrgetter(*Accepted._fields)


def read(path: str) -> tuple[Accepted, ...]:
    """The entries of a baseline.

    Raises UsageError if it cannot be read or is not a baseline.
    """
    try:
        value = json.loads(whole(path, _MOST_BYTES).decode("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f'no baseline "{path}" (--write-baseline creates one)') from error
    except OSError as error:
        raise _unusable("read", path, error) from error
    except (ValueError, RecursionError) as error:
        raise _invalid(path, f'it is not JSON ("{error}")') from error
    if not isinstance(value, dict) or "version" not in value:
        raise _invalid(path, 'it has no "version"')
    if value["version"] != VERSION:
        raise _invalid(path, f"its version is {value['version']!r}, but {VERSION} is supported")
    if not isinstance(value.get("findings"), list):
        raise _invalid(path, 'its "findings" is not an array')
    return tuple(_entry(path, number, item) for number, item in enumerate(value["findings"], 1))


def accepted(findings: Iterable[Finding]) -> tuple[Accepted, ...]:
    """The entries that hide these findings, in the order of the file."""
    entries = (Accepted(*_FIELDS(finding)) for finding in findings)
    return tuple(sorted(entries, key=_ORDER))


def write(path: str, entries: Iterable[Accepted]) -> None:
    """Writes a baseline; only changed findings differ from an older one.

    Raises UsageError if the file cannot be written, which leaves the older one as it is, or is a
    link that leads out of the repository.
    """
    value = {"version": VERSION, "findings": [entry._asdict() for entry in entries]}
    try:
        replace(target(path), f"{json.dumps(value, indent=2)}\n".encode())
    except OSError as error:
        raise _unusable("write", path, error) from error


def apply(
    report: Report,
    entries: Sequence[Accepted],
    rules: Set[str],
    paths: Iterable[str],
    seen: Seen = _ANY,
) -> Report:
    """The report of a run of these rules over these paths, without the accepted findings.

    Entries are stale only for files that the run saw, those of policies where these were verified.
    """
    known = {entry.fingerprint for entry in entries}
    current = report.findings
    hidden = [
        Suppressed(finding, SuppressionKind.EXTERNAL, BY_BASELINE)
        for finding in current
        if finding.fingerprint in known
    ]
    # an entry is used even if a comment hides its finding, too
    used = {
        finding.fingerprint for finding in (*current, *(hide.finding for hide in report.suppressed))
    }
    roots = [posixpath.normpath(path) for path in paths]
    not_checked = {skipped.file for skipped in report.not_checked}
    stale = [
        entry
        for entry in entries
        if entry.fingerprint not in used and entry.rule in rules and _is_below(entry.file, roots)
        if seen.saw(entry.file) and not (is_policy(entry.rule) and entry.file in not_checked)
    ]
    return report._replace(
        findings=tuple(finding for finding in current if finding.fingerprint not in known),
        suppressed=in_order([*report.suppressed, *hidden]),
        stale=tuple(sorted(stale, key=_ORDER)),
    )


def _unusable(verb: str, path: str, error: OSError) -> UsageError:
    return UsageError(f'cannot {verb} the baseline "{path}" ({why(error)})')


def _invalid(path: str, reason: str) -> UsageError:
    return UsageError(f'"{path}" is not a baseline: {reason}; --write-baseline creates a new one')


def _entry(path: str, number: int, item: object) -> Accepted:
    values = [item.get(name) for name in Accepted._fields] if isinstance(item, dict) else []
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(Accepted._fields):
        raise _invalid(path, f"its finding {number} lacks the strings {quoted(Accepted._fields)}")
    return Accepted(*texts)


def _is_below(file: str, roots: Iterable[str]) -> bool:
    """Whether a run over these paths reads such a file, if it exists."""
    return any(
        file == root
        or file.startswith(f"{root}/" if root != "/" else root)
        or (root == "." and file != STDIN and not file.startswith(("/", "../")))
        or (root == "-" and file == STDIN)
        for root in roots
    )
