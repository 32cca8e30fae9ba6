"""Objects whose apiVersion, kind or name the API server rejects, before it reads other fields."""

from __future__ import annotations

from functools import lru_cache

from vmsnap_lint import schema
from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import GROUPS, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.kubevirt.admission.flattened import GROUPS as OUR_GROUPS
from vmsnap_lint.kubevirt.admission.flattened import flattened
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["is_usual", "rejections"]

_CSI = "snapshot.storage.k8s.io"
_OTHER_SHAPE = "v1alpha1"  # of volume snapshots, as snapshot-api-old says
# Groups in which other projects have kinds as well, so that only a name like one of ours is a
# mistake: kubevirt/kubevirt-migration-controller, config/crd/bases.
_SHARED = frozenset(("migrations.kubevirt.io",))
# kubevirt/node-maintenance-operator v0.3.0, deploy/crds.
_OF_OTHERS = frozenset((("kubevirt.io", "NodeMaintenance"),))
# Groups whose kinds are all known here, so that any other kind in them is a mistake.
_CLOSED = {
    **{group: names for group, names in GROUPS.items() if group not in _SHARED},
    _CSI: tuple(kind.kind for kind in schema.KINDS if kind.group == _CSI),
}
# The versions of instance types and preferences: the releases that served each first, and no more.
# kubevirt, staging/src/kubevirt.io/api/instancetype and pkg/virt-operator/resource/generate/
# components/crds.go of v0.56.0 to v1.9.0.
_INSTANCE_TYPES: Mapping[str, tuple[Release, Release | None]] = {
    "v1alpha1": (Release(0, 56, 0), Release(1, 6, 0)),
    "v1alpha2": (Release(0, 58, 0), Release(1, 6, 0)),
    "v1beta1": (Release(1, 0, 0), None),
}
_HOMES = {kind.kind: kind for kind in schema.KINDS}
_FIRST = Release(0, 0)


class _VersionFault(NamedTuple):
    """What is wrong with a version, and the apiVersion to write, "" where that is not clear."""

    cause: RejectionCause
    message: str
    use: str = ""


