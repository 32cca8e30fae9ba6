"""Writes a Report as JUnit XML, the dialect that Jenkins' XSD, GitLab and most readers share.

https://docs.gitlab.com/ci/testing/unit_test_reports/ has what GitLab reads. The `file` of a test
case is not written: no XSD has it, and the xUnit plugin of Jenkins refuses what its XSD does not
have. The name of a case and of its suite have the path.

An error or a warning is a failure, whatever the exit code; an info passes, with its text as output.
What cannot be read or parsed is an error, what is not checked is skipped. Control characters, which
XML cannot hold, are escaped as for terminals; everything beyond ASCII is a reference.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.document import FaultKind
from vmsnap_lint.report.hidden import hidden
from vmsnap_lint.report.summary import and_more, message_of
from vmsnap_lint.report.terminal import folded, visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from vmsnap_lint.core.model import Cut, Finding, NotChecked, Report
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]

_RUN = "vmsnap-lint"
_MOST_CLEAN = 1_000  # test cases of files without findings; others are one case with their number
_ROOM = 120
_UNPARSED = frozenset((FaultKind.SYNTAX, FaultKind.ENCODING, FaultKind.BUDGET))


class _Case(NamedTuple):
    """A test case; `element` is failure, error, skipped, system-out, or "" where it just passes."""

    group: str
    name: str
    element: str = ""
    type: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


def render(result: Result, _look: Look) -> Iterator[str]:
    """A suite for the run, and one for each file with findings; every name is used once."""
    suites = _suites(result)
    every = [case for cases in suites.values() for case in cases]
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield _tag("testsuites", {"name": _RUN, **_counts(every), "time": 0}, "")
    names: dict[str, int] = {}
    for number, (name, cases) in enumerate(suites.items()):
        yield from _suite(name, cases, {} if number else _properties(result.report), names)
    yield "</testsuites>"


def _suites(result: Result) -> dict[str, list[_Case]]:
    """The cases by the names of their suites."""
    report = result.report
    suites = {_RUN: list(_of_run(report, result.sources))}
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        cases = (_case(finding, _is_unparsed(finding, result.sources)) for finding in findings)
        suites.setdefault(visible(file) or _RUN, []).extend(cases)
    for cut in report.cut_findings():
        suites.setdefault(visible(cut.file) or _RUN, []).append(_beyond(cut))
    return suites


def _of_run(report: Report, sources: Mapping[str, Source]) -> Iterator[_Case]:
    """What is not about a finding: files without any, and what is not checked."""
    faulty = {finding.file for finding in report.findings}
    unread = set(report.unread)
    left_out = {skipped.file for skipped in (*report.not_checked, *report.unread)}
    clean = sorted(file for file in sources if file not in faulty and file not in left_out)
    yield from (_Case(_RUN, f"{visible(file)}: no findings") for file in clean[:_MOST_CLEAN])
    if more := len(clean[_MOST_CLEAN:]):
        yield _Case(_RUN, f"{counted(more, 'more file')}: no findings")
    yield from (_left_out(skipped, "error") for skipped in report.unread)
    others = [skipped for skipped in report.not_checked if skipped not in unread]
    yield from (_left_out(skipped, "skipped") for skipped in others)
    if more := report.total("not_checked") - len(report.not_checked):
        yield _Case(_RUN, f"{more} more: not checked", "skipped", lines=("see --no-cap",))
    if not (clean or report.findings or report.not_checked or report.unread):
        yield _Case(_RUN, f"{counted(report.files, 'file')}: no findings")


def _left_out(skipped: NotChecked, element: str) -> _Case:
    reason = visible(abridged(skipped.reason))
    what = "not read" if element == "error" else "not checked"
    return _Case(_RUN, f"{visible(skipped.file)}: {what}", element, "unread", reason, (reason,))


def _is_unparsed(finding: Finding, sources: Mapping[str, Source]) -> bool:
    """Whether it says that its file, or a document in it, cannot be parsed."""
    source = sources.get(finding.file)
    if source is None or finding.subjects or finding.severity is not Severity.ERROR:
        return False
    return any(f.kind in _UNPARSED and f.span == finding.span for f in source.faults)


def _case(finding: Finding, is_unparsed: bool) -> _Case:
    named = finding.object
    within = f"{named.namespace}/" if named and named.namespace else ""
    group = f"{named.kind} {within}{named.name or ''}".rstrip() if named else finding.file
    place = f"{finding.file}:{finding.span.line}" if finding.file else _RUN
    level = str(finding.severity)
    is_info = finding.severity is Severity.INFO
    element = "error" if is_unparsed else "system-out" if is_info else "failure"
    lines = tuple(_text(finding))
    name = f"{finding.rule} {visible(place)}"
    return _Case(visible(group) or _RUN, name, element, level, visible(message_of(finding)), lines)


def _text(finding: Finding) -> Iterator[str]:
    """All of a finding, as lines."""
    line, column, *_ = finding.span
    yield f"{finding.severity}[{finding.rule}]: {visible(message_of(finding))}"
    yield f"--> {visible(finding.file)}:{line}:{column}"
    for place in finding.related:
        at = f"{place.span.line}:{place.span.column}"
        yield f"::: {visible(place.file)}:{at} {visible(place.message)}".rstrip()
    for number, text in enumerate(folded(finding.help, _ROOM)):
        yield f"      {text}" if number else f"help: {text}"
    yield f"see {rule_address(finding.rule)}"


def _beyond(cut: Cut) -> _Case:
    """A case for the findings that are only counted."""
    told = f"{cut.rule} {visible(and_more(cut))}"
    is_info = cut.severity is Severity.INFO
    element = "system-out" if is_info else "failure"
    return _Case(visible(cut.file) or _RUN, told, element, str(cut.severity), told, (told,))


def _properties(report: Report) -> dict[str, int]:
    """The numbers of what no case tells, and of the input."""
    numbers = {f"hidden.{why}": number for why, number in hidden(report)._asdict().items()}
    stale = report.total("stale")
    input_of = {name: getattr(report, name) for name in ("files", "objects", "snapshots")}
    return {**numbers, "unused_baseline_entries": stale, **input_of}


def _suite(
    name: str, cases: Collection[_Case], properties: Mapping[str, int], names: dict[str, int]
) -> Iterator[str]:
    skipped = sum(case.element == "skipped" for case in cases)
    counts = {**_counts(cases), "skipped": skipped}
    yield _tag("testsuite", {"name": name, **counts, "time": 0}, "  ")
    if properties:
        yield "    <properties>"
        for key, number in properties.items():
            yield _tag("property", {"name": key, "value": number}, "      ", "/>")
        yield "    </properties>"
    for case in cases:
        yield from _testcase(case, _once(case.name, names))
    yield "  </testsuite>"


def _counts(cases: Collection[_Case]) -> dict[str, int]:
    """The attributes that a suite shares with the whole."""
    elements = Counter(case.element for case in cases)
    return {"tests": len(cases), "failures": elements["failure"], "errors": elements["error"]}


def _once(name: str, names: dict[str, int]) -> str:
    """The name, with a number if another case has it: readers drop what has the name of another."""
    number = names[name] = names.get(name, 0) + 1
    return name if number == 1 else _once(f"{name} ({number})", names)


def _testcase(case: _Case, name: str) -> Iterator[str]:
    attributes = {"classname": case.group, "name": name, "time": 0}
    if not case.element:
        yield _tag("testcase", attributes, "    ", "/>")
        return
    yield _tag("testcase", attributes, "    ")
    described = case.element in ("failure", "error")
    opened = _tag(
        case.element, {"message": case.message, "type": case.type} if described else {}, "      "
    )
    first, *rest = map(_escaped, case.lines)
    closed = f"</{case.element}>"
    if not rest:
        yield f"{opened}{first}{closed}"
    else:
        yield f"{opened}{first}"
        yield from rest[:-1]
        yield f"{rest[-1]}{closed}"
    yield "    </testcase>"


def _tag(name: str, attributes: Mapping[str, object], indent: str, end: str = ">") -> str:
    given: Iterable[str] = (f' {key}="{_escaped(str(it))}"' for key, it in attributes.items())
    return f"{indent}<{name}{''.join(given)}{end}"


def _escaped(text: str) -> str:
    """Visible text as XML in ASCII; no file of the machine is attached by it (GitLab)."""
    text = escape(text.replace("[[ATTACHMENT|", "[ [ATTACHMENT|"))
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
