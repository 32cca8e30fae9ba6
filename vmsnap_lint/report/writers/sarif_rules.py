"""Rules become reporting descriptors of SARIF, which GitHub shows beside an alert.

It shows `help.markdown` and no link but those in it. `security-severity` and the tag `security`
would make each alert one about security (https://docs.github.com/code-security/code-scanning/
integrating-with-code-scanning/sarif-support-for-code-scanning), so neither is there.
"""

from __future__ import annotations

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.cards import shown
from vmsnap_lint.report.writers.markdown_text import fenced
from vmsnap_lint.report.writers.sarif_results import LEVELS

if TYPE_CHECKING:
    from vmsnap_lint.checks.catalog import Rule

__all__ = ["descriptor"]

_LONGEST = 1024
_MOST_TAGS = 20
_PRECISION = {Severity.ERROR: "very-high", Severity.WARNING: "high", Severity.INFO: "medium"}
"""An error holds whatever else the cluster has, a warning may rest on a guess (Three answers)."""
_PROBLEM = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_NO_KINDS = frozenset({"any", "file", "run"})


def descriptor(rule_id: str) -> dict[str, Any]:
    """The rule, as its card describes it."""
    rule = catalog.rule(rule_id)
    return {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in rule_id.replace("/", "-").split("-")),
        "shortDescription": {"text": _short(rule.title)},
        "fullDescription": {"text": _short(_line(rule.why))},
        "help": {"text": _text(rule), "markdown": _markdown(rule)},
        "helpUri": rule_address(rule_id),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "precision": _PRECISION[rule.severity],
            "problem.severity": _PROBLEM[rule.severity],
            "tags": _tags(rule),
        },
    }


def _tags(rule: Rule) -> list[str]:
    kinds = (kind for kind in rule.kinds if kind not in _NO_KINDS)
    return ["kubevirt", "reliability", *kinds][:_MOST_TAGS]


def _short(text: str) -> str:
    """The text, cut behind a word if it is longer than GitHub takes."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 4].rsplit(' ', 1)[0]} ..."


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(rule: Rule) -> str:
    return f"{rule.why}\n\n{rule.fix}\n\n{rule_address(rule.id)}"


def _markdown(rule: Rule) -> str:
    """Why, fix, an example with the fault and one without it, and the address of its page."""
    address = rule_address(rule.id)
    links = [f"- <{reference}>" for reference in rule.references]
    parts = [
        rule.why,
        f"## Fix\n\n{rule.fix}",
        *(f"## Wrong\n\n{_fenced(example)}" for example in rule.bad[:1]),
        *(f"## Right\n\n{_fenced(example)}" for example in rule.good[:1]),
        "\n".join(["## More", "", f"- [{rule.id}]({address})", *links]),
    ]
    return "\n\n".join(parts)


def _fenced(example: str) -> str:
    return "\n".join(fenced(shown(example).rstrip().split("\n"), "yaml"))
