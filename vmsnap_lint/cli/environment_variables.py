"""The environment variables that are read, beside those of the table of options."""

from __future__ import annotations

__all__ = ["VARIABLES"]

VARIABLES = (
    ("PATH", "where kustomize, kubectl and helm are looked for"),
    ("NO_COLOR", "if it is not empty, --color auto is never (https://no-color.org)"),
    ("FORCE_COLOR", "if it is not empty or 0, --color auto is always (https://force-color.org)"),
    ("TERM", "if it is dumb, --color auto is never"),
    ("GITHUB_ACTIONS", "if it is true, --format auto is github"),
)
"""Name and effect, by the order in which a reader needs them."""
