"""The fields that may be written in an object, with their types."""

from __future__ import annotations

from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.half_written import within_object
from vmsnap_lint.editor.offers import Offer, OfferKind
from vmsnap_lint.editor.schema_fields import SchemaField, field_below, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.editor.half_written import HalfWritten
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.kubevirt.world import World

__all__ = ["field_offers", "kind_of", "schema_field"]

_ANY = ("apiVersion", "kind", "metadata", "spec")
_NESTED = frozenset(("array", "object"))


def field_offers(view: View, file: str, typed: HalfWritten) -> Iterator[Offer]:
    """The fields that the object does not have yet, the required ones first."""
    world = next(iter(view.worlds_of(file)), None)
    field = schema_field(world, typed, typed.path)
    if field is None:
        if not within_object(typed.path):
            for name in _ANY:
                if name not in typed.beside:
                    yield Offer(name, OfferKind.FIELD, text=typed.way.key(name, ends_line=False))
        return
    known = [each for each in field.fields() if each.name not in typed.beside]
    for each in sorted(known, key=lambda one: not one.is_required):
        types = " or ".join(name for name in each.types if name != "null")
        detail = f"{types}, required" if each.is_required else types
        text = typed.way.key(each.name, ends_line=not _NESTED.isdisjoint(each.types))
        yield Offer(each.name, OfferKind.FIELD, detail, told(each), text)


def schema_field(world: World | None, typed: HalfWritten, path: Path) -> SchemaField | None:
    """The field at a path of what is typed, as the CRD of its kind or the bundled schema has it."""
    kind = kind_of(typed)
    if kind is None:
        return None
    version = typed.fields.get("apiVersion", "").rpartition("/")[2]
    return field_below(world.cluster if world else None, kind, version, within_object(path))


def kind_of(typed: HalfWritten) -> Kind | None:
    """The kind of the object that is typed, None where it is not written."""
    kind, version = typed.fields.get("kind"), typed.fields.get("apiVersion", "")
    return Kind(version.rpartition("/")[0], kind) if kind else None
