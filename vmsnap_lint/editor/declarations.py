"""Names in references become the places where the objects are declared, and the other way round."""

from __future__ import annotations

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.editor.named_fields import NAME, edge_at, fields_of, reference_at, references_of
from vmsnap_lint.kubevirt.snapshot.source_vm import is_made_by_pool
from vmsnap_lint.objects.references import TEMPLATES, Reference
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.editor.written_value import WrittenValue
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Named", "declared_by", "named_at", "places_of_name", "sharing", "users_of"]

_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_SHARING = (_CLAIMS, (kinds.STORAGE_CLASS, kinds.STORAGE_PROFILE), (kinds.VM, kinds.VMI))


class Named(NamedTuple):
    """A name in one world, and the places of all declarations that it is the name of.

    Objects that exist only together share theirs: a DataVolume and its PVC, a StorageClass and its
    profile, a VM and its instance.
    """

    world: World
    kind: Kind
    namespace: str | None
    name: str
    at: tuple[Place, ...]


def named_at(here: WrittenValue) -> Named | None:
    """What is declared or named at a value, None where nothing is."""
    world, manifest, path = here.world, here.manifest, here.path
    declared = _declared_at(manifest, path)
    if declared is not None:
        kind, name = declared
        home = manifest.namespace
        own = manifest.at(*path) if path[-1:] == ("name",) else manifest.at(*NAME)
        at = (
            *(() if here.is_new else (own,)),
            *places_of_name(world, sharing(kind), home, name, manifest),
        )
        return Named(world, kind, home, name, tuple(dict.fromkeys(at)))
    reference = _reference(here)
    if reference is None or not reference.name or not reference.kinds:
        return None
    kind, home = reference.kinds[0], reference.namespace
    return Named(world, kind, home, reference.name, declared_by(world, reference))


def declared_by(world: World, reference: Reference) -> tuple[Place, ...]:
    """Where the object is declared that a reference means in a world; () if it is not."""
    return places_of_name(
        world, reference.kinds, reference.namespace, reference.name, reference.manifest
    )


def places_of_name(
    world: World, targets: Iterable[Kind], namespace: str | None, name: str, near: Manifest
) -> tuple[Place, ...]:
    """Where objects of these kinds and that name are declared, as seen from a manifest."""
    if not name or holds_placeholder(name):
        return ()
    found: dict[Place, None] = {}
    workspace, sought = world.workspace, tuple(targets)
    for kind in sought:
        resolved = workspace.resolve(kind, namespace, name, near)
        if resolved is Absence.AMBIGUOUS:
            found |= dict.fromkeys(
                each.at(*NAME) for each in workspace.candidates(kind, namespace, name)
            )
        elif not isinstance(resolved, Absence):
            found[resolved.at(*NAME)] = None
    if kinds.DATA_VOLUME in sought:
        found |= dict.fromkeys(_template(world, namespace, name, near))
    if kinds.VM in sought and not found:
        found |= dict.fromkeys(_pool(world, name, near))
    return tuple(found)


def users_of(view: View, named: Named) -> list[Reference]:
    """The references in its world to what has the name."""
    declared = set(named.at)
    return [
        reference
        for reference in _naming(view, named.world, named.name)
        if not declared.isdisjoint(declared_by(named.world, reference))
    ]


def _naming(view: View, world: World, name: str) -> Iterator[Reference]:
    """The references of a world with that name."""
    text = name.encode()
    for group, kind in world.workspace.kinds():
        if not fields_of(kinds.Kind(group, kind)):
            continue
        for manifest in world.workspace.of(kinds.Kind(group, kind)):
            if _may_name(view, manifest, text):
                yield from (each for each in references_of(manifest) if each.name == name)


def _may_name(view: View, manifest: Manifest, name: bytes) -> bool:
    """Whether the text of the file may hold a name; of what was built it need not."""
    if isinstance(manifest.document, RenderedDocument | TemplatedDocument):
        return True
    return view.mentions(manifest.document.source, name)


def _reference(here: WrittenValue) -> Reference | None:
    """The reference at a value, with the name that was typed."""
    reference = reference_at(here.manifest, here.path)
    if here.typed is None or here.is_key:
        return reference
    edge = edge_at(here.manifest.group_kind, here.path)
    if reference is None and edge is not None and here.path != edge.kind_at:
        return Reference(here.manifest, edge, here.path, here.typed, -1)
    is_name = reference is not None and here.path == reference.path
    return reference._replace(name=here.typed) if reference is not None and is_name else reference


def _declared_at(manifest: Manifest, path: Path) -> tuple[Kind, str] | None:
    """The kind and name of the object, or DataVolume of a VM, whose name or kind is at a path."""
    if path in (NAME, ("kind",)) and manifest.name:
        return manifest.group_kind, manifest.name
    depth = len(TEMPLATES)
    if manifest.group_kind == kinds.VM and path[:depth] == TEMPLATES and path[depth + 1 :] == NAME:
        name = manifest.text(*path)
        return (kinds.DATA_VOLUME, name) if name else None
    return None


def sharing(kind: Kind) -> tuple[Kind, ...]:
    """The kinds whose objects have the name of one of this kind."""
    return next((group for group in _SHARING if kind in group), (kind,))


def _template(world: World, namespace: str | None, name: str, near: Manifest) -> Iterator[Place]:
    """The dataVolumeTemplate of a name: that of the VM itself counts most."""
    cluster = world.cluster
    if near.group_kind == kinds.VM and namespace == near.namespace:
        found = cluster.template(name, near)
    else:
        found = cluster.template_in(namespace, name)
    if found is not None:
        vm, index = found
        yield vm.at(*TEMPLATES, index, *NAME)


def _pool(world: World, name: str, near: Manifest) -> Iterator[Place]:
    """The pool that makes a VM of that name."""
    if is_made_by_pool(world.cluster, name, near):
        pool = world.find(kinds.POOL, name.rpartition("-")[0], near)
        if pool is not None:
            yield pool.at(*NAME)
