"""Writes the page of a rule from its card and a run of its first bad example."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from handbook.example_runs import message_of, place_of_suppression, readable
from handbook.markdown import code, fenced, page
from vmsnap_lint.report import cards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.checks.catalog import Rule

__all__ = ["likeness", "rule_page"]

_NOTE = "<!-- written by docs/generate.py from rules/{}.yaml: edit the card -->"
_COMMENTS = {
    "above": """\
On the line of the finding, or on a line of its own above it, with your reason and, if you like,
a last day (`until=2027-01-31`):""",
    "beside": """\
On the line of the finding, with your reason and, if you like, a last day (`until=2027-01-31`):""",
}
_IN_FILE = """\
For paths or objects, in `.vmsnap-lint.yaml`:

{override}

`ignore: [{rule}]` there, or `--ignore {rule}`, turns the rule off."""
_OVERRIDE = """\
overrides:
  - paths: ["legacy/**"]
    ignore: [{}]
    reason: why this is accepted
"""


def rule_page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    first, *others = rule.bad
    right = max(rule.good, key=lambda good: likeness(first, good))
    more = [good for good in rule.good if good is not right]
    return page([
        _NOTE.format(rule.id),
        f"# {rule.id}",
        f"{rule.title[0].upper()}{rule.title[1:]}.",
        _properties(rule),
        "## What you see",
        fenced(message_of(first, rule.id), "text"),
        "## Why",
        rule.why,
        "## What to do",
        rule.fix,
        "## Wrong",
        *_example(first),
        "## Right",
        *_example(right),
        "## Suppress",
        _suppress(rule),
        *_more("## More that is wrong", others),
        *_more("## More that is right", more),
        *_references(rule),
        "[All rules](README.md)",
    ])  # fmt: skip


def _properties(rule: Rule) -> str:
    since = f", for KubeVirt {rule.since} and later" if rule.since else ""
    lines = (
        f"**Severity:** {cards.levels(rule)}",
        f"**Looks at:** {', '.join(cards.subjects(rule))}",
        f"**Since:** vmsnap-lint {rule.added}{since}",
        *((f"**[Fixed](../guides/fixing.md) by:** {cards.fixes(rule)}",) if rule.fixable else ()),
    )
    return "\n".join(f"- {line}" for line in lines)


def _example(example: str) -> Iterator[str]:
    """The files of an example as blocks, each below its name if there are several."""
    shown = readable(example)
    if shown.remark:
        yield f"{shown.remark[0].upper()}{shown.remark[1:]}:"
    if shown.flags:
        yield f"With {code(shown.flags)}:"
    for file in shown.files:
        if len(shown.files) > 1:
            yield f"{code(file.name)}{', as it was before the change' if file.gone else ''}:"
        yield fenced(file.text, "yaml")


def _more(heading: str, examples: list[str]) -> Iterator[str]:
    if examples:
        yield heading
    for example in examples:
        yield from _example(example)


def _suppress(rule: Rule) -> str:
    override = fenced(_OVERRIDE.format(rule.id), "yaml")
    place = place_of_suppression(rule.bad[0], rule.id)
    comment = (
        f"{_COMMENTS[place]}\n\n{fenced(cards.suppression(rule), 'yaml')}\n\n" if place else ""
    )
    return f"{comment}{_IN_FILE.format(override=override, rule=rule.id)}"


def _references(rule: Rule) -> Iterator[str]:
    if rule.references:
        yield "## References"
        yield "\n".join(f"- <{url}>" for url in rule.references)


def likeness(wrong: str, right: str) -> float:
    """How many lines two examples share: the likest good one is the bad one corrected."""
    return SequenceMatcher(None, _lines(wrong), _lines(right), autojunk=False).ratio()


def _lines(example: str) -> list[str]:
    return [line.partition(" # ")[0].strip() for line in example.splitlines()]
