"""What fills a PVC that is a clone: the PVC or VolumeSnapshot that its DataVolume leads to.

containerized-data-importer v1.66.0: pkg/controller/datavolume (a clone without a source does not
begin), and `ResolveDataSourceChain` of pkg/controller/common/util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import DATA_IMPORT_CRON, DATA_SOURCE, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage.claim_adoption import not_adopted
from vmsnap_lint.kubevirt.storage.missing_source import missing, unseen
from vmsnap_lint.kubevirt.storage.source_users import in_use
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.references import CLAIM_SOURCES, TEMPLATES, references
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.references import Reference

__all__ = ["source_cause", "unread", "with_source"]

# The phases of a DataVolume that has not begun to read its source.
_NOT_BEGUN = ("", "CloneScheduled", "Pending", "Unknown")
# With one of these the PVC has its data already.
_FILLED = ("cdi.kubevirt.io/storage.checkStaticVolume", "cdi.kubevirt.io/storage.prePopulated")


def with_source(cluster: Cluster, volume: Volume) -> Volume:
    """The volume, judged by what fills its PVC, too."""
    claim, vm = volume.claim, volume.at.manifest
    rejected = not_adopted(cluster, claim) if claim is not None else None
    if rejected is not None:
        return volume._replace(causes=(rejected, *volume.causes))
    reference = _unread(cluster, claim, vm) if claim is not None else None
    cause = source_cause(cluster, reference, vm) if reference is not None else None
    if claim is None or reference is None or cause is None:
        return volume
    included, effect = volume.included, None
    if cause.kind is StorageCause.SOURCE_MISSING and cause.severity is None:
        included = False
        effect = Effect.STUCK if cluster.behaviour.claims_must_be_bound else None
    elif cause.severity is not Severity.INFO:
        effect = Effect.DOUBT
    at = cause.at if reference.manifest in (vm, claim.data_volume) else None
    causes = (cause._replace(at=at, effect=effect), *volume.causes)
    return volume._replace(included=included, causes=causes)


def source_cause(cluster: Cluster, reference: Reference, user: Manifest) -> Cause | None:
    """Why what a DataVolume names does not fill its PVC, or may not; `user` uses the PVC."""
    end: Reference | Cause | None = reference
    if reference.edge.targets == (DATA_SOURCE,):
        end = _of_data_source(cluster, reference)
    if end is None or isinstance(end, Cause):
        return end and end._replace(at=reference.at())
    if not _is_known(end):
        return None
    cause = missing(cluster, end) or in_use(cluster, end, user)
    related = () if end is reference else (end.at(note="the DataSource names it"),)
    return cause and cause._replace(at=reference.at(), related=(*related, *cause.related))


def _source(cluster: Cluster, manifest: Manifest, index: int = -1) -> Reference | None:
    """What a DataVolume or DataSource names, or the template of a VM with that index."""
    known = cluster.once(_sources)
    if manifest not in known:
        sources: dict[int, Reference] = {}
        for reference in references(manifest, CLAIM_SOURCES[manifest.group_kind]):
            sources.setdefault(reference.entry, reference)
        known[manifest] = sources
    return known[manifest].get(index)


def _sources(_cluster: Cluster) -> dict[Manifest, dict[int, Reference]]:
    """The sources of each object, as far as they were asked for."""
    return {}


def unread(cluster: Cluster, data_volume: Manifest) -> Reference | None:
    """What a DataVolume is to be filled from, where nothing shows that it has begun to read it."""
    begun = data_volume.text("status", "phase") not in _NOT_BEGUN
    return None if begun else _named(cluster, data_volume, -1)


def _unread(cluster: Cluster, claim: Claim, vm: Manifest) -> Reference | None:
    """The same for the PVC of a volume, from a DataVolume or from a template."""
    if claim.data_volume is not None:
        return None if claim.is_bound else unread(cluster, claim.data_volume)
    spec = claim.spec
    if claim.pvc is not None or spec is None or spec.path[: len(TEMPLATES)] != TEMPLATES:
        return None
    if vm.is_export and not cluster.workspace.is_certain(PVC, vm.namespace):
        return None  # it may have run before: then the PVC exists, and is not in the input
    return _named(cluster, spec.manifest, int(spec.path[len(TEMPLATES)]))


def _named(cluster: Cluster, owner: Manifest, index: int) -> Reference | None:
    """The source of a DataVolume or template that has not got its data in another way."""
    root = () if index < 0 else (*TEMPLATES, index)
    annotations = owner.mapping(*root, "metadata", "annotations")
    if any(mark in annotations for mark in _FILLED):
        return None
    reference = _source(cluster, owner, index)
    return reference if reference is not None and _is_known(reference) else None


def _is_known(reference: Reference) -> bool:
    """Whether it names an object, without a placeholder."""
    texts = (reference.name, reference.namespace or "")
    return bool(reference.name) and not any(map(holds_placeholder, texts))


def _of_data_source(cluster: Cluster, reference: Reference) -> Reference | Cause | None:
    """What a DataSource names, directly or by another one, or why that is nothing.

    None where that is a placeholder.
    """
    found = _found(cluster, reference)
    if isinstance(found, Cause):
        return found
    inner = _source(cluster, found)
    if inner is None:
        return _empty(cluster, found)
    if inner.edge.targets != (DATA_SOURCE,) or not _is_known(inner):
        return inner if _is_known(inner) else None
    fault = _wrong_step(cluster, found, inner)
    if fault:
        places = (inner.at(note="the DataSource names it"),)
        reason = f"{found.title} {fault}; CDI never fills the PVC"
        return Cause(StorageCause.SOURCE_MISSING, reason, places)
    other = _found(cluster, inner)
    last = other if isinstance(other, Cause) else _source(cluster, other)
    return last if last is not None or isinstance(other, Cause) else _empty(cluster, other)


def _wrong_step(cluster: Cluster, source: Manifest, inner: Reference) -> str:
    """Why CDI does not follow a DataSource to another one, "" where it does."""
    if not cluster.workspace.same_namespace(inner.namespace, source.namespace):
        return f'names DataSource "{inner.name}" of another namespace'
    if inner.name == source.name:
        return "names itself"
    other = cluster.find(DATA_SOURCE, inner.name, source)
    further = _source(cluster, other) if other is not None else None
    if further is not None and further.edge.targets == (DATA_SOURCE,):
        return f'names DataSource "{inner.name}", which names another one'
    return ""


def _found(cluster: Cluster, reference: Reference) -> Manifest | Cause:
    """The DataSource of that name, or why it is not in the input."""
    manifest = reference.manifest
    found = cluster.workspace.resolve(DATA_SOURCE, reference.namespace, reference.name, manifest)
    if not isinstance(found, Absence):
        return found
    return missing(cluster, reference) or unseen(cluster, reference)


def _empty(cluster: Cluster, source: Manifest) -> Cause:
    """The cause that a DataSource names nothing; a DataImportCron sets that."""
    reason = f"{source.title} names neither a PVC nor a VolumeSnapshot"
    places = (source.at("spec", key=True, note="the DataSource"),)
    if not cluster.workspace.is_complete(DATA_IMPORT_CRON):
        return Cause(StorageCause.SOURCE_UNVERIFIED, reason, places, Severity.INFO, about=reason)
    return Cause(StorageCause.SOURCE_MISSING, f"{reason}; CDI never fills the PVC", places)
