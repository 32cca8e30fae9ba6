"""The release of KubeVirt that the objects of the input state."""

from __future__ import annotations

from operator import itemgetter

from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from vmsnap_lint.objects.workspace import Workspace

__all__ = ["stated_release"]


def stated_release(workspace: Workspace, in_url: str = "") -> tuple[Release | None, str]:
    """The release that the input states, and where: None and "" if it states none.

    The status of the KubeVirt object counts most, then its imageTag, then the status of
    HyperConverged, whose releases have one of KubeVirt each, least the URL of its manifests.
    """
    for path in (("status", "observedKubeVirtVersion"), ("spec", "imageTag")):
        release, source = _in_objects(workspace, path)
        if release is not None:
            return release, source
    for owner in workspace.of(kinds.HYPERCONVERGED):
        for _, item in owner.items("status", "versions"):
            text = item.get("version") if item.get("name") == "operator" else ""
            release = releases.of_hyperconverged(text) if isinstance(text, str) else None
            if release is not None:
                return release, f"status of HyperConverged/{owner.name}, {owner.file}"
    release = _known(in_url)
    return release, "the URL of its manifest" if release else ""


def _known(text: str) -> Release | None:
    """The release of KubeVirt that a text names: products that contain it count on their own."""
    release = Release.parse(text)
    if release is None or releases.is_later(release):
        return release
    return release if f"{release.major}.{release.minor}" in releases.known() else None


def _in_objects(workspace: Workspace, path: tuple[str, str]) -> tuple[Release | None, str]:
    """The oldest release in a field of the KubeVirt objects, and which object that is."""
    objects = workspace.of(kinds.KUBEVIRT)
    texts = ((found.text(*path), found) for found in objects)
    read = Release.parse if path[0] == "status" else _known
    known = [(release, found) for text, found in texts if (release := read(text))]
    if not known:
        return None, ""
    release, found = min(known, key=itemgetter(0))
    where = "status" if path[0] == "status" else ".".join(path)
    return release, f"{where} of KubeVirt/{found.name}, {found.file}"
