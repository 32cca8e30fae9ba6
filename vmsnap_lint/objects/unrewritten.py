"""Kustomizations that rename objects become the references that they leave behind.

kustomize rewrites the references that it knows, none of which is KubeVirt's (kustomize v5.6.0,
api/internal/konfig/builtinpluginconsts/namereference.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.provenance import Deployed, RenderedTree, Transformer
    from vmsnap_lint.objects.references import Edge, Reference

__all__ = ["Moved", "Unrewritten", "moved", "stale"]


class Unrewritten(NamedTuple):
    """A reference that still holds the name which `target` had before it was renamed."""

    edge: Edge
    owner: Deployed
    path: tuple[Key, ...]
    target: Deployed
    by: Transformer

    @property
    def place(self) -> Place:
        """Where the reference is written."""
        note = f'{self.owner.original.kind} "{self.owner.original.name}" names it'
        return _subject(self.owner).at(*self.path, note=note)


class Moved(NamedTuple):
    """A reference whose namespace is still that which `target` was moved out of."""

    owner: Deployed
    path: tuple[Key, ...]
    target: Deployed
    by: Transformer

    @property
    def place(self) -> Place:
        """Where the namespace is written."""
        return _subject(self.owner).at(*self.path, note="this namespace stays")


def stale(tree: RenderedTree) -> Iterator[Unrewritten]:
    """The references to names that no object of the tree has any more."""
    renamed: dict[tuple[Kind, str], Deployed] = {}
    names: set[tuple[Kind, str]] = set()
    for one in tree.objects:
        kind = one.original.group_kind
        names.add((kind, one.name))
        if one.name != one.original.name and _by(one, _RENAMING) is not None:
            renamed.setdefault((kind, one.original.name), one)
    if not renamed:
        return
    for owner in tree.objects:
        subject = _subject(owner)
        for reference in references(subject):
            target = _target(reference, renamed, names)
            by = _by(target, _RENAMING) if target is not None else None
            if target and by and _is_left(owner, reference.edge.field, tree):
                yield Unrewritten(reference.edge, owner, reference.path, target, by)


def moved(tree: RenderedTree) -> Iterator[Moved]:
    """The sources of DataVolumes whose namespace still is the one that they were moved out of."""
    gone: dict[tuple[Kind, str, str | None], Deployed] = {}
    homes = {(one.original.kind, one.name, one.namespace) for one in tree.objects}
    for one in tree.objects:
        if one.namespace != one.original.namespace and one.original.namespace:
            key = (one.original.group_kind, one.original.name)
            gone.setdefault((*key, one.original.namespace), one)
    for owner in tree.objects if gone else ():
        for reference, kind in _of_sources(_subject(owner)):
            path = (*reference.path[:-1], "namespace")
            namespace = _subject(owner).text(*path)
            target = gone.get((kind, reference.name, namespace))
            by = _by(target, ("namespace",)) if target is not None else None
            if target is None or by is None or (kind.kind, target.name, namespace) in homes:
                continue
            if _is_left(owner, "/".join(step for step in path if isinstance(step, str)), tree):
                yield Moved(owner, path, target, by)


def _of_sources(owner: Manifest) -> Iterator[tuple[Reference, Kind]]:
    """The references beside which a namespace stands, with each kind that may be meant."""
    for reference in references(owner):
        for kind in reference.kinds if reference.edge.afar else ():
            yield reference, kind


def _subject(one: Deployed) -> Manifest:
    """The object as it is applied, as far as that is known."""
    return one.final if one.final is not None else one.original


def _is_left(owner: Deployed, field: str, tree: RenderedTree) -> bool:
    """Whether nothing rewrites the reference; a rendered one shows its final value anyway."""
    return owner.final is not None or field not in tree.rewritten


def _target(
    reference: Reference,
    renamed: dict[tuple[Kind, str], Deployed],
    names: set[tuple[Kind, str]],
) -> Deployed | None:
    name, targets = reference.name, reference.kinds
    if not name or reference.edge.rewritten or holds_placeholder(name):
        return None
    if any((kind, name) in names for kind in targets):
        return None
    return next((renamed[kind, name] for kind in targets if (kind, name) in renamed), None)


def _by(one: Deployed, fields: Iterable[str]) -> Transformer | None:
    """The first transformer that set one of the fields."""
    return next((by for by in one.transformers if by.field in fields), None)


_RENAMING = ("namePrefix", "nameSuffix")
