"""Which paths kustomize would fetch from elsewhere."""

from __future__ import annotations

import re

from vmsnap_lint.core.abridged import cut

__all__ = ["is_remote", "without_login"]

_REMOTE = re.compile(
    r"^(?:https?:|git::|[a-z][\w+.-]*://|[\w.-]+@[\w.-]+[:/]|(?:www\.)?github\.com[:/])"
    r"|\.git(?:/|\?|$)|\?(?:ref|version|timeout|submodules)=|/_git/",
    re.IGNORECASE,
)
_LONGEST = 100


def is_remote(text: str) -> bool:
    """Whether kustomize would fetch a path of that form.

    It does so by HTTP or with git (v5.6.0, api/internal/loader/fileloader.go and
    api/internal/git/repospec.go). No URL holds a line end.
    """
    return "\n" not in text and _REMOTE.search(text) is not None


def without_login(text: str) -> str:
    """The text without the user and password of a link, cut to 100 characters."""
    text = re.sub(r"//[^/@\s]*@", "//", text[: 10 * _LONGEST])
    return cut(text, _LONGEST)
