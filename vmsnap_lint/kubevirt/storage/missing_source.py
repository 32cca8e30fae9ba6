"""A name in the source of a DataVolume or DataSource that the input has no object of."""

from __future__ import annotations

from vmsnap_lint.core.kinds import DATA_IMPORT_CRON, DATA_SOURCE, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES, did_you_mean, nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.references import Reference
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["missing", "unseen"]

_NO_DIGITS = str.maketrans("", "", "0123456789")
_Crons = dict[tuple[str | None, str], "Manifest"]


def missing(cluster: Cluster, reference: Reference) -> Cause | None:
    """The cause that nothing of that name exists, or that the input does not show it.

    Many disks are clones of few: each name is looked at once in a directory.
    """
    known = cluster.once(_known)
    kind, directory = reference.edge.targets[0], reference.manifest.directory
    key = (kind, reference.namespace, reference.name, directory)
    if key not in known:
        known[key] = _missing(cluster, reference)
    cause = known[key]
    is_lost = cause is not None and cause.kind is StorageCause.SOURCE_MISSING
    return cause._replace(fixes=_fixes(cluster, reference)) if cause and is_lost else cause


def _fixes(cluster: Cluster, reference: Reference) -> tuple[Remedy, ...]:
    """The name that was meant: of an object, or of what a DataImportCron manages."""
    from vmsnap_lint.objects import mending

    names = cluster.workspace.vocabulary(reference.namespace, *reference.edge.targets)
    home = cluster.workspace.home(reference.namespace)
    made = cluster.once(_managed).get(home) if DATA_SOURCE in reference.edge.targets else None
    known = names if made is None else Vocabulary((), (names, made))
    return mending.named(reference.at(), reference.name, known)


def unseen(cluster: Cluster, reference: Reference) -> Cause:
    """The cause that the input does not show whether an object of that name exists."""
    what = _described(reference)
    gap, cron = _gap(cluster, reference), _cron(cluster, reference)
    reason, places = f"{what} is not in the input", gap.places() if gap is not None else ()
    if gap is not None:
        reason = gap.explain(what)
    elif cron is not None:
        reason = f"{what} is made by {cron.title}"
        places = (cron.at("spec", "managedDataSource", note="it is made here"),)
    return Cause(StorageCause.SOURCE_UNVERIFIED, reason, places, Severity.INFO, about=what, gap=gap)


def _known(_cluster: Cluster) -> dict[tuple[Kind, str | None, str, str], Cause | None]:
    """What is missing, as far as it was asked for."""
    return {}


def _missing(cluster: Cluster, reference: Reference) -> Cause | None:
    workspace, name, namespace = cluster.workspace, reference.name, reference.namespace
    kinds = reference.edge.targets
    found = [workspace.resolve(kind, namespace, name, reference.manifest) for kind in kinds]
    if Absence.AMBIGUOUS in found or not all(isinstance(one, Absence) for one in found):
        return None
    if PVC in kinds and cluster.template_in(namespace, name) is not None:
        return None
    if Absence.ABSENT not in found or _gap(cluster, reference) or _cron(cluster, reference):
        return _almost_made(cluster, reference) or unseen(cluster, reference)
    hint = nearest_hint(name, workspace.vocabulary(namespace, *kinds))
    reason = f"no {_described(reference)}{hint or _other_homes(cluster, reference)}"
    is_certain = any(workspace.is_certain(kind, namespace) for kind in kinds)
    is_certain = is_certain or bool(workspace.misspelt(name, namespace, *kinds))
    return Cause(
        StorageCause.SOURCE_MISSING,
        f"{reason}; the PVC is never filled",
        _elsewhere(cluster, reference),
        None if is_certain else Severity.WARNING,
    )


def _almost_made(cluster: Cluster, reference: Reference) -> Cause | None:
    """The cause that a DataImportCron makes a DataSource of almost that name, and none of it."""
    if reference.edge.targets != (DATA_SOURCE,) or _gap(cluster, reference):
        return None
    if _cron(cluster, reference) is not None:
        return None
    crons, home = cluster.once(_crons), cluster.workspace.home(reference.namespace)
    made, letters = cluster.once(_managed).get(home), reference.name.translate(_NO_DIGITS)
    near = () if made is None else made.nearest(reference.name)
    near = tuple(name for name in near if name.translate(_NO_DIGITS) != letters)
    if not near:  # a name with other digits is another one of a series
        return None
    cron = crons[home, near[0]]
    place = cron.at("spec", "managedDataSource", note=f"{cron.title} makes this one")
    reason = f"no {_described(reference)}{did_you_mean(near)}; the PVC is never filled"
    return Cause(StorageCause.SOURCE_MISSING, reason, (place,), Severity.WARNING)


def _described(reference: Reference) -> str:
    """`PersistentVolumeClaim "x" in namespace "y"`; a DataVolume would make it."""
    where = f' in namespace "{reference.namespace}"' if reference.namespace else ""
    return f'{reference.edge.targets[0].kind} "{reference.name}"{where}'


def _other_homes(cluster: Cluster, reference: Reference) -> str:
    """`, but one of that name is in namespace "x"`, or ""."""
    homes = {
        home
        for kind in reference.edge.targets
        for home in cluster.workspace.namespaces_with(kind, reference.name)
    }
    return f", but one of that name is in namespace {quoted(sorted(homes))}" if homes else ""


def _elsewhere(cluster: Cluster, reference: Reference) -> tuple[Place, ...]:
    """Objects of that name in other namespaces, as related places."""
    places = (
        other.at("metadata", "namespace", note=f"{other.title} is here")
        for kind in reference.edge.targets
        for other in cluster.workspace.elsewhere(kind, reference.namespace, reference.name)
    )
    return tuple(places)[:MOST_PLACES]


def _gap(cluster: Cluster, reference: Reference) -> Gap | None:
    """What may make such an object out of sight."""
    if PVC in reference.edge.targets:
        return claims.gap(cluster, reference.namespace, reference.name)
    (kind,) = reference.edge.targets
    return cluster.workspace.gap(kind, reference.namespace, reference.name)


def _cron(cluster: Cluster, reference: Reference) -> Manifest | None:
    """The DataImportCron that makes the DataSource, or the PVCs and snapshots for it.

    These have its name and that of the image: `createDvName` of containerized-data-importer
    v1.66.0, pkg/controller/dataimportcron-controller.go.
    """
    crons = cluster.once(_crons)
    home, parts = cluster.workspace.home(reference.namespace), [reference.name]
    for _ in range(reference.name.count("-") if crons else 0):
        parts.append(parts[-1].rpartition("-")[0])
    return next((crons[home, part] for part in parts if (home, part) in crons), None)


def _crons(cluster: Cluster) -> _Crons:
    """The DataImportCrons by namespace and the DataSource that they manage."""
    crons: _Crons = {}
    for cron in cluster.workspace.of(DATA_IMPORT_CRON):
        if managed := cron.text("spec", "managedDataSource"):
            crons.setdefault((cluster.workspace.home(cron.namespace), managed), cron)
    return crons


def _managed(cluster: Cluster) -> dict[str | None, Vocabulary]:
    """The DataSources that DataImportCrons manage, by namespace."""
    names: dict[str | None, list[str]] = {}
    for home, name in cluster.once(_crons):
        names.setdefault(home, []).append(name)
    return {home: Vocabulary(found) for home, found in names.items()}
