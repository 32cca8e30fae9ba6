"""Trees built with kustomize and Helm."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.provenance import Transformer
    from vmsnap_lint.objects.unrewritten import Unrewritten


__all__ = ["CHECKS"]


def kustomize_namespace_not_rewritten(world: World) -> Iterator[Problem]:
    """`namespace:` moves the source of a DataVolume, but the DataVolume has the old namespace."""
    for by, references in _by_transformer(world, names=False).items():
        original = references[0].target.original
        what = f'kustomize sets namespace "{by.value}" on {original.title}'
        message = f'{what}, but {_field(references)} is still "{original.namespace}"'
        places = tuple(reference.place for reference in references[:MOST_PLACES])
        from vmsnap_lint.checks.kustomize_fixes import without_namespaces  # few builds have faults

        fixes = without_namespaces(references)
        yield Problem(by.at, message + _more(references), places, fixes=fixes)


def kustomize_reference_not_rewritten(world: World) -> Iterator[Problem]:
    """A prefix or suffix renames what fields of KubeVirt refer to, but not these fields."""
    for by, references in _by_transformer(world, names=True).items():
        original = references[0].target.original
        parts = (by.value, original.name)
        name = "".join(parts if by.field == "namePrefix" else reversed(parts))
        what = f'{by.field} "{by.value}" renames {original.title} to "{name}"'
        message = f'{what}, but {_field(references)} is still "{original.name}"'
        places = tuple(dict.fromkeys(chain.from_iterable(map(_places, references[:MOST_PLACES]))))
        explained = tuple(reference.place for reference in references)
        message += _more(references)
        from vmsnap_lint.checks import kustomize_fixes  # few builds have faults

        advice = kustomize_fixes.advice(references)
        fixes = kustomize_fixes.with_configuration(by, references)
        yield Problem(by.at, message, places, help=advice, explains=explained, fixes=fixes)


def render_failed(world: World) -> Iterator[Problem]:
    """kustomize or Helm does not accept a tree."""
    for failure in world.failures:
        yield Problem(failure.at, failure.message)


def _by_transformer(world: World, *, names: bool) -> dict[Transformer, list[Unrewritten]]:
    """The unrewritten names or namespaces, by the transformer that changed their objects."""
    by_transformer: dict[Transformer, list[Unrewritten]] = {}
    if world.trees and world.in_scope:
        from vmsnap_lint.objects import unrewritten  # many runs have no kustomization

        find = unrewritten.unrewritten_names if names else unrewritten.unrewritten_namespaces
        for reference in chain.from_iterable(map(find, world.trees)):
            by_transformer.setdefault(reference.by, []).append(reference)
    return by_transformer


def _field(references: list[Unrewritten]) -> str:
    """The field of the first reference and its owner."""
    steps = (f"[{s}]" if isinstance(s, int) else f".{s}" for s in references[0].path)
    return f'"{"".join(steps).removeprefix(".")}" of {references[0].owner.original.title}'


def _more(references: list[Unrewritten]) -> str:
    return f", and {len(references) - 1} more" if len(references) > 1 else ""


def _places(reference: Unrewritten) -> tuple[Place, Place]:
    target = reference.target.original
    return reference.place, target.at("metadata", "name", note=f"{target.title} is renamed")


CHECKS: dict[str, Check] = {
    "kustomize-namespace-not-rewritten": Check(kustomize_namespace_not_rewritten, RUN),
    "kustomize-reference-not-rewritten": Check(kustomize_reference_not_rewritten, RUN),
    "render-failed": Check(render_failed, RUN),
}
