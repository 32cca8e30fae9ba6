"""Reports of format json become one, in which each entry names its repository.

Entries of several reports of one repository are listed once; a finding that differs in its clusters
holds in all of them. The numbers of files, objects and snapshots are sums. A report that is given
twice counts once.
"""

from __future__ import annotations

import json
from collections import Counter

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import SuppressionKind
from vmsnap_lint.report.hidden import BY_BASELINE
from vmsnap_lint.report.merging.named_reports import KEY, LISTS
from vmsnap_lint.report.writers.json_fields import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.report.merging.named_reports import NamedReport

__all__ = ["merged", "of_repositories"]

_LEVELS = {"error": "errors", "warning": "warnings", "info": "infos"}
Json = dict[str, Any]


def merged(reports: Iterable[NamedReport]) -> Json:
    """One report of all; it does not depend on their order, and may be merged again."""
    parts: dict[str, dict[str, Json]] = {}
    for report in reports:
        for name, value in _by_repository(report):
            parts.setdefault(name, {})[json.dumps(value, sort_keys=True)] = value
    united = {name: _united([*parts[name].values()]) for name in sorted(parts)}
    return {
        "schema_version": SCHEMA_VERSION,
        **{name: list(_listed(name, united)) for name in LISTS},
        "summary": _sum(value["summary"] for value in united.values()),
        "repositories": [
            {"name": name, "summary": value["summary"]} for name, value in united.items()
        ],
    }


def of_repositories(whole: Json) -> Iterator[tuple[str, Json]]:
    """The reports within a merged one, by the names of their repositories."""
    lists = {name: _grouped(whole[name]) for name in LISTS}
    for each in whole["repositories"]:
        own = {name: entries.get(each["name"], []) for name, entries in lists.items()}
        value = {"schema_version": whole["schema_version"], **own, "summary": each["summary"]}
        yield each["name"], value


def _by_repository(report: NamedReport) -> Iterator[tuple[str, Json]]:
    """The reports within a merged one, whose names are below one that was given for it."""
    if "repositories" not in report.value:
        kept = {"schema_version", "summary", *LISTS}
        yield report.name, {key: value for key, value in report.value.items() if key in kept}
        return
    for name, value in of_repositories(report.value):
        yield f"{report.name}/{name}" if report.is_named else name, value


def _grouped(entries: Iterable[Json]) -> dict[str, list[Json]]:
    """The entries of each repository."""
    grouped: dict[str, list[Json]] = {}
    for entry in entries:
        grouped.setdefault(entry[KEY], []).append(_own(entry))
    return grouped


def _listed(name: str, united: Mapping[str, Json]) -> Iterator[Json]:
    for repository, value in united.items():
        yield from ({KEY: repository, **_own(entry)} for entry in value[name])


def _own(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if key != KEY}


def _united(values: Sequence[Json]) -> Json:
    """One report of one repository."""
    lists = {name: _distinct(values, name) for name in LISTS}
    summary = _sum(value["summary"] for value in values)
    for name in ("suppressed", "stale", "not_checked"):
        summary[name] -= sum(len(value[name]) for value in values) - len(lists[name])
    before = Counter(why for value in values for why in map(_why, value["suppressed"]))
    before.subtract(map(_why, lists["suppressed"]))
    for why, number in before.items():
        summary["hidden"][why] -= number
    for severity, key in _LEVELS.items():
        listed = (_number(value["findings"], severity) for value in values)
        summary[key] -= sum(listed) - _number(lists["findings"], severity)
    return {"schema_version": SCHEMA_VERSION, **lists, "summary": summary}


def _number(findings: Iterable[Json], severity: str) -> int:
    return sum(finding["severity"] == severity for finding in findings)


def _why(suppressed: Json) -> str:
    """The number of the summary that counts a suppressed finding."""
    if suppressed["kind"] == SuppressionKind.IN_SOURCE.value:
        return "in_source"
    return "by_baseline" if suppressed["reason"] == BY_BASELINE else "by_configuration"


def _distinct(values: Iterable[Json], name: str) -> list[Json]:
    """The entries of all reports, each once, in one order whatever that of the reports is."""
    found: dict[str, Json] = {}
    for entry in (entry for value in values for entry in value[name]):
        key = json.dumps({**entry, "clusters": None}, sort_keys=True)
        known = found.setdefault(key, entry)
        if entry.get("clusters") != known.get("clusters"):  # a run without any has no such field
            both = sorted({*entry.get("clusters", []), *known.get("clusters", [])})
            found[key] = {**known, "clusters": both}
    return [found[key] for key in sorted(found, key=lambda key: (_place(found[key]), key))]


def _place(entry: Json) -> tuple[str, int, int]:
    """Where it is, as entries are sorted in a report."""
    return entry.get("file") or "", entry.get("line", 0), entry.get("column", 0)


def _sum(summaries: Iterable[Json]) -> Json:
    """The numbers added; a later version may have written something else, which is left out."""
    total: Json = {}
    for summary in summaries:
        for key, value in summary.items():
            known = total.get(key)
            if isinstance(value, dict):
                total[key] = _sum([known if isinstance(known, dict) else {}, value])
            elif isinstance(value, int):
                total[key] = value + (known if isinstance(known, int) else 0)
    return total
