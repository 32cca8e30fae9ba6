"""Why a kustomization is never built: network access, programs, and files outside of its project.

What this misses is held off by `confinement`, where the system can.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render.plugins import PluginEntry
from vmsnap_lint.deploy.render.projects import NotRead
from vmsnap_lint.deploy.render.remote import is_remote, without_login

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.input.kustomization import NamedPath

    Path = tuple[str | int, ...]

__all__ = ["UnsafeField", "refusal"]


class UnsafeField(NamedTuple):
    """The reason why a kustomization is never built, and the path of its field.

    `fails` says that kustomize cannot build it either, `leaves` that it leaves its project.
    """

    path: Path
    reason: str
    fails: bool = False
    leaves: bool = False


def refusal(
    entries: Iterable[NamedPath],
    plugins: Mapping[Path, PluginEntry],
    targets: Mapping[str, str | NotRead],
) -> UnsafeField | None:
    """The first unsafe field of a kustomization, by its entries, plugins and what paths lead to."""
    for entry in entries:
        plugin = plugins.get(entry.at, _NO_PLUGIN)
        for path in (*(() if plugin.text else (entry,)), *plugin.paths):
            if is_remote(path.text):
                return UnsafeField(path.at, f'"{without_login(path.text)}" is remote')
            if plugin.reason:
                return UnsafeField(entry.at, plugin.reason, fails=plugin.fails)
            place = targets[path.text]
            if isinstance(place, NotRead):
                return UnsafeField(path.at, *place, leaves=True)
        if plugin.reason:
            return UnsafeField(entry.at, plugin.reason, fails=plugin.fails)
    return None


_NO_PLUGIN = PluginEntry()
