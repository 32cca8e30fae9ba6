"""The addresses of the project: where its pages are, and where to report a bug."""

from __future__ import annotations

__all__ = ["DOCUMENTATION", "EXTRAS", "REPOSITORY", "rule_address"]

REPOSITORY = "https://github.com/vmsnap-lint/vmsnap-lint"
DOCUMENTATION = "https://vmsnap-lint.github.io/vmsnap-lint"
EXTRAS = f"{DOCUMENTATION}/guides/install/#extras"
"""How an extra is installed: not from an index of packages, which has none of ours."""


def rule_address(rule_id: str) -> str:
    """The page of a rule; of a policy, whose id has a slash, the page about policies."""
    if "/" in rule_id:
        return f"{DOCUMENTATION}/guides/policies/"
    return f"{DOCUMENTATION}/rules/{rule_id}/"
