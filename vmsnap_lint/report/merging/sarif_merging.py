"""Logs of SARIF become one, with a run for each repository.

`automationDetails.id` of a run is `vmsnap-lint/NAME/`, which GitHub and viewers take as its
category: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (3.14.3 and 3.17.2).
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.report.writers.sarif import MOST_RESULTS, SCHEMA
from vmsnap_lint.report.writers.sarif_places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.report.merging.named_reports import NamedReport

__all__ = ["lines", "merged", "unread"]

_PREFIX = "vmsnap-lint/"
_OF_MERGING = ("automationDetails", "originalUriBaseIds")
_WEIGHT = {"error": 2, "warning": 1, "note": 0}
Json = dict[str, Any]


def merged(reports: Iterable[NamedReport]) -> Json:
    """One log of all; it does not depend on their order, and may be merged again.

    Raises UsageError for reports of one repository that different versions made.
    """
    parts: dict[str, dict[str, Json]] = {}
    for report in reports:
        for run in report.value["runs"]:
            own = {key: value for key, value in run.items() if key not in _OF_MERGING}
            parts.setdefault(_name(report, run), {})[_text(own)] = own
    runs = [
        _united(name, [run for _, run in sorted(parts[name].items())]) for name in sorted(parts)
    ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def unread(log: Json) -> Iterator[NotChecked]:
    """What could not be read of the repositories of a merged log."""
    for run in log["runs"]:
        name = run["automationDetails"]["id"].removeprefix(_PREFIX)
        for note in run["invocations"][0]["toolExecutionNotifications"]:
            if note["level"] == "error":
                place = note["locations"][0]["physicalLocation"]["artifactLocation"]
                yield NotChecked(f"{name}{unquote(place['uri'])}", _reason(note))


def lines(log: Json) -> Iterator[str]:
    """The log as lines of JSON, a result on each."""
    from vmsnap_lint.report.json_output import json_line  # as the writers do

    yield f'{{"$schema":{json_line(log["$schema"])},"version":{json_line(log["version"])},"runs":['
    for number, run in enumerate(log["runs"]):
        yield "," if number else ""
        yield "{" + "".join(
            f"{json_line(key)}:{json_line(value)},"
            for key, value in run.items()
            if key != "results"
        )
        yield '"results":['
        last = len(run["results"]) - 1
        for index, result in enumerate(run["results"]):
            yield json_line(result) + ("," if index < last else "")
        yield "]}"
    yield "]}"


def _name(report: NamedReport, run: Json) -> str:
    """The repository of a run, which a merged log tells, below the name that is given for that."""
    told = run["automationDetails"]["id"] if "automationDetails" in run else ""
    if not told.startswith(_PREFIX):
        return report.name
    inner = told.removeprefix(_PREFIX).removesuffix("/")
    return f"{report.name}/{inner}" if report.is_named else inner


def _united(name: str, runs: Sequence[Json]) -> Json:
    """One run of the runs of one repository, each result once."""
    versions = sorted({run["tool"]["driver"]["version"] for run in runs})
    if len(versions) > 1:
        raise UsageError(
            f'the reports of "{name}" are of different versions ({", ".join(versions)}): '
            "merge those of one version"
        )
    every = {
        _text(result): result for run in runs for result in map(_without_index, run["results"])
    }
    listed = _worst(
        [every[key] for key in sorted(every, key=lambda key: (_place(every[key]), key))]
    )
    rules = {rule["id"]: rule for run in runs for rule in run["tool"]["driver"]["rules"]}
    used = sorted({result["ruleId"] for result in listed})
    indexes = {rule: index for index, rule in enumerate(used)}
    properties = _sum([run.get("properties", {}) for run in runs])
    if left_out := len(every) - len(listed):
        properties["hidden"]["beyond_limit"] += left_out
    driver = {**runs[0]["tool"]["driver"], "rules": [rules[rule] for rule in used]}
    return {
        **runs[0],
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{_PREFIX}{name}/"},
        "invocations": [_invocation(runs)],
        "originalUriBaseIds": {ROOT: {"description": {"text": f"The root of {name}."}}},
        "properties": properties,
        "results": [_with_index(result, indexes) for result in listed],
    }


def _invocation(runs: Sequence[Json]) -> Json:
    calls = [call for run in runs for call in run["invocations"]]
    notes = (note for call in calls for note in call.get("toolExecutionNotifications", []))
    distinct = {_text(note): note for note in notes}
    return {
        "executionSuccessful": all(call["executionSuccessful"] for call in calls),
        "toolExecutionNotifications": list(distinct.values()),
    }


def _reason(note: Json) -> str:
    text: str = note["message"]["text"]
    return text.removeprefix("not checked: ").removesuffix(".")


def _without_index(result: Json) -> Json:
    return {key: value for key, value in result.items() if key != "ruleIndex"}


def _with_index(result: Json, indexes: dict[str, int]) -> Json:
    rule = result["ruleId"]
    return {"ruleId": rule, "ruleIndex": indexes[rule], **result}


def _worst(results: list[Json]) -> list[Json]:
    """As many as GitHub takes of a run, in order; what is left out is not worse."""
    if len(results) <= MOST_RESULTS:
        return results
    by_weight = sorted(range(len(results)), key=lambda index: -_WEIGHT[results[index]["level"]])
    return [results[index] for index in sorted(by_weight[:MOST_RESULTS])]


def _place(result: Json) -> tuple[str, int, int]:
    """Where a result is, as results are sorted in a run."""
    physical = result["locations"][0]["physicalLocation"]
    region = physical.get("region", {})
    place = region.get("startLine", 0), region.get("startColumn", 0)
    return physical["artifactLocation"]["uri"], *place


def _sum(values: Sequence[Any]) -> Any:
    """Numbers added, objects field by field, and the distinct entries of arrays."""
    if all(isinstance(value, dict) for value in values):
        keys = dict.fromkeys(key for value in values for key in value)
        return {key: _sum([value[key] for value in values if key in value]) for key in keys}
    if all(isinstance(value, list) for value in values):
        return list({_text(entry): entry for value in values for entry in value}.values())
    return sum(value for value in values if isinstance(value, int))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
