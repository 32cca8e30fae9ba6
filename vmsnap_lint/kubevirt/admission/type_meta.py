"""apiVersion, kind and name of an object: whether anything serves it.

What the API server cannot find a kind for it rejects before it looks at a single field.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vmsnap_lint import schema
from vmsnap_lint.core import releases
from vmsnap_lint.core.kinds import GROUPS, Kind
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.values import Release, holds_placeholder, nearest
from vmsnap_lint.kubevirt.admission.flattened import flattened
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["is_of_kubevirt", "rejections"]

_CSI = "snapshot.storage.k8s.io"
# Groups whose kinds are all known here, so that any other kind in them is a mistake.
_CLOSED = {**GROUPS, _CSI: tuple(kind.kind for kind in schema.KINDS if kind.group == _CSI)}
_HOMES = {kind.kind: kind for kind in schema.KINDS}
_GROUPS = frozenset(kind.group for kind in schema.KINDS)
_FIRST = Release(0, 0)
_VersionFault = tuple[RejectionCause, str]


def rejections(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """Why no API server finds a kind or a name for this object."""
    kind = manifest.group_kind
    if kind in schema.KINDS or cluster.crds.defines(kind):
        if _is_sound(cluster, manifest):
            return
        yield from _of_known(cluster, manifest, kind)
    elif manifest.group in _GROUPS or manifest.kind in _HOMES or manifest.group in _CLOSED:
        yield from _of_unknown(manifest)


def _is_sound(cluster: Cluster, manifest: Manifest) -> bool:
    """Whether a quick look finds nothing: a name, a spec that is not empty, a served version."""
    if not manifest.name or not manifest.value.get("spec", True):
        return False
    return _fault(cluster, manifest, manifest.group_kind) is None


def is_of_kubevirt(kind: Kind) -> bool:
    """Whether KubeVirt's own release decides at which versions the kind is served."""
    return kind.group.endswith("kubevirt.io") and not kind.group.startswith("cdi.")


def _of_known(cluster: Cluster, manifest: Manifest, kind: Kind) -> Iterator[Rejection]:
    lost = flattened(manifest)
    if lost is not None:
        yield Rejection(RejectionCause.FLATTENED, lost)
        return
    fault = _fault(cluster, manifest, kind)
    if fault is not None and not holds_placeholder(manifest.api_version):
        yield Rejection(fault[0], Problem(manifest.at("apiVersion"), fault[1]))
    metadata = manifest.get("metadata")
    if metadata is None or (isinstance(metadata, dict) and _is_nameless(metadata)):
        message = f"the {kind.kind} has no name: metadata.name is missing"
        yield Rejection(RejectionCause.TYPE_META_MISSING, Problem(_nameless_at(manifest), message))


def _fault(cluster: Cluster, manifest: Manifest, kind: Kind) -> _VersionFault | None:
    """The cause and the message about a version: a CRD that was given has the last word."""
    if cluster.crds.defines(kind):
        told = cluster.crds.version_fault(manifest)
        return (RejectionCause.VERSION_NOT_SERVED, told) if told else None
    release = cluster.release if cluster.release_known else None
    return _version_fault(kind, manifest.version, release)


def _is_nameless(metadata: dict[str, object]) -> bool:
    """A name of another type is a matter for the schema."""
    return metadata.get("name") in (None, "") and metadata.get("generateName") in (None, "")


def _nameless_at(manifest: Manifest) -> Place:
    if "name" in manifest.mapping("metadata"):
        return manifest.at("metadata", "name", key=True)
    return manifest.at("metadata" if "metadata" in manifest.value else "kind", key=True)


@lru_cache(maxsize=1024)
def _version_fault(kind: Kind, version: str, release: Release | None) -> _VersionFault | None:
    """The cause and the message about a version that the kind is not served at."""
    table = schema.versions(kind)
    row = table.get(version)
    served = [name for name in reversed(table) if schema.is_served(kind, name, release)]
    use = f", write {quoted(f'{kind.group}/{name}' for name in served)}" if served else ""
    if row is None:
        where = f'of group "{kind.group}"' if kind.group else "of the core group"
        message = f'{kind.kind} {where} was never served at version "{version}"{use}'
        return RejectionCause.GROUP_VERSION_UNKNOWN, message
    if kind.group == _CSI:
        if row.removed and not _is_old(release):
            message = (
                f"{kind.group}/{version} is gone since external-snapshotter {row.removed}{use}"
            )
            return RejectionCause.SNAPSHOT_API_OLD, message
        return None
    if release is None or not is_of_kubevirt(kind) or schema.is_served(kind, version, release):
        return None
    gone = row.removed is not None and release >= row.removed
    when = f"removed it in {row.removed}" if gone else f"serves it since {row.since}"
    message = f"KubeVirt {release} does not serve {kind.group}/{version}: KubeVirt {when}{use}"
    return RejectionCause.VERSION_NOT_SERVED, message


