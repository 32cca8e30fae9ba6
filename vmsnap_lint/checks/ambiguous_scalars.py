"""Scalars that Kubernetes reads differently from their looks become problems, with fixes."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.document.editing.operations import same
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.scalars import json_value, looks_odd, plain
from vmsnap_lint.objects import mending
from vmsnap_lint.objects.manifest import Place
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["reported"]


def reported(
    document: Document, objects: Mapping[Path, Manifest], world: World
) -> Iterator[Problem]:
    """The problems of the scalars in these objects of a document, which are by their paths."""
    rejected: dict[Manifest, set[Path]] = {}
    for scalar in filter(_is_ambiguous, document.scalars() if objects else ()):
        manifest = _innermost(objects, scalar.path)
        if manifest is None or _is_built_as_string(scalar, manifest, world):
            continue
        if manifest not in rejected:
            rejected[manifest] = _rejected_paths(manifest, world)
        if not _is_within(scalar.path[len(manifest.root) :], rejected[manifest]):
            yield _ambiguous(scalar, manifest)


def _innermost(objects: Mapping[Path, Manifest], path: Path) -> Manifest | None:
    """The innermost object that holds the value at a path."""
    roots = (path[:length] for length in range(len(path), -1, -1))
    return next((objects[root] for root in roots if root in objects), None)


def _rejected_paths(manifest: Manifest, world: World) -> set[Path]:
    """The paths of the values that other rules report, and of their fields."""
    places = (rejection.problem.at for rejection in world.rejections(manifest))
    return {place.path for place in places if isinstance(place, Place) and place.path}


def _is_within(path: Path, paths: set[Path]) -> bool:
    return any(path[:length] in paths for length in range(1, len(path) + 1))


def _is_ambiguous(scalar: Scalar) -> bool:
    """Whether it is plain, untagged and becomes another type than its text suggests."""
    if scalar.style is not Style.PLAIN or isinstance(scalar.value, str):
        return False
    value = plain(scalar.text)
    return looks_odd(scalar.text, value) and json_value(value) == scalar.value


def _is_built_as_string(scalar: Scalar, manifest: Manifest, world: World) -> bool:
    """Whether only kustomize reads it, as a string: what is built of it is judged."""
    builds = world.policy.requoted.get(manifest.position)
    if not builds:
        return False
    from vmsnap_lint.deploy.render.requoted import becomes_string  # rare

    path = scalar.path[len(manifest.root) :]
    return becomes_string(manifest, builds, path, scalar.text, is_key=scalar.is_key)


def _ambiguous(scalar: Scalar, manifest: Manifest) -> Problem:
    at = manifest.at(*scalar.path[len(manifest.root) :], key=scalar.is_key)
    if scalar.is_key:
        message = f'the key {scalar.text} is read as "{scalar.path[-1]}": quote it'
        title = f"put {scalar.text} in quotes"
        fixes = mending.renamed(at, scalar.text, Safety.UNSAFE, title)
        return Problem(at, message, fixes=fixes)
    what = "the boolean" if isinstance(scalar.value, bool) else "the number"
    shown = str(scalar.value).lower()
    use = f"write {shown}" if shown != scalar.text else "quote it if it is no number"
    fixes = mending.with_value(at, scalar.value, Safety.SAFE)
    if shown == scalar.text:
        fixes = mending.quoted(at, Safety.UNSAFE)
    if not same(manifest.get(*at.path), scalar.value):
        fixes = ()  # another value of its key replaces it
    return Problem(at, f"{scalar.text} is read as {what} {shown}: {use}", fixes=fixes)
