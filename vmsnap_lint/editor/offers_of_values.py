"""The values that may stand in a field: names of objects, kinds, versions, and those of schemas."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint import schema
from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.half_written import within_object
from vmsnap_lint.editor.named_fields import edge_at, fields_of
from vmsnap_lint.editor.offers import Offer, OfferKind
from vmsnap_lint.editor.offers_of_fields import kind_of, schema_field
from vmsnap_lint.report.writers.markdown_text import code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.editor.half_written import HalfWritten
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.references import Edge

__all__ = ["value_offers"]

_KINDS = tuple(value for value in vars(kinds).values() if isinstance(value, kinds.Kind))
_STRATEGIES = (
    (kinds.VM, ("spec", "runStrategy")),
    (kinds.POOL, ("spec", "virtualMachineTemplate", "spec", "runStrategy")),
)
# KubeVirt's own types are strings there: core/v1beta1 of kubevirt v1.9.0, api/snapshot/v1beta1
_VALUES: dict[tuple[Kind, Path], tuple[str, ...]] = {
    (kinds.SNAPSHOT, ("spec", "deletionPolicy")): ("Delete", "Retain"),
}
_DRIVERS: dict[tuple[Kind, Path], tuple[Kind, str]] = {
    (kinds.STORAGE_CLASS, ("provisioner",)): (kinds.VOLUME_SNAPSHOT_CLASS, "driver"),
    (kinds.VOLUME_SNAPSHOT_CLASS, ("driver",)): (kinds.STORAGE_CLASS, "provisioner"),
}


def value_offers(view: View, file: str, typed: HalfWritten) -> Iterator[Offer]:
    """The values that may stand where somebody types."""
    path, kind, worlds = within_object(typed.path), kind_of(typed), view.worlds_of(file)
    if path == ("kind",):
        yield from _kinds(typed)
    elif path == ("apiVersion",):
        yield from _versions(kind)
    elif path == ("metadata", "namespace"):
        yield from _namespaces(worlds)
    if kind is None:
        return
    edge = edge_at(kind, path) or _edge_with_group(kind, path)
    if edge is not None:
        yield from _of_edge(view, worlds, typed, edge, path)
    yield from _of_drivers(worlds, kind, path)
    yield from _plain(_VALUES.get((kind, path), ()))
    if (kind, path) in _STRATEGIES and worlds:
        yield from _plain(sorted(worlds[0].behaviour.run_strategies))
    field = schema_field(worlds[0] if worlds else None, typed, typed.path)
    if field is not None:
        is_text = field.types[:1] != ("boolean",)
        yield from (
            Offer(value, OfferKind.VALUE, text="" if is_text else value) for value in field.values
        )


def _plain(values: Iterable[str]) -> Iterator[Offer]:
    return (Offer(value, OfferKind.VALUE) for value in values)


def _kinds(typed: HalfWritten) -> Iterator[Offer]:
    """The kinds of the group that is written, all where none is."""
    version = typed.fields.get("apiVersion", "")
    group = version.rpartition("/")[0]
    for each in _KINDS:
        if not version or each.group == group:
            yield Offer(each.kind, OfferKind.KIND, each.group or "core")


def _versions(kind: Kind | None) -> Iterator[Offer]:
    """The versions that are served of the kind that is written, or of all kinds, newest first."""
    named = kind.kind if kind is not None else ""
    for each in _KINDS:
        if each.kind == named or not named:
            for version in reversed(schema.versions(each)):
                if schema.is_served(each, version):
                    text = f"{each.group}/{version}" if each.group else version
                    yield Offer(text, OfferKind.VALUE, each.kind if named else "")


def _namespaces(worlds: Iterable[World]) -> Iterator[Offer]:
    """The namespaces that objects with a VM or a disk are in."""
    objects = chain.from_iterable(
        world.workspace.of(kind)
        for world in worlds
        for kind in (kinds.VM, kinds.PVC, kinds.DATA_VOLUME, kinds.SNAPSHOT)
    )
    return _plain(sorted({each.namespace for each in objects if each.namespace}))


def _edge_with_group(kind: Kind, path: Path) -> Edge | None:
    """The reference whose apiGroup is at a path."""
    at = (*path[:-1], "kind")
    is_group = path[-1:] == ("apiGroup",)
    return next((e for e in fields_of(kind) if e.kind_at == at), None) if is_group else None


def _of_edge(
    view: View, worlds: Iterable[World], typed: HalfWritten, edge: Edge, path: Path
) -> Iterator[Offer]:
    """The names that a reference may have, or its kinds and their groups."""
    if path[-1:] == ("apiGroup",):
        yield from _plain(dict.fromkeys(target.group for target in edge.targets if target.group))
    elif path == edge.kind_at:
        yield from (
            Offer(target.kind, OfferKind.KIND, target.group or "core") for target in edge.targets
        )
    else:
        written = typed.beside.get("kind", "") if edge.kind_at else ""
        for world in worlds:
            for target in edge.targets:
                if written in ("", target.kind):
                    yield from _names(view, world, edge, target, typed)


def _names(
    view: View, world: World, edge: Edge, target: Kind, typed: HalfWritten
) -> Iterator[Offer]:
    """The names of the objects of a kind that may be meant."""
    named = typed.beside.get("namespace") if edge.has_namespace else ""
    home = None if target in kinds.CLUSTER_SCOPED else named or typed.fields.get("namespace")
    word = typed.written.casefold()
    for name, manifest in view.named(world, target, home or None).items():
        if word in name.casefold():
            where = f" in {manifest.namespace}" if manifest.namespace else ""
            maker = f", made by {manifest.kind}" if manifest.group_kind != target else ""
            told = f"{target.kind}{where}{maker}"
            yield Offer(name, OfferKind.NAME, told, code(manifest.file))


def _of_drivers(worlds: Iterable[World], kind: Kind, path: Path) -> Iterator[Offer]:
    """The drivers that the classes of the other kind are for."""
    other = _DRIVERS.get((kind, path))
    if other is not None:
        classes = (each for world in worlds for each in world.workspace.of(other[0]))
        drivers = {each.text(other[1]) for each in classes} - {""}
        yield from _plain(sorted(drivers))
