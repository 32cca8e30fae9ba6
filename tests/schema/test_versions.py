"""Which API versions a release serves, and which it warns of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT
from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.values import Release
from vmsnap_lint.schema import KINDS, is_deprecated, is_served, versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


def test_versions_are_listed_with_their_releases() -> None:
    assert list(versions(kinds.EXPORT)) == ["v1alpha1", "v1beta1", "v1"]
    assert versions(kinds.EXPORT)["v1alpha1"] == (
        "v1alpha1", Release(0, 55, 0), None, Release(1, 9, 0),
    )  # fmt: skip
    assert versions(Kind("example.com", "X")) == {}


@pytest.mark.parametrize("kind", sorted(KINDS), ids=lambda kind: kind.kind)
def test_versions_are_listed_oldest_first(kind: Kind) -> None:
    """A version that is named as riper came later: v1alpha1, v1beta1, v1."""
    names = list(versions(kind))
    assert names == sorted(names, key=_ripeness)
    begun = [row.since for row in versions(kind).values() if row.since]
    assert begun == sorted(begun)


# Fields of KubeVirt have releases; the parts are shared, and a kind of another project has none.
FILES = sorted((ROOT / "schemas").rglob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_releases_of_fields_are_known(path: Path) -> None:
    """A release that never was, such as 1.70, would hide the field from every cluster."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    named = list(_releases(schema))
    assert named == [] or schema.get("x-project", "KubeVirt") == "KubeVirt"
    for text in named:
        release = resolve(text)  # raises where its line is unknown
        assert str(release) == text
        assert release <= resolve(text.rpartition(".")[0])


def _releases(node: object) -> Iterator[str]:
    """The release of each keyword of a field."""
    if isinstance(node, dict):
        for word in ("x-since", "x-removed", "x-enum-since"):
            if word in node:
                yield node[word]
    if isinstance(node, dict | list):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from _releases(inner)


def _ripeness(name: str) -> tuple[int, str, int]:
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", name)
    assert match is not None
    return int(match[1]), match[2] or "ripe", int(match[3] or 0)
