"""The format markdown: what a renderer makes of it, and that it always fits into a comment."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from tests.properties import examples
from tests.report.hostile import REPORTS, TEXTS
from tests.report.made import MISSING, UNSURE, rendered, report
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.abridged import shortened
from vmsnap_lint.core.model import Cut, NotChecked, Related, Report, Severity, Span
from vmsnap_lint.report import render, summary
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.portable import in_repository
from vmsnap_lint.report.result import Result
from vmsnap_lint.report.terminal import visible
from vmsnap_lint.report.writers.markdown_report import MARKER, MOST_BYTES
from vmsnap_lint.report.writers.markdown_text import code, fenced, in_cell, prose

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

    from vmsnap_lint.report.plans import Plans

ADDRESS = "https://vmsnap-lint.github.io/vmsnap-lint/rules/"
# All HTML that we write; the text in it is escaped.
_HTML = re.compile(
    r"<!-- vmsnap-lint -->|</details>|"
    r"<details>\n<summary>[^<>\n]*(?:<code>[^<>\n]*</code>)?</summary>"
)
# What GitHub or GitLab would make a mention, a reference, an emoji or a link of.
_ALIVE = re.compile(r"@|#|://|www\.|:[a-z_]+:|GH-|[$^~\\<>]|\b[0-9a-f]{7,40}\b")


def text_of(of: Report) -> str:
    return "\n".join(rendered("markdown", of))


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def inline(text: str) -> list[Token]:
    return [part for token in tokens(text) for part in token.children or ()]


def rows(text: str) -> list[list[str]]:
    """The shown text of each cell of each row of the table but the head."""
    found: list[list[str]] = []
    cell: list[str] = []
    is_cell = False
    for token in tokens(text):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "td_open":
            cell = found[-1]
            is_cell = True
        elif token.type == "inline" and is_cell:
            cell.append("".join(part.content for part in token.children or ()))
            is_cell = False
    return found[1:]


class _Elements(HTMLParser):
    """The elements of a page, and the text in the cells of each row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.cells: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for key, value in attrs if key in ("href", "src")]
        if tag == "tr":
            self.cells.append(0)
        elif tag in ("td", "th"):
            self.cells[-1] += 1


def test_a_report_has_a_marker_the_numbers_and_a_table() -> None:
    lines = text_of(report(MISSING)).splitlines()
    assert lines[:2] == [MARKER, "## vmsnap-lint: 1 error"]
    assert rows("\n".join(lines)) == [
        ["error", "source-vm-missing", "snapshot.yaml:10", MISSING.message],
    ]
    assert f"[source-vm-missing]({ADDRESS}source-vm-missing/)" in lines[7]


def test_details_are_folded_with_the_excerpt_and_the_help() -> None:
    text = text_of(report(MISSING))
    folded = text[text.index("<details>") : text.index("</details>")]
    assert folded.splitlines()[1:3] == [
        "<summary>error: source-vm-missing in <code>snapshot.yaml:10</code></summary>", "",
    ]  # fmt: skip
    (excerpt,) = (token.content for token in tokens(text) if token.type == "fence")
    assert excerpt.splitlines() == [
        "   --> snapshot.yaml:10:11", "   |", "10 |     name: wbe", "   |           ^^^",
        "   ::: vm.yaml:4:9 this one is declared", "   |", " 4 |   name: web", "   |         ---",
    ]  # fmt: skip
    assert "**Help:** Name a VirtualMachine of the same namespace." in folded


def test_a_clean_run_says_so() -> None:
    assert text_of(report()).splitlines() == [
        MARKER, "## vmsnap-lint: no findings", "",
        "no findings in 2 files (2 objects, 1 VM snapshot)",
    ]  # fmt: skip


def test_the_worst_come_first_and_what_cannot_be_verified_is_counted() -> None:
    warning = MISSING._replace(severity=Severity.WARNING)
    text = text_of(report(warning, UNSURE, MISSING))
    assert [row[0] for row in rows(text)] == ["error", "warning"]
    assert "Not listed: 1 not verified." in text


def test_what_is_hidden_unused_and_not_checked_is_told() -> None:
    cut = Cut("findings", 7, "source-vm-missing", Severity.ERROR, "snapshot.yaml")
    told = report(MISSING, skipped=12)._replace(
        below_threshold=4, cut=(cut, Cut("not_checked", 3), Cut("stale", 2)), unjudged_vms=1
    )
    text = text_of(told)
    assert rows(text)[1][3] == "and 7 more in this file (--no-cap lists all)"
    assert "Not listed: 4 below --min-severity, 7 over the cap." in text
    assert "Unused baseline entries: 2." in text
    assert "1 VM is named by no snapshot" in text
    assert "<summary>Not checked: 15 inputs</summary>" in text
    assert "- `chart-9.yaml`: a template\n- and 5 more" in text


def test_equal_findings_are_one_row_with_their_places() -> None:
    places = tuple(Related(f"{n}.yaml", Span(n, 1, n, 2), "") for n in range(1, 5))
    text = text_of(report(MISSING._replace(same=places)))
    (row,) = rows(text)
    told = "and 4 more: 1.yaml:1, 2.yaml:2, 3.yaml:3, ..."
    assert row[3] == f"{MISSING.message} ({told})"
    assert text.count("and 4 more: `1.yaml:1`") == 2
    assert "## vmsnap-lint: 5 errors" in text


