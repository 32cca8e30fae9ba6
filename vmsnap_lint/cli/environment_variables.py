"""The environment variables that are read, beside those of the table of options."""

from __future__ import annotations

__all__ = ["VARIABLES"]

VARIABLES = (
    ("PATH", "where kustomize, kubectl and helm are looked for"),
    ("NO_COLOR", "if it is not empty, --color auto is never (https://no-color.org)"),
    ("FORCE_COLOR", "if it is not empty or 0, --color auto is always (https://force-color.org)"),
    ("TERM", "if it is dumb, --color auto is never, and no progress is shown"),
    ("FORCE_HYPERLINK", "if it is 0, rule names are never links, if anything else, always"),
    ("COLUMNS", "the width of the terminal"),
    ("TERM_PROGRAM", "as other variables of terminals, whether rule names are links"),
    ("CI", "if it is not empty, no progress, no links to rules, and no cache but --cache-dir"),
    (
        "GITHUB_ACTIONS",
        "if it is true, --format auto is github, no progress, and no cache but --cache-dir",
    ),
    ("XDG_CACHE_HOME", "the folder that holds that of the cache, unless --cache-dir is given"),
    ("HOME", "without XDG_CACHE_HOME, the cache is in its .cache, on macOS in its Library/Caches"),
    ("LOCALAPPDATA", "on Windows, the folder that holds that of the cache"),
)
"""Name and effect, by the order in which a reader needs them."""
