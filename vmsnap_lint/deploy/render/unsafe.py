"""A kustomization becomes the reason for which it is never built: network and programs.

What is not found here is kept from the network too: see `programs`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.input.kustomization import Use, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.input.kustomization import NamedPath

    Path = tuple[str | int, ...]

__all__ = ["UnsafeField", "is_remote", "refusal"]


class UnsafeField(NamedTuple):
    """Why a kustomization is never built, and which field says so."""

    path: Path
    reason: str


def refusal(value: dict[str, Any], plugin: Callable[[NamedPath], list[Any]]) -> UnsafeField | None:
    """What a kustomization asks for that is never done; `plugin` reads the plugins it names."""
    for field in ("helmCharts", "helmChartInflationGenerator"):
        if value.get(field):
            return UnsafeField((field,), f"{field} fetches charts and runs helm")
    for one in named(value):
        if is_remote(one.text):
            return UnsafeField(one.at, f'"{_without_login(one.text)}" is fetched from elsewhere')
        for config in plugin(one) if one.use is Use.PLUGIN else ():
            reason = _plugin(config)
            if reason:
                return UnsafeField(one.at, reason)
    return None


def is_remote(text: str) -> bool:
    """Whether kustomize would fetch what is named so (api/internal/git/repospec.go)."""
    return "\n" not in text and _REMOTE.search(text) is not None


def _plugin(value: object) -> str:
    """Why a plugin is never run, or ""."""
    if not isinstance(value, dict):
        return ""
    metadata = value.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    kind = _without_login(str(value.get("kind")))
    if isinstance(annotations, dict) and not _FUNCTIONS.isdisjoint(annotations):
        return f'the plugin "{kind}" runs a program or a container'
    if kind == "HelmChartInflationGenerator":
        return f"{kind} fetches charts and runs helm"
    if value.get("apiVersion") != "builtin":
        return f'the plugin "{kind}" is a program'
    remote = next(filter(is_remote, _strings_in(value)), "")
    return f'"{_without_login(remote)}" is fetched from elsewhere' if remote else ""


def _strings_in(value: object) -> Iterator[str]:
    """Every text in a value."""
    stack = [value]
    while stack:
        at = stack.pop()
        if isinstance(at, str):
            yield at
        elif isinstance(at, dict):
            stack += reversed(at.values())
        elif isinstance(at, list):
            stack += reversed(at)


def _without_login(text: str) -> str:
    """Without user and password, which links may hold."""
    text = re.sub(r"//[^/@\s]*@", "//", text)
    return text if len(text) <= 100 else f"{text[:97]}..."


_FUNCTIONS = frozenset(("config.kubernetes.io/function", "config.k8s.io/function"))
_REMOTE = re.compile(
    r"^(?:git::|[A-Za-z][\w+.-]*://|[\w.-]+@[\w.-]+[:/]|(?:www\.)?github\.com[:/])"
    r"|\.git(?:/|\?|$)|\?(?:ref|version|timeout|submodules)=|/_git/"
)