@pytest.mark.parametrize("size", [20, 2_000])
def test_it_fits_into_a_comment_and_counts_what_is_left_out(size: int) -> None:
    findings = tuple(
        MISSING._replace(
            file=f"{number}.yaml",
            message=f'no {number}: "{"`|" * size}"',
            related=(Related("vm.yaml", Span(1, 1, 1, 2), "```\u202e|" * size),) * 20,
            help="`<b>` " * size,
        )
        for number in range(10_000)
    )
    skipped = tuple(NotChecked("|`" * size, "`|" * size) for _ in range(100))
    text = text_of(report(*findings)._replace(not_checked=skipped))
    assert len(text.encode()) <= MOST_BYTES
    listed = rows(text)
    assert 20 < len(listed) < 10_000
    assert f"{10_000 - len(listed)} findings not in this table, for lack of room." in text
    detailed = text.count("<details>\n<summary>error")
    assert f"{10_000 - detailed} finding" in text
    assert text.count("<details>") == text.count("</details>")
    assert_inert(text)


def test_what_is_left_out_counts_the_equal_ones_too() -> None:
    places = (Related("vm.yaml", Span(1, 1, 1, 2), ""),) * 4
    findings = tuple(MISSING._replace(file=f"{at}.yaml", same=places) for at in range(5_000))
    text = text_of(report(*findings))
    left_out = 5 * (5_000 - len(rows(text)))
    assert f"{left_out} findings not in this table, for lack of room." in text


def test_broken_chains_are_drawn_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        "metadata: {name: nightly, namespace: prod}\n"
        "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}\n"
    )
    settings = Settings(complete=frozenset(("all",)))
    lint = engine.lint((str(tmp_path),), None, settings)
    result = Result(lint.report, lint.sources, lint.plans)
    text = "\n".join(render("markdown", result, Look()))
    (drawing,) = (t.content for t in tokens(text) if t.type == "fence" and t.info == "mermaid")
    assert "nightly" in drawing
    assert len(drawing) <= 2_000
    assert "```mermaid" not in text_of(report(MISSING))


def test_without_findings_no_chain_is_followed() -> None:
    def plans() -> Plans:
        raise AssertionError

    text = "\n".join(render("markdown", Result(report(), {}, plans), Look()))
    assert MARKER in text


def assert_inert(text: str) -> None:
    """Nothing of a manifest is HTML, a link, an image, or alive on GitHub."""
    found = tokens(text)
    for token in found:
        if token.type == "html_block":
            assert _HTML.fullmatch(token.content.strip())
    parts = [part for token in found for part in token.children or ()]
    assert {part.type for part in parts} <= {
        "text", "code_inline", "link_open", "link_close", "strong_open", "strong_close",
    }  # fmt: skip
    links = [str(part.attrs["href"]) for part in parts if part.type == "link_open"]
    assert all(link.startswith(ADDRESS) for link in links)
    plain = [part.content for part in parts if part.type == "text"]
    assert [told for told in plain if _ALIVE.search(told)] == []


def assert_rendered_by_github(text: str) -> None:
    """The same by GitHub's own renderer, with its table, autolink and tag filter extensions."""
    cmarkgfm = pytest.importorskip("cmarkgfm")
    options = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    page = _Elements(cmarkgfm.github_flavored_markdown_to_html(text, options))
    assert set(page.tags) <= {
        "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "details", "summary",
        "strong", "pre", "ul", "ol", "li",
    }  # fmt: skip
    assert all(link and link.startswith(ADDRESS) for link in page.links)
    assert set(page.cells) <= {4}


def _same(text: str) -> str:
    """A text as a page shows it, without what is added within code."""
    return " ".join(text.replace("\u200b", "").split())


@examples(75)
@given(REPORTS)
def test_nothing_of_a_report_does_anything(of: Report) -> None:
    text = text_of(of)
    assert len(text.encode()) <= MOST_BYTES
    assert text.startswith(MARKER)
    assert_inert(text)
    assert_rendered_by_github(text)
    listed = summary.verified(in_repository(Result(of, {})).report).findings
    cuts = [cut for cut in of.cut if cut.name == "findings"]
    worst_first = sorted(listed, key=lambda finding: -finding.severity)
    assert [len(row) for row in rows(text)] == [4] * (len(listed) + len(cuts))
    for row, finding in zip(rows(text), worst_first, strict=False):
        told = _same(visible(shortened(summary.message_of(finding), 500)))
        assert _same(row[3]) == told if not finding.same else _same(row[3]).startswith(told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('no VM "web" in it', 'no VM `"web"` in it'),
        ("ask @admin (see #12), now", "ask `@admin` (see `#12`), now"),
        ("a <b>x</b>", "a `<b>x</b>`"),
        ("tick ` and |", "tick `` ` `` and `|`"),
        ("https://evil.example/", "`https://evil.example/`"),
        ("write 10m, or 5", "write `10m`, or 5"),
        ("it :smile: it", "it `:smile`: it"),
        ("commit deadbeef", "commit `deadbeef`"),
        ("", ""),
    ],
)
def test_all_but_plain_words_is_code(text: str, expected: str) -> None:
    assert prose(text) == expected


@examples(300)
@given(TEXTS)
def test_code_shows_the_text_as_it_is(text: str) -> None:
    shown = [part.content for part in inline(f"x{code(text)}x") if part.type == "code_inline"]
    assert "".join(shown) == visible(text)


@examples(300)
@given(TEXTS)
def test_a_cell_stays_one_cell(text: str) -> None:
    line = f"| {in_cell(code(text))} | {in_cell(prose(text))} |"
    (cells,) = rows(f"| a | b |\n| --- | --- |\n{line}")
    assert list(map(_same, cells)) == [_same(visible(text))] * 2


@examples(300)
@given(TEXTS)
def test_a_fence_holds_its_lines(text: str) -> None:
    block = list(fenced([visible(text), "end"]))
    (fence,) = (token for token in tokens("\n".join([*block, "after"])) if token.type == "fence")
    assert fence.content == f"{visible(text)}\nend\n"
