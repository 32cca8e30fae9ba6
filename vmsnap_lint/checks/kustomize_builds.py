"""What kustomize and helm make of a tree, and what they leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.provenance import Transformer
    from vmsnap_lint.objects.unrewritten import Unrewritten


__all__ = ["CHECKS"]

_SHOWN = 3


def kustomize_namespace_not_rewritten(world: World) -> Iterator[Problem]:
    """`namespace:` moves the source of a DataVolume, and the DataVolume looks for it elsewhere."""
    left: dict[Transformer, list[Unrewritten]] = {}
    for tree in world.trees if world.in_scope else ():
        from vmsnap_lint.objects.unrewritten import (
            unrewritten_namespaces,
        )  # many runs have no kustomization

        for one in unrewritten_namespaces(tree):
            left.setdefault(one.by, []).append(one)
    for by, references in left.items():
        first = references[0]
        message = (
            f'namespace "{by.value}" moves {_name(first)} there, but '
            f"{_field(first.path)} of {_owner(first)} stays "
            f'"{first.target.original.namespace}"{_more(references)}'
        )
        yield Problem(by.at, message, tuple(one.place for one in references[:_SHOWN]))


def kustomize_reference_not_rewritten(world: World) -> Iterator[Problem]:
    """A prefix or suffix renames what KubeVirt's fields name, and kustomize leaves these alone."""
    left: dict[Transformer, list[Unrewritten]] = {}
    for tree in world.trees if world.in_scope else ():
        from vmsnap_lint.objects.unrewritten import (
            unrewritten_names,
        )  # many runs have no kustomization

        for one in unrewritten_names(tree):
            left.setdefault(one.by, []).append(one)
    for by, references in left.items():
        first = references[0]
        original = first.target.original.name
        name = by.value + original if by.field == "namePrefix" else original + by.value
        message = (
            f'{by.field} "{by.value}" renames {_name(first)} to "{name}", but '
            f"{_field(first.path)} of {_owner(first)} stays "
            f'"{original}"{_more(references)}'
        )
        places = [place for one in references[:_SHOWN] for place in _places(one)]
        explained = tuple(one.place for one in references)
        related = tuple(dict.fromkeys(places))
        yield Problem(by.at, message, related, help=_cure(references), explains=explained)


def render_failed(world: World) -> Iterator[Problem]:
    """kustomize or helm refuses a tree."""
    for failure in world.failures:
        yield Problem(failure.at, failure.message)


def _name(left: Unrewritten) -> str:
    return f'{left.target.original.kind} "{left.target.original.name}"'


def _owner(left: Unrewritten) -> str:
    return f'{left.owner.original.kind} "{left.owner.original.name}"'


def _field(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _more(references: list[Unrewritten]) -> str:
    more = len(references) - 1
    return f", and {more} more" if more else ""


def _places(left: Unrewritten) -> Iterator[Place]:
    yield left.place
    note = f"{_name(left)} is renamed"
    yield left.target.original.at("metadata", "name", note=note)


def _cure(references: list[Unrewritten]) -> str:
    """A configuration that makes kustomize rewrite these references, ready to be pasted."""
    fields = sorted({(one.target.original.group_kind, one.edge) for one in references})
    lines = [
        "Save this as kubevirt-names.yaml beside the kustomization, and name it there under",
        '"configurations:". kustomize then rewrites these references, too:',
        "",
        "  nameReference:",
    ]
    target = None
    for kind, edge in fields:
        if target != kind:
            target = kind
            lines += [
                f"  - kind: {kind.kind}",
                *([f"    group: {kind.group}"] if kind.group else []),
            ]
            lines.append("    fieldSpecs:")
        lines.append(f"    - kind: {edge.owner.kind}")
        lines += [f"      group: {edge.owner.group}"] if edge.owner.group else []
        lines.append(f"      path: {edge.field}")
    return "\n".join(lines)


CHECKS: dict[str, Check] = {
    "kustomize-namespace-not-rewritten": Check(kustomize_namespace_not_rewritten, RUN),
    "kustomize-reference-not-rewritten": Check(kustomize_reference_not_rewritten, RUN),
    "render-failed": Check(render_failed, RUN),
}