def rejections(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """The faults of the apiVersion, the kind and the name of an object."""
    if not manifest.document.is_object:
        return
    kind = manifest.group_kind
    is_known = kind in schema.KINDS or cluster.crds.defines(kind)
    if not is_known:
        groups = (OUR_GROUPS, _CLOSED, _SHARED)
        if kind.kind not in _HOMES and not any(manifest.group in known for known in groups):
            return
        if holds_placeholder(kind.kind) or holds_placeholder(manifest.api_version):
            return
    problem = flattened(manifest)
    if problem is not None:
        yield Rejection(RejectionCause.FLATTENED, problem)
    elif is_known:
        yield from _of_known(cluster, manifest, kind)
    else:
        yield from _of_unknown(cluster, manifest)


def is_usual(cluster: Cluster, manifest: Manifest) -> bool:
    """Whether an object of a known kind has a name and a version that is served."""
    kind = manifest.group_kind
    if not manifest.name or kind not in schema.KINDS or cluster.crds.defines(kind):
        return False  # told without its value
    value = manifest.value
    if not (value.get("metadata") and value.get("spec")) and flattened(manifest) is not None:
        return False
    return _fault(cluster, manifest, kind) is None


def _of_known(cluster: Cluster, manifest: Manifest, kind: Kind) -> Iterator[Rejection]:
    fault = _fault(cluster, manifest, kind)
    if fault is not None and not holds_placeholder(manifest.api_version):
        at = manifest.at("apiVersion")
        yield Rejection.at(at, fault.cause, fault.message, *_to_version(at, fault.use))
    if manifest.name:
        return
    metadata = manifest.value.get("metadata")
    if metadata is None or (isinstance(metadata, dict) and _is_nameless(metadata)):
        message = f"the {kind.kind} has no name: metadata.name is missing"
        yield Rejection.at(_nameless_at(manifest), RejectionCause.TYPE_META_MISSING, message)


def _fault(cluster: Cluster, manifest: Manifest, kind: Kind) -> _VersionFault | None:
    """The cause and the message about a version; a CRD in the input decides, if there is one."""
    if cluster.crds.defines(kind):
        message = cluster.crds.version_fault(manifest)
        return _VersionFault(RejectionCause.VERSION_NOT_SERVED, message) if message else None
    release = cluster.release if cluster.release_known else None
    cdi = cluster.once(_cdi) if kind.group == kinds.CDI.group else None
    return _version_fault(kind, manifest.version, release, cdi)


def _cdi(cluster: Cluster) -> Release | None:
    """The release of CDI that its object in the input states, None where none does."""
    stated = (cdi.text("status", "observedVersion") for cdi in cluster.workspace.of(kinds.CDI))
    return min(filter(None, map(Release.parse, stated)), default=None)


def _is_nameless(metadata: dict[str, object]) -> bool:
    """Whether it has no name; the schema rejects a name of another type."""
    return metadata.get("name") in (None, "") and metadata.get("generateName") in (None, "")


def _nameless_at(manifest: Manifest) -> Place:
    if "name" in manifest.mapping("metadata"):
        return manifest.at("metadata", "name", key=True)
    return manifest.at("metadata" if "metadata" in manifest.value else "kind", key=True)


@lru_cache(maxsize=1024)
def _version_fault(
    kind: Kind, version: str, release: Release | None, cdi: Release | None
) -> _VersionFault | None:
    """The cause and the message about a version at which the kind is not served."""
    table = schema.versions(kind)
    row = table.get(version)
    served = [name for name in reversed(table) if schema.is_served(kind, name, release)]
    choice = " or ".join(f'"{kind.group}/{name}"' for name in served)
    use = f", write {choice}" if served else ""
    newest = f"{kind.group}/{served[0]}".removeprefix("/") if served else ""
    if row is None:
        where = f'of group "{kind.group}"' if kind.group else "of the core group"
        releases_seen = "KubeVirt since 0.31" if _is_of_kubevirt(kind) else "known release"
        what = f'{kind.kind} {where} at version "{cut(version)}"'
        message = f"no {releases_seen} serves {what}{use}"
        return _VersionFault(RejectionCause.GROUP_VERSION_UNKNOWN, message, newest)
    if kind.group == _CSI:
        if not row.removed or _is_old(release):
            return None
        since = f"external-snapshotter {row.removed}"
        message = f"{kind.group}/{version} was removed in {since}{use}"
        same = newest if version != _OTHER_SHAPE else ""
        return _VersionFault(RejectionCause.SNAPSHOT_API_OLD, message, same)
    if kind.group == kinds.CDI.group:
        if row.removed is None or (cdi is not None and cdi < row.removed):
            return None
        message = f"CDI serves {kind.group}/{version} no more, since {row.removed}{use}"
        return _VersionFault(RejectionCause.VERSION_NOT_SERVED, message, newest)
    if release is None or not _is_of_kubevirt(kind) or schema.is_served(kind, version, release):
        return None
    is_removed = row.removed is not None and release >= row.removed
    when = f"was removed in {row.removed}" if is_removed else f"is served since {row.since}"
    message = f"KubeVirt {release} does not serve {kind.group}/{version}: it {when}{use}"
    return _VersionFault(RejectionCause.VERSION_NOT_SERVED, message, newest)


def _to_version(at: Place, use: str, safety: Safety = Safety.SAFE) -> tuple[Remedy, ...]:
    """Another version: all of a kind have one shape here, but for `_OTHER_SHAPE`."""
    from vmsnap_lint.objects import mending  # few objects are rejected

    return mending.with_value(at, use, safety) if use else ()


def _is_of_kubevirt(kind: Kind) -> bool:
    """Whether it is served by KubeVirt itself, and not by CDI or others."""
    return kind.group.endswith("kubevirt.io") and not kind.group.startswith("cdi.")


def _is_old(release: Release | None) -> bool:
    """Whether KubeVirt itself uses v1beta1 of volume snapshots, as up to 0.52."""
    return release is not None and not releases.behaviour(release).snapshot_api_v1


def _of_unknown(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    group, kind = manifest.group, manifest.kind
    if not kind or not manifest.api_version:
        yield from _incomplete(manifest)
    elif manifest.api_version in _CLOSED or "/" in group:
        message = (
            f'apiVersion "{cut(manifest.api_version)}" is not a group and a version{_use(kind)}'
        )
        at = manifest.at("apiVersion")
        is_own = _HOMES[kind].group in manifest.api_version.split("/") if kind in _HOMES else False
        safety = Safety.SAFE if is_own else Safety.UNSAFE
        fixes = _to_version(at, _newest(kind), safety)
        yield Rejection.at(at, RejectionCause.GROUP_VERSION_UNKNOWN, message, *fixes)
    elif kind in _HOMES:
        yield from _misplaced(manifest)
    elif group == kinds.PREFERENCE.group and kind in GROUPS[group]:
        yield from _instance_type(cluster, manifest)
    elif _is_mistaken(group, kind):
        from vmsnap_lint.objects import mending  # few objects are rejected

        own = _CLOSED.get(group, GROUPS.get(group, ()))
        hint = nearest_hint(kind, {*own, *_HOMES})
        message = f'"{group}" has no kind "{cut(kind)}"{hint}'
        at = manifest.at("kind")
        yield Rejection.at(at, RejectionCause.KIND_UNKNOWN, message, *mending.chosen(at, kind, own))


def _instance_type(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """An instance type or preference at a version that the target release does not serve."""
    border = _INSTANCE_TYPES.get(manifest.version)
    if border is None or not cluster.release_known:
        return
    since, removed = border
    name = f"KubeVirt {cluster.release} does not serve {manifest.api_version}"
    at = manifest.at("apiVersion")
    if removed is not None and cluster.release >= removed:
        use = f"{manifest.group}/v1beta1"
        message = f'{name}: it is not served since {removed}, write "{use}"'
        fixes = _to_version(at, use)
        yield Rejection.at(at, RejectionCause.VERSION_NOT_SERVED, message, *fixes)
    elif cluster.release < since:
        message = f"{name}: it is served since {since}"
        yield Rejection.at(at, RejectionCause.VERSION_NOT_SERVED, message)


def _is_mistaken(group: str, kind: str) -> bool:
    """Whether the group certainly has no such kind."""
    if (group, kind) in _OF_OTHERS:
        return False
    if group in _SHARED:
        return kind not in GROUPS[group] and bool(nearest(kind, GROUPS[group]))
    return group in _CLOSED and kind not in _CLOSED[group] and kind != "List"


def _misplaced(manifest: Manifest) -> Iterator[Rejection]:
    """A known kind in a group that does not have it; groups of other projects may have any."""
    group, kind, safety = manifest.group, manifest.kind, Safety.UNSAFE
    if group == "kubevirt.io":
        cause, home = RejectionCause.GROUP_VERSION_UNKNOWN, _HOMES[kind].group
        safety = Safety.SAFE
        message = f'{kind} is not served at "{manifest.api_version}": its group is "{home}"'
    elif (
        group in OUR_GROUPS
        or group.casefold().endswith(".kubevirt.io")
        or nearest(group, OUR_GROUPS)
    ):
        cause, where = RejectionCause.KIND_UNKNOWN, f'"{group}"' if group else "the core group"
        message = f'{where} has no kind "{kind}"'
    else:
        return
    at = manifest.at("apiVersion")
    fixes = _to_version(at, _newest(kind), safety)
    yield Rejection.at(at, cause, f"{message}{_use(kind)}", *fixes)


def _use(kind: str) -> str:
    """`, write "g/v"` with the newest apiVersion of a known kind; "" for any other."""
    newest = _newest(kind)
    return f', write "{newest}"' if newest else ""


def _newest(kind: str) -> str:
    """The newest apiVersion of a known kind; "" for any other."""
    home = _HOMES.get(kind)
    if home is None:
        return ""
    served = [name for name in schema.versions(home) if schema.is_served(home, name)]
    newest = max(served, key=lambda name: (schema.versions(home)[name].since or _FIRST, name))
    return f"{home.group}/{newest}".removeprefix("/")


def _incomplete(manifest: Manifest) -> Iterator[Rejection]:
    """An object without apiVersion or kind, or with a value of another type there."""
    value = manifest.value
    field = "apiVersion" if manifest.kind else "kind"
    if "metadata" not in value and "spec" not in value:
        return  # a reference in the settings of a program, not an object
    is_object = manifest.kind or manifest.api_version or manifest.root  # as an item of a List is
    if manifest.kind not in ("", *_HOMES) or not is_object:
        return  # nothing shows that it is of a known kind
    if value.get(field) not in (None, ""):
        yield Rejection.at(manifest.at(field), SchemaFault.WRONG_TYPE, f"{field} must be a string")
        return
    at = manifest.at("kind" if manifest.kind else "apiVersion", key=True)
    others = [key for key in value if key != field]
    near = next((key for key in others if key.casefold() == field.casefold()), "")
    hint = f'; "{near}" is there, but keys are case-sensitive' if near else ""
    keys = [key for key in value if key not in ("kind", "apiVersion")]
    hint = hint or nearest_hint(field, keys)
    message = f"{field} is missing{hint}{_use(manifest.kind)}"
    from vmsnap_lint.kubevirt.admission.type_meta_fixes import completed  # few lack one

    fixes = completed(manifest, field, keys, _newest(manifest.kind))
    yield Rejection.at(at, RejectionCause.TYPE_META_MISSING, message, *fixes)
