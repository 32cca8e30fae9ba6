"""Reports with hostile texts in every field, for the properties of the formats."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.report.made import MISSING
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    Edit,
    Finding,
    Judged,
    NotChecked,
    ObjectId,
    Related,
    Report,
    Severity,
    Span,
    Subject,
    Suppressed,
    SuppressionKind,
)

__all__ = ["PIECES", "REPORTS", "TEXTS"]

PIECES = (
    "::error::x", ":", "##vso[a]", "%0A", "%", ",", "|", "`", "```", "~~~", "<", ">", "<script>",
    "</script>", "</details>", "<!--", "-->", "@user", "#123", "org/repo#1", "GH-1", "]]>", "&lt;",
    "[x](y)", "![x](y)", "https://evil.example", "www.evil.example", "a@evil.example", "\\", "*b*",
    "_", "$x$", "\n", "\r\n", "\t", "\x1b[31m", "\x00", "\x85", "\u2028", "\u202e", "\ud800",
    "\ufffe", "虚拟机", "😀", "é", " ", "  ", "[[ATTACHMENT|/etc/passwd]]", "+ ", "- ", "1. ", "#",
    "    ", "===", "---", "word", '"', "'", "0123456789abcdef0123456789abcdef01234567",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=8).map("".join)
_LINES = st.integers(1, 40)
_SPANS = st.builds(Span, _LINES, _LINES, _LINES, _LINES)
_NAMED = st.builds(ObjectId, TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS)
_SUBJECTS = st.builds(lambda named: Subject(named, MISSING.subjects[0].manifest), _NAMED)
_SEVERITIES = st.sampled_from(list(Severity))
_RULES = st.sampled_from(["source-vm-missing", "reference-unverified", "vm-busy"])
_FINDINGS = st.builds(
    Finding,
    file=TEXTS,
    span=_SPANS,
    rule=_RULES,
    severity=_SEVERITIES,
    message=TEXTS,
    subjects=st.lists(_SUBJECTS, max_size=2).map(tuple),
    path=TEXTS.map(lambda text: f"/{text}" if text else ""),
    related=st.lists(st.builds(Related, TEXTS, _SPANS, TEXTS), max_size=5).map(tuple),
    fingerprint=st.text("0123456789abcdef", min_size=1, max_size=8),
    help=TEXTS,
    edits=st.lists(st.builds(Edit, TEXTS, _SPANS, TEXTS), max_size=1).map(tuple),
    more=st.integers(0, 2),
    clusters=st.lists(TEXTS, max_size=2).map(tuple),
    applied_to=st.lists(TEXTS, max_size=2).map(tuple),
    same=st.lists(st.builds(Related, TEXTS, _SPANS, TEXTS), max_size=2).map(tuple),
)
_KINDS = st.sampled_from(list(SuppressionKind))
_CUTS = st.builds(Cut, st.just("findings"), st.integers(1, 9), _RULES, _SEVERITIES, TEXTS, _NAMED)
_OTHER_CUTS = st.builds(
    Cut, st.sampled_from(["suppressed", "stale", "not_checked"]), st.integers(1, 9)
)
_NUMBERS = st.integers(0, 99)
_NOT_CHECKED = st.lists(st.builds(NotChecked, TEXTS, TEXTS), max_size=2).map(tuple)


def _with_unread(report: Report, unread: tuple[NotChecked, ...]) -> Report:
    return report._replace(unread=unread, not_checked=(*unread, *report.not_checked))


REPORTS = st.builds(
    _with_unread,
    st.builds(
        Report,
        findings=st.lists(_FINDINGS, max_size=3).map(tuple),
        not_checked=_NOT_CHECKED,
        files=_NUMBERS,
        objects=_NUMBERS,
        snapshots=_NUMBERS,
        suppressed=st.lists(st.builds(Suppressed, _FINDINGS, _KINDS, TEXTS), max_size=1).map(tuple),
        stale=st.lists(st.builds(Accepted, TEXTS, TEXTS, TEXTS, TEXTS), max_size=1).map(tuple),
        unverified=_NUMBERS,
        cut=st.lists(_CUTS | _OTHER_CUTS, max_size=2).map(tuple),
        clusters=st.lists(TEXTS, max_size=2).map(tuple),
        judged=st.lists(
            st.builds(
                Judged, st.sampled_from(["1.6.2", "1.9.0"]), TEXTS, st.lists(TEXTS, max_size=2)
            ),
            max_size=1,
        ).map(tuple),
        unjudged_vms=_NUMBERS,
        below_threshold=_NUMBERS,
        more_suppressed=st.sampled_from([(), (("by_baseline", 3),)]),
    ),
    _NOT_CHECKED,
)
