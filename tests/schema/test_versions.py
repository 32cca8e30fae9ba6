"""Which API versions a release serves, and which it warns of."""

from __future__ import annotations

import re

import pytest

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.values import Release
from vmsnap_lint.schema import KINDS, is_deprecated, is_served, versions


@pytest.mark.parametrize(
    ("kind", "version", "release", "served"),
    [
        (kinds.SNAPSHOT, "v1alpha1", (0, 30, 7), False),
        (kinds.SNAPSHOT, "v1alpha1", (0, 31, 0), True),
        (kinds.SNAPSHOT, "v1beta1", (1, 2, 2), False),
        (kinds.SNAPSHOT, "v1beta1", (1, 3, 0), True),
        (kinds.SNAPSHOT, "v1", None, False),
        (kinds.RESTORE, "v1alpha1", (0, 33, 0), False),
        (kinds.RESTORE, "v1alpha1", (0, 34, 0), True),
        (kinds.VM, "v1", (0, 36, 0), False),
        (kinds.VM, "v1alpha3", (0, 36, 0), True),
        (kinds.EXPORT, "v1alpha1", (1, 8, 4), True),
        (kinds.EXPORT, "v1alpha1", (1, 9, 0), False),
        (kinds.EXPORT, "v1alpha1", None, False),
        (kinds.EXPORT, "v1", None, True),
        (kinds.VOLUME_SNAPSHOT_CLASS, "v1beta1", (0, 40, 0), False),
        (kinds.VOLUME_SNAPSHOT_CLASS, "v1", (0, 40, 0), True),
        (Kind("example.com", "VirtualMachineSnapshot"), "v1", None, False),
    ],
)
def test_served(
    kind: Kind, version: str, release: tuple[int, int, int] | None, served: bool
) -> None:
    assert is_served(kind, version, Release(*release) if release else None) is served


def test_deprecated() -> None:
    assert is_deprecated(kinds.VM, "v1alpha3")
    assert not is_deprecated(kinds.VM, "v1alpha3", Release(0, 59, 2))
    assert not is_deprecated(kinds.VM, "v1")
    assert not is_deprecated(kinds.VM, "v9")
    assert is_deprecated(kinds.EXPORT, "v1beta1", Release(1, 9, 0))
    assert not is_deprecated(kinds.EXPORT, "v1beta1", Release(1, 8, 4))


def test_versions_are_told_with_their_releases() -> None:
    assert list(versions(kinds.EXPORT)) == ["v1alpha1", "v1beta1", "v1"]
    assert versions(kinds.EXPORT)["v1alpha1"] == (
        "v1alpha1", Release(0, 55, 0), None, Release(1, 9, 0),
    )  # fmt: skip
    assert versions(Kind("example.com", "X")) == {}


@pytest.mark.parametrize("kind", sorted(KINDS), ids=lambda kind: kind.kind)
def test_versions_are_told_oldest_first(kind: Kind) -> None:
    """A version that is named as riper came later: v1alpha1, v1beta1, v1."""
    names = list(versions(kind))
    assert names == sorted(names, key=_ripeness)
    begun = [row.since for row in versions(kind).values() if row.since]
    assert begun == sorted(begun)


def _ripeness(name: str) -> tuple[int, str, int]:
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", name)
    assert match is not None
    return int(match[1]), match[2] or "ripe", int(match[3] or 0)
