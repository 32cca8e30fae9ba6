"""Finds the references that a kustomization leaves unchanged when it renames or moves objects.

kustomize rewrites only the references that it knows, none of KubeVirt's (kustomize v5.6.0,
api/internal/konfig/builtinpluginconsts/namereference.go).
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.provenance import Deployed, RenderedTree, Transformer
    from vmsnap_lint.objects.references import Edge, Reference

    Renamed = dict[tuple[Kind, str], tuple[Deployed, Transformer]]

__all__ = ["Unrewritten", "unrewritten_names", "unrewritten_namespaces"]

_RENAMING = ("namePrefix", "nameSuffix")


class Unrewritten(NamedTuple):
    """A reference with the name or namespace that `target` had before `by` changed it."""

    edge: Edge
    owner: Deployed
    path: tuple[Key, ...]
    target: Deployed
    by: Transformer
    note: str

    @property
    def place(self) -> Place:
        """The place of the old name or namespace."""
        return _final(self.owner).at(*self.path, note=self.note)


def unrewritten_names(tree: RenderedTree) -> Iterator[Unrewritten]:
    """The references to names that no longer exist in the tree."""
    renamed: Renamed = {}
    for deployed in tree.objects:
        original, by = deployed.original, _first(deployed, _RENAMING)
        if by and deployed.name != original.name:
            renamed.setdefault((original.group_kind, original.name), (deployed, by))
    names = {(deployed.original.group_kind, deployed.name) for deployed in tree.objects}
    for owner in tree.objects if renamed else ():
        note = f'referenced by {owner.original.kind} "{owner.original.name}"'
        for reference in references(_final(owner)):
            for target, by in _targets(reference, renamed, names):
                if _is_left(owner, reference.edge.field, tree):
                    yield Unrewritten(reference.edge, owner, reference.path, target, by, note)


def unrewritten_namespaces(tree: RenderedTree) -> Iterator[Unrewritten]:
    """The sources of DataVolumes with a namespace that their objects were moved out of."""
    moved: dict[tuple[Kind, str, str | None], tuple[Deployed, Transformer]] = {}
    for deployed in tree.objects:
        original, by = deployed.original, _first(deployed, ("namespace",))
        if by and original.namespace and deployed.namespace != original.namespace:
            key = (original.group_kind, original.name, original.namespace)
            moved.setdefault(key, (deployed, by))
    homes = {(item.original.kind, item.name, item.namespace) for item in tree.objects}
    for owner in tree.objects if moved else ():
        for reference, kind in _with_namespaces(_final(owner)):
            path = (*reference.path[:-1], "namespace")
            namespace = _final(owner).text(*path)
            target, by = moved.get((kind, reference.name, namespace), (None, None))
            if not target or not by or (kind.kind, target.name, namespace) in homes:
                continue
            if _is_left(owner, "/".join(step for step in path if isinstance(step, str)), tree):
                yield Unrewritten(reference.edge, owner, path, target, by, "not changed")


def _with_namespaces(owner: Manifest) -> Iterator[tuple[Reference, Kind]]:
    """The references with a namespace, with each kind that the object may have."""
    for reference in references(owner):
        for kind in reference.kinds if reference.edge.has_namespace else ():
            yield reference, kind


def _final(deployed: Deployed) -> Manifest:
    """The object as it is applied, if that is known."""
    return deployed.final if deployed.final is not None else deployed.original


def _is_left(owner: Deployed, field: str, tree: RenderedTree) -> bool:
    """Whether the reference is not rewritten; a rendered one has its final value."""
    return owner.final is not None or field not in tree.rewritten()


def _targets(
    reference: Reference, renamed: Renamed, names: set[tuple[Kind, str]]
) -> list[tuple[Deployed, Transformer]]:
    """The first renamed object that the reference means, if its name no longer exists."""
    keys = [(kind, reference.name) for kind in reference.kinds]
    if reference.edge.rewritten or holds_placeholder(reference.name) or not names.isdisjoint(keys):
        return []
    return [renamed[key] for key in keys if key in renamed and reference.name][:1]


def _first(deployed: Deployed, fields: Iterable[str]) -> Transformer | None:
    """The first transformer that set one of the fields."""
    return next((by for by in deployed.transformers if by.field in fields), None)
