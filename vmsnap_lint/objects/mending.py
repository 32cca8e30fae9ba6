"""A fault at a place becomes the usual remedies for it: another value, key or entry."""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.vocabulary import are_in_series, nearest
from vmsnap_lint.objects.remedies import (
    AddEntry,
    AddItem,
    QuoteScalar,
    Remedy,
    RemoveEntry,
    RenameKey,
    SetScalar,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.core.vocabulary import Vocabulary
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Scalar

    Remedies = tuple[Remedy, ...]

__all__ = [
    "added", "chosen", "is_same_but_for_case", "listed", "moved_to", "named", "one_of",
    "quoted", "renamed", "replaced", "respelt", "set_at", "with_value", "without",
]  # fmt: skip


def with_value(at: Place, value: Scalar, safety: Safety) -> Remedies:
    """The value is written in the place of the one that is there."""
    title = f"set {_entry(at)}{_shown(value)}"
    return (Remedy(title, safety, (SetScalar(at._replace(note="", key=False), value),)),)


def quoted(at: Place, safety: Safety) -> Remedies:
    """The text that is written there is a string."""
    return (
        Remedy("put the value in quotes", safety, (QuoteScalar(at._replace(note="", key=False)),)),
    )


def named(at: Place, word: str, known: Iterable[str] | Vocabulary) -> Remedies:
    """The name that was probably meant, by hand where several are near.

    A name that has other digits is another one of a series, and so only shown.
    """
    near = nearest(word, known)
    is_clear = len(near) == 1 and not are_in_series(word, near[0])
    return one_of(at, near, Safety.UNSAFE if is_clear else Safety.DISPLAY)


def one_of(at: Place, names: Sequence[str], safety: Safety = Safety.UNSAFE) -> Remedies:
    """Each of the names, by hand where there are several."""
    safety = safety if len(names) == 1 else Safety.DISPLAY
    return tuple(remedy for name in names for remedy in with_value(at, name, safety))


def chosen(at: Place, word: str, values: Iterable[str], by_case: Safety = Safety.SAFE) -> Remedies:
    """The one value of a choice that was meant: certainly, where only the case differs."""
    values = tuple(values)
    same = [value for value in values if is_same_but_for_case(word, value)]
    if len(same) == 1:
        return with_value(at, same[0], by_case)
    near = nearest(word, values)
    return with_value(at, near[0], Safety.UNSAFE) if len(near) == 1 else ()


def is_same_but_for_case(word: str, other: str) -> bool:
    """Whether two words differ in capital letters only."""
    return word != other and word.casefold() == other.casefold()


def renamed(at: Place, key: str, safety: Safety, title: str = "") -> Remedies:
    """The entry gets the key, unless its object has one of that name already."""
    if key in at.manifest.mapping(*at.path[:-1]):
        return ()
    place = at._replace(note="", key=True)
    title = title or f"rename {cut(str(at.path[-1]))} to {cut(key)}"
    return (Remedy(title, safety, (RenameKey(place, key),)),)


def respelt(at: Place, key: str, known: Iterable[str]) -> Remedies:
    """The entry gets the one key that was meant."""
    near = nearest(key, known)
    return renamed(at, near[0], Safety.UNSAFE) if len(near) == 1 else ()


def replaced(at: Place, key: str, value: Scalar, safety: Safety) -> Remedies:
    """The entry gets another key, and a value with it."""
    place = at._replace(note="", key=False)
    title = f"set {key}: {_shown(value)}"
    if key in at.manifest.mapping(*at.path[:-1]):
        other = place._replace(path=(*at.path[:-1], key))
        return (Remedy(title, safety, (RemoveEntry(place), SetScalar(other, value))),)
    return (
        Remedy(title, safety, (RenameKey(place._replace(key=True), key), SetScalar(place, value))),
    )


def added(at: Place, key: str, value: Any, safety: Safety, before: str = "") -> Remedies:
    """The object at the place gets an entry, or its entry of that name, which is null, a value."""
    title = f"add {key}: {_shown(value)}" if isinstance(value, _SCALARS) else f"add {key}"
    place = at._replace(note="", key=False)
    own = at.manifest.mapping(*at.path)
    if key in own and isinstance(value, _SCALARS):
        return with_value(place._replace(path=(*at.path, key)), value, safety)
    if key in own:
        return ()
    return (Remedy(title, safety, (AddEntry(place, key, value, before),)),)


def set_at(manifest: Manifest, path: Path, value: Any, safety: Safety) -> Remedies:
    """The field has the value, with all objects around it that are missing or null."""
    title = f"set {path[-1]}: {_shown(value)}"
    depth = next(
        depth for depth in range(len(path), -1, -1) if manifest.get(*path[:depth]) is not None
    )
    if depth < len(path) and path[depth] in manifest.mapping(*path[:depth]):
        depth += 1
    if depth == len(path):
        return with_value(manifest.at(*path), value, safety)
    for key in reversed(path[depth + 1 :]):
        value = {key: value}
    change = AddEntry(manifest.at(*path[:depth]), str(path[depth]), value)
    return (Remedy(title, safety, (change,)),)


def listed(manifest: Manifest, path: tuple[str, ...], item: str, safety: Safety) -> Remedies:
    """The list has one more item; it is made where it is missing."""
    is_null = path[-1] in manifest.mapping(*path[:-1]) and manifest.get(*path) is None
    if not (is_null or isinstance(manifest.get(*path), list)):
        title = f"add {cut(item)} to {path[-1]}"
        made = set_at(manifest, path, [item], safety)
        return tuple(remedy._replace(title=title) for remedy in made)
    change = AddItem(manifest.at(*path), item)
    return (Remedy(f"add {cut(item)} to {path[-1]}", safety, (change,)),)


def moved_to(manifest: Manifest, others: Iterable[Manifest]) -> Remedies:
    """The object gets the namespace of the others, which is a guess, where they have only one."""
    homes = {other.namespace for other in others}
    namespace = homes.pop() if len(homes) == 1 else None
    if not namespace:
        return ()
    if manifest.get("metadata", "namespace") is not None:
        return with_value(manifest.at("metadata", "namespace"), namespace, Safety.UNSAFE)
    return added(manifest.at("metadata"), "namespace", namespace, Safety.UNSAFE)


def without(*places: Place, safety: Safety, what: str = "") -> Remedies:
    """The entries are removed."""
    names = ", ".join(cut(str(place.path[-1])) for place in places)
    changes = tuple(RemoveEntry(place._replace(note="", key=False)) for place in places)
    return (Remedy(f"remove {what or names}", safety, changes),)


_SCALARS = (str, int, float, bool, type(None))


def _entry(at: Place) -> str:
    """The name of the field of a place, with a colon; the one of its list for an item."""
    key = next((step for step in reversed(at.path) if isinstance(step, str)), "")
    return f"{cut(key)}: " if key else ""


def _shown(value: Any) -> str:
    """The value as YAML may write it on one line."""
    if isinstance(value, str) and value.isprintable() and value == value.strip() != "":
        return cut(value)
    from json import dumps  # an odd value only

    return cut(dumps(value, ensure_ascii=False))
