"""The objects at a place in words: what a snapshot holds, which classes a claim leads to."""

from __future__ import annotations

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.editor.declarations import named_at
from vmsnap_lint.editor.named_fields import NAME
from vmsnap_lint.editor.plans_of_objects import PLANNED, plan_of, summed
from vmsnap_lint.kubevirt.snapshot.source_vm import not_seen
from vmsnap_lint.kubevirt.storage import claim_class, claims
from vmsnap_lint.kubevirt.storage.snapshot_class import choose, is_keyed
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.report.finding_places import where
from vmsnap_lint.report.plans.verdict_words import answer, words
from vmsnap_lint.report.writers.markdown_text import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.editor.declarations import Named
    from vmsnap_lint.editor.plans_of_objects import AnyPlan
    from vmsnap_lint.editor.written_value import WrittenValue
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume
    from vmsnap_lint.kubevirt.snapshot.predicted import VolumePlan
    from vmsnap_lint.kubevirt.storage import Choice
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["described"]

_MOST_PARTS = 8
_MOST_VOLUMES = 50
_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_PLANNED = frozenset(PLANNED) - {kinds.VM}


def described(values: list[WrittenValue]) -> list[str]:
    """What is declared or named at a place; clusters for which that is equal are told together."""
    clusters: dict[str, list[str]] = {}
    for here in values:
        for part in _parts(here):
            clusters.setdefault(part, []).append(here.world.name)
    every = {here.world.name for here in values}
    parts = []
    for part, names in [*clusters.items()][:_MOST_PARTS]:
        known = [name for name in dict.fromkeys(names) if name]
        apart = known and set(names) != every
        parts.append(f"In {', '.join(map(code, known))}:\n\n{part}" if apart else part)
    return parts


def _parts(here: WrittenValue) -> Iterator[str]:
    world, manifest, path = here.world, here.manifest, here.path
    volume = None if here.is_new else _volume(here)
    if volume is not None:
        yield volume
    named = named_at(here)
    if named is None:
        return
    is_own = not here.is_new and manifest.group_kind in _PLANNED and path not in (NAME, ("kind",))
    if is_own:  # the plan tells what there is to know of the object that it names
        yield "\n\n".join(_object(world, manifest))
    objects = dict.fromkeys(place.manifest for place in named.at if place.path == NAME)
    for each in [*objects][:_MOST_PARTS]:
        yield _title(each) if is_own else "\n\n".join(_object(world, each))
    templates = (place for place in named.at if place.path != NAME)
    for place in templates:
        if place.manifest.group_kind == kinds.VM:
            yield "\n\n".join(_template(world, place.manifest, named.name))
    if not named.at:
        yield _unseen(named, manifest)


def _unseen(named: Named, near: Manifest) -> str:
    return prose(not_seen(named.world.cluster, named.kind, named.name, near))


def _object(world: World, manifest: Manifest) -> Iterator[str]:
    """The title of an object, and what it comes to or leads to."""
    yield _title(manifest)
    plan = plan_of(world, manifest)
    if plan is not None:
        yield from _plan(manifest, plan)
    elif manifest.group_kind in _CLAIMS:
        claim = claims.find(world.cluster, manifest, manifest.name)
        yield from _chain(*claim_class.class_of(world.cluster, claim))
    elif manifest.group_kind == kinds.STORAGE_CLASS:
        yield f"Provisioner {code(manifest.text('provisioner'))}"
        yield from _choice(choose(world.cluster, manifest.name, manifest))
    elif manifest.group_kind == kinds.VOLUME_SNAPSHOT_CLASS:
        yield from _snapshot_class(world, manifest)


def _template(world: World, vm: Manifest, name: str) -> Iterator[str]:
    """The same for a DataVolume that a VM creates."""
    yield f"DataVolume {code(name)}, created by {_title(vm)}"
    yield from _chain(*claim_class.class_of(world.cluster, claims.find(world.cluster, vm, name)))


def _title(manifest: Manifest) -> str:
    """Kind, name and namespace of an object, and where it is declared."""
    home = f" in namespace {code(manifest.namespace)}" if manifest.namespace else ""
    file, span = where(manifest.at(*NAME))
    at = code(f"{file}:{span.line}")
    return f"{prose(manifest.kind)} {code(manifest.name)}{home}, {at}"


def _plan(manifest: Manifest, plan: AnyPlan) -> Iterator[str]:
    """A verdict with its reasons, and each volume."""
    what = "A snapshot of it would be " if manifest.group_kind == kinds.VM else ""
    meaning = words(manifest.group_kind, plan.verdict).text
    yield f"{what}**{summed(plan)}**: {meaning}"
    if plan.reasons:
        yield "\n".join(f"- {prose(reason)}" for reason in plan.reasons)
    if plan.volumes:
        yield "\n".join(map(_of_volume, plan.volumes[:_MOST_VOLUMES]))


def _of_volume(volume: VolumePlan | RestoredVolume | ExportedVolume) -> str:
    """Whether the volume is in it, its chain, and why."""
    nouns = {
        "source_claim": "PVC", "claim": "PVC", "storage_class": "StorageClass",
        "snapshot_class": "VolumeSnapshotClass",
    }  # fmt: skip
    names = ((noun, getattr(volume, field, None)) for field, noun in nouns.items())
    chain = " → ".join(f"{noun} {code(name)}" for noun, name in names if name)
    told = "; ".join(filter(None, (chain, prose(volume.reason))))
    return f"- {code(volume.name)}: **{answer(volume).text}**" + (f", {told}" if told else "")


def _volume(here: WrittenValue) -> str | None:
    """The volume of a VM whose entry holds the value, at its name or the name of its claim."""
    depth = len(VOLUMES)
    manifest, path = here.manifest, here.path
    is_volume = manifest.group_kind == kinds.VM and path[:depth] == VOLUMES
    if not is_volume or len(path) <= depth:
        return None
    name = manifest.text(*path[: depth + 1], "name")
    plan = here.world.preview_plan(manifest)
    volume = next((each for each in plan.volumes if each.name == name), None) if name else None
    return None if volume is None else f"Volume, in a snapshot:\n\n{_of_volume(volume)}"


def _chain(storage_class: str | None, choice: Choice) -> Iterator[str]:
    if storage_class:
        yield f"StorageClass {code(storage_class)}"
    yield from _choice(choice)


def _choice(choice: Choice) -> Iterator[str]:
    """The snapshot class of a StorageClass, and what is wrong with it."""
    if choice.snapshot_class:
        yield f"Snapshots use VolumeSnapshotClass {code(choice.snapshot_class)}"
    if choice.causes:
        yield "\n".join(f"- {prose(cause.reason)}" for cause in choice.causes)


def _snapshot_class(world: World, manifest: Manifest) -> Iterator[str]:
    """The driver of a snapshot class, and the StorageClasses whose volumes use it."""
    policy = manifest.text("deletionPolicy")
    notes = (f"deletionPolicy {code(policy)}" if policy else "", "default" * is_keyed(manifest))
    yield ", ".join(filter(None, (f"Driver {code(manifest.text('driver'))}", *notes)))
    classes = world.workspace.of(kinds.STORAGE_CLASS)
    same = [one for one in classes if one.text("provisioner") == manifest.text("driver")]
    using = [
        one.name for one in same[:_MOST_VOLUMES]
        if choose(world.cluster, one.name, one).snapshot_class == manifest.name
    ]  # fmt: skip
    if using:
        yield f"Used for StorageClass {', '.join(map(code, dict.fromkeys(using)))}"
