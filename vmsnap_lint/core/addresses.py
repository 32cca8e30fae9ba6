"""The addresses of the project: where its pages are, and where to report a bug."""

from __future__ import annotations

__all__ = ["DOCUMENTATION", "REPOSITORY", "rule_address"]

REPOSITORY = "https://github.com/vmsnap-lint/vmsnap-lint"
DOCUMENTATION = "https://vmsnap-lint.github.io/vmsnap-lint"


def rule_address(rule_id: str) -> str:
    """The page of a rule."""
    return f"{DOCUMENTATION}/rules/{rule_id}/"
