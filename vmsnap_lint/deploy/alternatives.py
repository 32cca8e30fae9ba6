"""Files of pointers that cannot be for one cluster, as they declare an object differently."""

from __future__ import annotations

from collections import defaultdict

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.relevance import POINTERS, of_kind
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.forks import directory_of
from vmsnap_lint.deploy.roots import RootGroup, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vmsnap_lint.objects.manifest import Manifest, Ref

    Objects = Callable[[Sequence[Manifest]], Iterable[Manifest]]

__all__ = ["apart"]


def apart(group: RootGroup, objects: Objects) -> list[RootGroup]:
    """The pointers of one cluster without those that contradict another one, each its own cluster.

    Such as `prod.yaml` and `staging.yaml`, of which a cluster gets one. `objects` are all that
    pointers apply. A cluster of its own is called as its file.
    """
    by_file: dict[str, list[Manifest]] = defaultdict(list)
    for pointer in group.pointers:
        by_file[pointer.file].append(pointer)
    if len(by_file) == 1:
        return [group]
    rivals = _rivals({file: objects(pointers) for file, pointers in by_file.items()})
    places = {(*directory_of(file), _stem(file)): file for file in rivals}
    names = names_of(sorted(places), group.name)
    left = tuple(each for each in group.pointers if each.file not in rivals)
    own = [
        RootGroup(names[place], "", tuple(by_file[file])) for place, file in sorted(places.items())
    ]
    return [*([group._replace(pointers=left)] if left else []), *own]


def _rivals(objects: Mapping[str, Iterable[Manifest]]) -> set[str]:
    """The files that declare an object which another one declares differently."""
    declared: dict[Ref, dict[str, Manifest]] = defaultdict(dict)
    for file, manifests in objects.items():
        for manifest in manifests:
            if _is_once(manifest):
                declared[manifest.ref].setdefault(file, manifest)
    return {
        file
        for homes in declared.values()
        if len(homes) > 1 and _differ([manifest.value for manifest in homes.values()])
        for file in homes
    }


def _is_once(manifest: Manifest) -> bool:
    """Whether a cluster has it once, and what it leads to is not compared instead."""
    is_read = of_kind(*manifest.group_kind) and manifest.group_kind not in POINTERS
    return bool(is_read and manifest.name and not holds_placeholder(manifest.name))


def _differ(values: Sequence[object]) -> bool:
    return any(value != values[0] for value in values)


def _stem(file: str) -> str:
    return file.rpartition("/")[2].partition(".")[0]
