"""A kind becomes the API versions that it was ever served at, each with its releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.values import Release
from vmsnap_lint.schema.bundled import definition

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

__all__ = ["ServedVersion", "is_deprecated", "is_served", "known_versions", "versions"]


class ServedVersion(NamedTuple):
    """An API version of a kind, and the releases of the kind's own project that changed it."""

    name: str
    since: Release | None
    deprecated: Release | None
    removed: Release | None


def versions(kind: Kind) -> dict[str, ServedVersion]:
    """Every version of `kind` by name, oldest first; empty for a kind that has no schema."""
    root = definition(kind)
    return {name: _version(name, row) for name, row in root["x-versions"].items()} if root else {}


def known_versions(kind: Kind) -> tuple[str, ...]:
    """The names of the versions that `kind` was ever served at."""
    return tuple(versions(kind))


def is_served(kind: Kind, version: str, release: Release | None = None) -> bool:
    """Whether `release` of KubeVirt (None: the newest known) serves `kind` at `version`.

    Kinds of other projects follow releases of their own, so there a version that is gone counts
    as not served whatever KubeVirt's release is.
    """
    row = versions(kind).get(version)
    if row is None:
        return False
    if release is None or not _is_kubevirt(kind):
        return row.removed is None
    begun = row.since is None or row.since <= release
    return begun and (row.removed is None or release < row.removed)


def is_deprecated(kind: Kind, version: str, release: Release | None = None) -> bool:
    """Whether `version` is served with a warning, or by another project no longer."""
    row = versions(kind).get(version)
    if row is None or row.deprecated is None:
        return False
    return release is None or not _is_kubevirt(kind) or row.deprecated <= release


def _version(name: str, row: dict[str, str]) -> ServedVersion:
    since, deprecated, removed = (
        Release.parse(row[word]) if word in row else None
        for word in ("since", "deprecated", "removed")
    )
    return ServedVersion(name, since, deprecated, removed)


def _is_kubevirt(kind: Kind) -> bool:
    root = definition(kind)
    return root is not None and root["x-project"] == "KubeVirt"
