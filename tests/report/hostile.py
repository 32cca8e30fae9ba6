"""Reports with hostile texts in every field, for the properties of the formats."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.report.made import MISSING
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    Edit,
    Finding,
    Fix,
    Judged,
    NotChecked,
    ObjectId,
    Related,
    Report,
    Safety,
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
_RULES = ("source-vm-missing", "reference-unverified", "vm-busy")


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    """A report of a few entries, each text of which is one of a few hostile ones."""
    texts = draw(st.lists(TEXTS, min_size=1, max_size=6))
    choice = draw(st.randoms(use_true_random=False))

    def text() -> str:
        return choice.choice(texts)

    def some(most: int) -> range:
        return range(choice.randint(0, most))

    def span() -> Span:
        return Span(*(choice.randint(1, 40) for _ in range(4)))

    def place() -> Related:
        return Related(text(), span(), text())

    def named() -> ObjectId:
        return ObjectId(text(), text(), choice.choice([None, text()]), text())

    def finding() -> Finding:
        return Finding(
            text(), span(), choice.choice(_RULES), choice.choice(list(Severity)), text(),
            tuple(Subject(named(), MISSING.subjects[0].manifest) for _ in some(2)),
            choice.choice(["", f"/{text()}"]), tuple(place() for _ in some(5)), "4f1c", text(),
            tuple(fix() for _ in some(1)), choice.randint(0, 2),
            tuple(text() for _ in some(2)), tuple(text() for _ in some(2)),
        )  # fmt: skip

    def fix() -> Fix:
        edits = tuple(Edit(text(), span(), text()) for _ in range(choice.randint(1, 2)))
        return Fix(text(), choice.choice(list(Safety)), edits)

    def cut() -> Cut:
        if choice.random() < 0.5:
            return Cut(choice.choice(["suppressed", "stale", "not_checked"]), 7)
        level = choice.choice(list(Severity))
        return Cut("findings", 3, choice.choice(_RULES), level, text(), named())

    unread = tuple(NotChecked(text(), text()) for _ in some(1))
    return Report(
        tuple(finding() for _ in some(4)),
        (*unread, *(NotChecked(text(), text()) for _ in some(2))),
        files=choice.randint(0, 9),
        objects=choice.randint(0, 9),
        snapshots=choice.randint(0, 9),
        suppressed=tuple(
            Suppressed(finding(), choice.choice(list(SuppressionKind)), text()) for _ in some(1)
        ),
        stale=tuple(Accepted(text(), text(), text(), text()) for _ in some(1)),
        unverified=choice.randint(0, 9),
        unread=unread,
        cut=tuple(cut() for _ in some(2)),
        clusters=tuple(text() for _ in some(2)),
        judged=tuple(Judged("1.9.0", text(), (text(),)) for _ in some(2)),
        unjudged_vms=choice.randint(0, 9),
        below_threshold=choice.randint(0, 9),
        more_suppressed=(choice.randint(0, 9), choice.randint(0, 9), 0),
    )


REPORTS = _reports()
