"""Kustomizations that rename objects become the references that they leave behind. Floor 4.4.

kustomize rewrites the references that it knows, none of which is KubeVirt's (kustomize v5.6.0,
api/internal/konfig/builtinpluginconsts/namereference.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import kinds
from vmsnap_lint.kinds import Kind
from vmsnap_lint.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kustomized import Deployed, Transformer, Tree
    from vmsnap_lint.manifest import Key, Manifest, Place

__all__ = ["Moved", "Reference", "Stale", "moved", "stale"]

_EACH = "*"


class Reference(NamedTuple):
    """A field that names an object of one of `targets`; `*` stands for every entry of a list.

    `kind_at` is the field that says which of the targets is meant, if there is one.
    """

    owner: Kind
    path: tuple[str, ...]
    targets: tuple[Kind, ...]
    kind_at: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The path as kustomize writes it."""
        return "/".join(step for step in self.path if step != _EACH)


class Stale(NamedTuple):
    """A reference that still holds the name which `target` had before it was renamed."""

    reference: Reference
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


def stale(tree: Tree) -> Iterator[Stale]:
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
        for reference in _OF.get(subject.group_kind, ()):
            for path in _paths(subject, reference.path):
                target = _target(subject, reference, subject.text(*path), renamed, names)
                by = _by(target, _RENAMING) if target is not None else None
                if target and by and _is_left(owner, reference.field, tree):
                    yield Stale(reference, owner, path, target, by)


def moved(tree: Tree) -> Iterator[Moved]:
    """The sources of DataVolumes whose namespace still is the one that they were moved out of."""
    gone: dict[tuple[Kind, str, str | None], Deployed] = {}
    homes = {(one.original.kind, one.name, one.namespace) for one in tree.objects}
    for one in tree.objects:
        if one.namespace != one.original.namespace and one.original.namespace:
            key = (one.original.group_kind, one.original.name)
            gone.setdefault((*key, one.original.namespace), one)
    for owner in tree.objects if gone else ():
        for path, kind in _source_namespaces(_subject(owner)):
            name = _subject(owner).text(*path[:-1], "name")
            namespace = _subject(owner).text(*path)
            target = gone.get((kind, name, namespace))
            by = _by(target, ("namespace",)) if target is not None else None
            if target is None or by is None or (kind.kind, target.name, namespace) in homes:
                continue
            if _is_left(owner, "/".join(step for step in path if isinstance(step, str)), tree):
                yield Moved(owner, path, target, by)


def _source_namespaces(owner: Manifest) -> Iterator[tuple[tuple[Key, ...], Kind]]:
    """The fields that say where the source of a DataVolume is, with the kind of the source."""
    for root in _SPECS.get(owner.group_kind, ()):
        for spec in _paths(owner, root):
            for way, targets in _SOURCES.items():
                for kind in targets:
                    yield (*spec, *way, "namespace"), kind


def _subject(one: Deployed) -> Manifest:
    """The object as it is applied, as far as that is known."""
    return one.final if one.final is not None else one.original


def _is_left(owner: Deployed, field: str, tree: Tree) -> bool:
    """Whether nothing rewrites the reference; a rendered one shows its final value anyway."""
    return owner.final is not None or field not in tree.rewritten


def _target(
    owner: Manifest,
    reference: Reference,
    name: str,
    renamed: dict[tuple[Kind, str], Deployed],
    names: set[tuple[Kind, str]],
) -> Deployed | None:
    if not name or holds_placeholder(name):
        return None
    wanted = owner.text(*reference.kind_at) if reference.kind_at else ""
    targets = [kind for kind in reference.targets if wanted in ("", kind.kind)]
    if any((kind, name) in names for kind in targets):
        return None
    return next((renamed[kind, name] for kind in targets if (kind, name) in renamed), None)


def _by(one: Deployed, fields: Iterable[str]) -> Transformer | None:
    """The first transformer that set one of the fields."""
    return next((by for by in one.transformers if by.field in fields), None)


def _paths(manifest: Manifest, path: tuple[str, ...]) -> Iterator[tuple[Key, ...]]:
    """The paths that a path with `*` stands for."""
    if _EACH not in path:
        yield path
        return
    at = path.index(_EACH)
    entries = manifest.get(*path[:at])
    for index in range(len(entries) if isinstance(entries, list) else 0):
        yield (*path[:at], index, *path[at + 1 :])


_RENAMING = ("namePrefix", "nameSuffix")
_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_VOLUME = ("spec", "template", "spec", "volumes", _EACH)
_TEMPLATE = ("spec", "dataVolumeTemplates", _EACH, "spec")
_SPECS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    kinds.DATA_VOLUME: (("spec",),),
    kinds.VM: (_TEMPLATE,),
}
_SOURCES: dict[tuple[str, ...], tuple[Kind, ...]] = {
    ("source", "pvc"): _CLAIMS,
    ("source", "snapshot"): (kinds.VOLUME_SNAPSHOT,),
    ("sourceRef",): (Kind("cdi.kubevirt.io", "DataSource"),),
}


def _references() -> Iterator[Reference]:
    source, source_kind = ("spec", "source", "name"), ("spec", "source", "kind")
    yield Reference(kinds.SNAPSHOT, source, (kinds.VM,), source_kind)
    target, target_kind = ("spec", "target", "name"), ("spec", "target", "kind")
    yield Reference(kinds.RESTORE, target, (kinds.VM,), target_kind)
    yield Reference(kinds.RESTORE, ("spec", "virtualMachineSnapshotName"), (kinds.SNAPSHOT,))
    yield Reference(kinds.CLONE, source, (kinds.VM, kinds.SNAPSHOT), source_kind)
    yield Reference(kinds.EXPORT, source, (kinds.VM, kinds.SNAPSHOT, kinds.PVC), source_kind)
    yield Reference(kinds.VM, (*_VOLUME, "dataVolume", "name"), (kinds.DATA_VOLUME, kinds.PVC))
    yield Reference(kinds.VM, (*_VOLUME, "persistentVolumeClaim", "claimName"), _CLAIMS)
    for owner, specs in _SPECS.items():
        for spec in specs:
            for way, targets in _SOURCES.items():
                yield Reference(owner, (*spec, *way, "name"), targets)
            for form in ("pvc", "storage"):
                path = (*spec, form, "storageClassName")
                yield Reference(owner, path, (kinds.STORAGE_CLASS,))
    yield Reference(
        kinds.VOLUME_SNAPSHOT, ("spec", "volumeSnapshotClassName"), (kinds.VOLUME_SNAPSHOT_CLASS,)
    )
    yield Reference(kinds.VOLUME_SNAPSHOT, ("spec", "source", "persistentVolumeClaimName"), _CLAIMS)


_OF: dict[Kind, list[Reference]] = {}
for _reference in _references():
    _OF.setdefault(_reference.owner, []).append(_reference)
