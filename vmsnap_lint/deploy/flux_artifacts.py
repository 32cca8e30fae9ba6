"""A path in an ExternalArtifact of Flux becomes the path of the repository that it is copied from.

Source: fluxcd/source-watcher v2.2.1, docs/spec/v1beta1/artifactgenerators.md.
"""

from __future__ import annotations

import posixpath
import re

from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.flux_source import ARTIFACT, absent_source
from vmsnap_lint.deploy.kustomize_fields import objects, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["copied_from"]

_GENERATOR = Kind("source.extensions.fluxcd.io", "ArtifactGenerator")
_GLOB = re.compile(r"[*?\[{]")


def copied_from(reference: Any, path: str, around: Around, near: Manifest) -> str | None:
    """The directory of the repository that is copied to a path of the artifact, if one is.

    None as well for a reference to another kind.
    """
    if text(reference, "kind") != ARTIFACT:
        return None
    inside = posixpath.normpath(f"/{path}").strip("/")
    for start, target in _copies(text(reference, "name"), around, near):
        if inside == target or not target or inside.startswith(f"{target}/"):
            found = posixpath.join(start, inside[len(target) :].strip("/")) or "."
            if around.has(found):
                return found
    return None


def _copies(name: str, around: Around, near: Manifest) -> Iterator[tuple[str, str]]:
    """Each directory that is copied to the artifact with its path there, the last one first."""
    for generator in around.declared(_GENERATOR, near):
        spec = generator.get("spec")
        here = {
            text(source, "alias")
            for source in objects(spec, "sources")
            if not absent_source(source, generator.namespace, ".", around, near)
        }
        for artifact in objects(spec, "artifacts"):
            if text(artifact, "name") == name:
                for copy in objects(artifact, "copy")[::-1]:
                    yield from _directory(text(copy, "from"), text(copy, "to"), here)


def _directory(start: str, target: str, here: set[str]) -> Iterator[tuple[str, str]]:
    alias, _, path = start.partition("/")
    artifact, _, below = target.partition("/")
    if artifact != "@artifact" or alias.removeprefix("@") not in here:
        return
    names = path.strip("/").split("/")
    if _GLOB.search(names[-1]):
        yield "/".join(names[:-1]), below.strip("/")
    elif below.endswith("/") or not below:
        yield "/".join(names), posixpath.join(below, names[-1]).strip("/")
    else:
        yield "/".join(names), below.strip("/")
