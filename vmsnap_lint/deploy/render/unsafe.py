"""Why a kustomization is never built: network access and programs.

What this misses has no network access either, see `programs`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.deploy.render.align import object_at
from vmsnap_lint.input.kustomization import Use, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.input.kustomization import NamedPath

    Path = tuple[str | int, ...]

__all__ = ["UnsafeField", "is_remote", "refusal"]


class UnsafeField(NamedTuple):
    """The reason why a kustomization is never built, and the path of its field."""

    path: Path
    reason: str


def refusal(value: dict[str, Any], plugin: Callable[[NamedPath], list[Any]]) -> UnsafeField | None:
    """The first unsafe field of a kustomization; `plugin` reads the plugins that it names."""
    for field in ("helmCharts", "helmChartInflationGenerator"):
        if value.get(field):
            return UnsafeField((field,), f"{field} fetches charts and runs helm")
    for entry in named(value):
        if is_remote(entry.text):
            return UnsafeField(entry.at, _remote(entry.text))
        for reason in map(_plugin, plugin(entry) if entry.use is Use.PLUGIN else ()):
            if reason:
                return UnsafeField(entry.at, reason)
    return None


def is_remote(text: str) -> bool:
    """Whether kustomize would fetch a path of that form (api/internal/git/repospec.go)."""
    return "\n" not in text and _REMOTE.search(text) is not None


def _plugin(value: object) -> str:
    """Why a plugin is never run, or ""."""
    if not isinstance(value, dict):
        return ""
    kind = _without_login(str(value.get("kind")))
    if not _FUNCTIONS.isdisjoint(object_at(value, "metadata", "annotations")):
        return f'plugin "{kind}" runs a program or a container'
    if kind == "HelmChartInflationGenerator":
        return f"{kind} fetches charts and runs helm"
    if value.get("apiVersion") != "builtin":
        return f'plugin "{kind}" is an executable'
    remote = next(filter(is_remote, _strings_in(value)), "")
    return _remote(remote) if remote else ""


def _remote(text: str) -> str:
    return f'"{_without_login(text)}" is remote'


def _strings_in(value: object) -> Iterator[str]:
    """Every string in a value."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            stack += reversed(value.values() if isinstance(value, dict) else value)


def _without_login(text: str) -> str:
    """The text without the user and password of a link, cut to 100 characters."""
    text = re.sub(r"//[^/@\s]*@", "//", text)
    return text if len(text) <= 100 else f"{text[:97]}..."


_FUNCTIONS = frozenset(("config.kubernetes.io/function", "config.k8s.io/function"))
_REMOTE = re.compile(
    r"^(?:git::|[A-Za-z][\w+.-]*://|[\w.-]+@[\w.-]+[:/]|(?:www\.)?github\.com[:/])"
    r"|\.git(?:/|\?|$)|\?(?:ref|version|timeout|submodules)=|/_git/"
)