def _is_old(release: Release | None) -> bool:
    """Up to 0.52 KubeVirt itself spoke v1beta1 of volume snapshots."""
    return release is not None and not releases.behaviour(release).snapshot_api_v1


def _of_unknown(manifest: Manifest) -> Iterator[Rejection]:
    if holds_placeholder(manifest.kind) or holds_placeholder(manifest.api_version):
        return
    group, kind = manifest.group, manifest.kind
    lost = flattened(manifest)
    if lost is not None:
        yield Rejection(RejectionCause.FLATTENED, lost)
    elif not kind or not manifest.api_version:
        yield from _incomplete(manifest)
    elif manifest.api_version in _CLOSED or "/" in group:
        home = _HOMES.get(kind)
        use = f', write "{_write(home)}"' if home else ""
        message = f'apiVersion "{manifest.api_version}" is not a group and a version{use}'
        yield Rejection(
            RejectionCause.GROUP_VERSION_UNKNOWN, Problem(manifest.at("apiVersion"), message)
        )
    elif kind in _HOMES:
        yield from _misplaced(manifest, _HOMES[kind])
    elif group in _CLOSED and kind not in _CLOSED[group] and kind != "List":
        hint = nearest_hint(kind, {*_CLOSED[group], *_HOMES})
        message = f'"{group}" has no kind "{kind}"{hint}'
        yield Rejection(RejectionCause.KIND_UNKNOWN, Problem(manifest.at("kind"), message))


def _misplaced(manifest: Manifest, home: Kind) -> Iterator[Rejection]:
    """A kind of ours in a group that surely does not have it; foreign groups may have anything."""
    group = manifest.group
    if group == "kubevirt.io":
        message = (
            f'{home.kind} is not served at "{manifest.api_version}": its group is "{home.group}", '
            f'write "{_write(home)}"'
        )
        yield Rejection(
            RejectionCause.GROUP_VERSION_UNKNOWN, Problem(manifest.at("apiVersion"), message)
        )
    elif group in _GROUPS or group.casefold().endswith(".kubevirt.io") or nearest(group, _GROUPS):
        where = f'"{group}"' if group else "the core group"
        message = f'{where} has no kind "{home.kind}", write apiVersion "{_write(home)}"'
        yield Rejection(RejectionCause.KIND_UNKNOWN, Problem(manifest.at("apiVersion"), message))


def _write(home: Kind) -> str:
    """The apiVersion to write for a kind: the newest one."""
    served = [name for name in schema.versions(home) if schema.is_served(home, name)]
    newest = max(served, key=lambda name: (schema.versions(home)[name].since or _FIRST, name))
    return f"{home.group}/{newest}".removeprefix("/")


def _incomplete(manifest: Manifest) -> Iterator[Rejection]:
    """An object without apiVersion or kind, or with another type of value there."""
    value = manifest.value
    field = "apiVersion" if manifest.kind else "kind"
    if "metadata" not in value and "spec" not in value:
        return  # a reference in somebody's settings, not an object
    named = manifest.kind or manifest.api_version or manifest.root  # an item of a List is meant so
    if manifest.kind not in ("", *_HOMES) or not named:
        return  # nothing says that it is one of ours
    if value.get(field) not in (None, ""):
        message = f"{field} must be a string"
        yield Rejection(SchemaFault.WRONG_TYPE, Problem(manifest.at(field), message))
        return
    at = manifest.at("kind" if manifest.kind else "apiVersion", key=True)
    hint = nearest_hint(field, [key for key in value if key not in ("kind", "apiVersion")])
    use = f', write "{_write(_HOMES[manifest.kind])}"' if manifest.kind else ""
    yield Rejection(RejectionCause.TYPE_META_MISSING, Problem(at, f"{field} is missing{hint}{use}"))
