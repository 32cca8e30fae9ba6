"""Objects inside other objects join the unit of their wrapper, or form separate units."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.units import Separate, Unit, Unwrapped
from vmsnap_lint.objects import wrapped
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.unpacking import TextBudget
from vmsnap_lint.objects.wrappers import WRAPPERS, Making

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.unpacking import Wrapped
    from vmsnap_lint.objects.wrapped import Contents

    _Found = list[tuple[str, Contents]]

__all__ = ["unwrapped", "why_no_object"]

_KINDS = frozenset(value for value in vars(kinds).values() if isinstance(value, kinds.Kind))
_MOST = 200  # separate units, and gaps
_SEVERAL = "an object that others hold"
_ALONE = "it is judged by what it holds alone"
_LIST = "an Ansible task list or the like: it holds no object that is checked"


def unwrapped(
    units: Sequence[Unit], documents: Iterable[Document] = (), values: Iterable[Document] = ()
) -> Unwrapped:
    """The units with the objects inside their objects.

    Those in `documents` that are tasks of Ansible join the plain files; `values` are documents of
    charts that are not rendered.
    """
    texts: dict[str, TextBudget] = defaultdict(TextBudget)
    found = [
        _found((m.file, wrapped.inside(m, texts[m.file])) for m in unit.manifests if _is_open(m))
        for unit in units
    ]
    plain = next((number for number, unit in enumerate(units) if unit.is_plain), 0)
    found[plain] += _found((d.file, wrapped.of_tasks(d, texts[d.file])) for d in documents)
    of_charts = _found((d.file, wrapped.of_values(d)) for d in values)
    every = [*chain.from_iterable(found), *of_charts]
    if not every:
        return Unwrapped(tuple(units))
    declared = {_key(manifest) for unit in units for manifest in unit.manifests}
    inner = ((file, item) for file, contents in of_charts for item in contents.objects)
    separate = [(file, item) for file, item in inner if _key(item.manifest) not in declared]
    result = []
    for unit, within in zip(units, found, strict=True):
        joining, others = _divided(within, unit.manifests)
        result.append(unit._replace(manifests=(*unit.manifests, *joining)) if joining else unit)
        separate += others
    groups = _grouped(separate)
    return Unwrapped(
        tuple(result),
        tuple(_units(groups)),
        tuple(_gaps(groups)),
        tuple(text for _, contents in every for text in contents.texts),
        tuple(sorted({NotChecked(file, why) for file, each in every for why in each.unread})),
    )


def why_no_object(source: Source) -> str:
    """Why documents that are no objects are not checked, "" for tasks whose objects are."""
    lists = [document for document in source.documents if document.shape is list]
    if any(any(wrapped.of_tasks(document)) for document in lists):
        return ""
    return _LIST if lists else "it contains a value, not an object"


def _is_open(manifest: Manifest) -> bool:
    return manifest.group_kind in WRAPPERS


def _found(contents: Iterable[tuple[str, Contents]]) -> _Found:
    return [(file, each) for file, each in contents if each is not wrapped.NOTHING and any(each)]


def _divided(
    found: _Found, manifests: Iterable[Manifest]
) -> tuple[list[Manifest], list[tuple[str, Wrapped]]]:
    """The objects that are made in the cluster of their wrapper, and the others.

    What the unit declares anyway, such as a chart that is rendered with the same values, does not
    join it a second time; of several definitions in scripts the first one does.
    """
    items = [(file, item) for file, each in found for item in each.objects]
    joining: list[Manifest] = []
    others: list[tuple[str, Wrapped]] = []
    if not items:
        return joining, others
    known: dict[tuple[Kind, str], set[str | None]] = defaultdict(set)
    for manifest in manifests:
        known[_key(manifest)].add(manifest.namespace)
    for file, item in items:
        manifest = item.manifest
        homes = known[_key(manifest)] if not holds_placeholder(manifest.name) else set()
        is_known = bool(homes) and (manifest.namespace is None or None in homes)
        is_known = is_known or manifest.namespace in homes
        if item.making > Making.RUN or (is_known and item.making is Making.RUN):
            others.append((file, item))
        elif not is_known:
            joining.append(manifest)
        if item.making is Making.RUN:
            homes.add(manifest.namespace)
    return joining, others


def _key(manifest: Manifest) -> tuple[Kind, str]:
    return manifest.group_kind, manifest.name


_Groups = dict[tuple[str, str, bool], list["Wrapped"]]


def _grouped(separate: Iterable[tuple[str, Wrapped]]) -> _Groups:
    """The objects that see each other: those of one template, or of the wrappers of one file."""
    groups: _Groups = defaultdict(list)
    for file, item in separate:
        is_template = item.making is Making.FILLED
        groups[file, item.wrapper if is_template else "", is_template].append(item)
    return groups


def _units(groups: _Groups) -> Iterator[Unit]:
    """A unit for each group; of very many the last one has the rest."""
    every = list(groups.items())
    for (_, _, is_template), items in every[:_MOST]:
        manifests = tuple(item.manifest for item in items)
        present = {manifest.group_kind for manifest in manifests}
        several = len({item.wrapper for item in items}) > 1
        what = f"something beside {'its wrapper' if several else items[0].wrapper}"
        gap = Gap(what, _ALONE, kinds=_KINDS - present)
        separate = Separate.TEMPLATE if is_template else Separate.ELSEWHERE
        yield Unit((), manifests, (), gaps=(gap,), separate=separate)
    rest = tuple(item.manifest for _, items in every[_MOST:] for item in items)
    if rest:
        gap = Gap("something beside its wrapper", _ALONE)
        yield Unit((), rest, (), gaps=(gap,), separate=Separate.ELSEWHERE)


def _gaps(groups: _Groups) -> Iterator[Gap]:
    """What the groups may make in any cluster, by the names that are written."""
    by_wrapper: dict[str, list[Manifest]] = defaultdict(list)
    for item in chain.from_iterable(groups.values()):
        if item.manifest.name and not holds_placeholder(item.manifest.name):
            what = (
                item.wrapper if item.wrapper in by_wrapper or len(by_wrapper) < _MOST else _SEVERAL
            )
            by_wrapper[what].append(item.manifest)
    for what, manifests in by_wrapper.items():
        yield Gap(
            what,
            "what is made of it, and where, is not known",
            manifests[0].at("metadata", "name"),
            kinds=frozenset(manifest.group_kind for manifest in manifests),
            names=frozenset(manifest.name for manifest in manifests),
            is_seen=True,
        )
