"""Equal findings of one cause become one with the places of the others, for people who read them.

Findings are equal if only the name of their own object, or of its volume and the PVC of that, tells
them apart: same rule, severity, clusters, help, message and cause. The places that explain a
finding are its cause, except for those on the way from a volume to it, and for those who need it. A
fault of a file, such as a syntax error, stands for itself: its message does not tell what is wrong
in another file.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Related, Severity

if TYPE_CHECKING:
    from collections.abc import Hashable

    from vmsnap_lint.core.model import Finding, ObjectId, Report

__all__ = ["folded"]

_NAMED = re.compile(r'\b(\w+) "([^"]*)"(?: in namespace "([^"]*)")?')
_VOLUME = re.compile(r'volume "[^"]*": (?:PVC "[^"]*" has )?')
_SET = "set here"
# The beginnings of notes on places that are no cause.
_ASIDE = ("source of ", 'PVC "', _SET)


def folded(report: Report) -> Report:
    """The report with the first of equal findings, which has the places of the others."""
    groups: dict[Hashable, list[Finding]] = {}
    for number, finding in enumerate(report.findings):
        groups.setdefault(number if _is_unique(finding) else _key(finding), []).append(finding)
    if len(groups) == len(report.findings):
        return report
    return report._replace(findings=tuple(_one(group) for group in groups.values()))


def _one(group: list[Finding]) -> Finding:
    first, *rest = group
    return first._replace(same=tuple(map(_place, rest))) if rest else first


def _is_unique(finding: Finding) -> bool:
    is_of_file = not finding.subjects and finding.severity is Severity.ERROR
    return is_of_file or bool(finding.more)


def _place(finding: Finding) -> Related:
    """The place to look at: where a value of a template is set, if it is known."""
    first = finding.related[:1]
    is_set = first and first[0].message == _SET
    return first[0] if is_set else Related(finding.file, finding.span, "")


def _key(finding: Finding) -> Hashable:
    causes = tuple(at[:2] for at in finding.related if not at.message.startswith(_ASIDE))
    message = _without_name(finding.message, finding.object)
    rest = finding.help, finding.clusters, finding.is_partial
    return finding.rule, finding.severity, message, causes, rest


def _without_name(message: str, own: ObjectId | None) -> str:
    """The message without the names of the object and of its volume."""
    lead = _VOLUME.match(message)
    text = message[lead.end() :] if lead else message
    if own is None or f'"{own.name}"' not in text:
        return text

    def named(found: re.Match[str]) -> str:
        word, name, namespace = found.groups()
        is_own = name == own.name and namespace in (None, own.namespace)
        return word if is_own and _means(word, own.kind) else found[0]

    return _NAMED.sub(named, text)


def _means(word: str, kind: str) -> bool:
    """Whether a word means the kind: `VirtualMachineSnapshot`, `snapshot`, `PVC`."""
    initials = "".join(filter(str.isupper, kind))
    return word == initials or kind.lower().endswith(word.lower())
