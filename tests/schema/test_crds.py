"""Our schemas say what the real CRDs say, release by release, but for the reasons listed here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.shared import SHARED, needs_shared
from vmsnap_lint.core import kinds
from vmsnap_lint.core.values import Release
from vmsnap_lint.schema import KINDS, is_deprecated, is_served, versions
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.validate import referenced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vmsnap_lint.core.kinds import Kind

CRDS = SHARED / "crds"
FOLDERS = sorted(path.name for path in CRDS.glob("*") if path.is_dir())
WITHOUT_CRD = {kinds.KUBEVIRT, kinds.PV, kinds.PVC, kinds.STORAGE_CLASS}

# (kind, path, what, reason): what differs on purpose. Paths and kinds are shell patterns.
REASONS = [
    ("*", "*.accessModes.[]", "enum", "Kubernetes and CDI refuse other modes at admission"),
    ("*", "*.volumeMode", "enum", "Kubernetes and CDI refuse other modes at admission"),
    ("VirtualMachineBackup", "status.conditions.[]", "required", "written by the controller only"),
    ("VirtualMachineBackup", "status.conditions.[].status", "enum", "the same"),
    ("VolumeSnapshotContent", "spec.volumeSnapshotRef", "required", "a CEL rule asks for both"),
    ("VirtualMachineBackup", "spec", "required", "a CEL rule of the CRD asks for pvcName"),
    ("VirtualMachineBackup*", "spec.source", "required", "a CEL rule asks for apiGroup"),
    ("VirtualMachineBackup*", "spec.source.apiGroup", "enum", "a CEL rule names the groups"),
    ("VirtualMachineBackup*", "spec.source.kind", "enum", "a CEL rule names the kinds"),
    ("VirtualMachineClone", "spec.target", "required", "the mutating webhook fills in the name"),
]


class Difference(NamedTuple):
    """One point in which our schema and the CRD's are not the same."""

    kind: str
    path: str
    what: str
    ours: object
    theirs: object

    def is_meant(self) -> bool:
        return any(self.fits(*row) for row in REASONS)

    def fits(self, kind: str, path: str, what: str, reason: str) -> bool:
        named = fnmatchcase(self.kind, kind) and fnmatchcase(self.path, path)
        return bool(named and self.what == what and reason)


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_schemas_agree_with_the_crds(folder: str) -> None:
    release = Release.parse(folder)
    found = [
        difference
        for kind, crd in read_crds(CRDS / folder)
        for difference in differences(kind, crd, release)
        if not difference.is_meant()
    ]
    assert found == []


@needs_shared
def test_every_reason_is_needed() -> None:
    found = [
        difference
        for folder in ("v1.9.0-rc.2", "cdi", "external-snapshotter")
        for kind, crd in read_crds(CRDS / folder)
        for difference in differences(kind, crd, Release.parse(folder))
    ]
    assert [row for row in REASONS if not any(it.fits(*row) for it in found)] == []


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_served_versions_agree_with_the_crds(folder: str) -> None:
    release = Release.parse(folder)
    for kind, crd in read_crds(CRDS / folder):
        rows = crd["spec"]["versions"]
        served = {row["name"] for row in rows if row["served"]}
        ours = {name for name in versions(kind) if is_served(kind, name, release)}
        assert (kind, ours) == (kind, served)
        deprecated = {row["name"] for row in rows if row["served"] and row.get("deprecated")}
        assert deprecated == {name for name in served if is_deprecated(kind, name, release)}


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_status_is_dropped_where_it_is_a_subresource(folder: str) -> None:
    """A virtual machine's is looked at by KubeVirt's webhook before it is dropped."""
    release = Release.parse(folder)
    for kind, crd in read_crds(CRDS / folder):
        stored = next(row for row in crd["spec"]["versions"] if row["storage"])
        schema = schema_for(kind, release)
        assert schema is not None
        if "status" in schema["properties"] and kind != kinds.VM:
            dropped = "status" in stored.get("subresources", {})
            assert (kind, dropped) == (kind, "x-loose" in schema["properties"]["status"])


@needs_shared
def test_every_kind_with_a_crd_is_compared() -> None:
    compared = {kind for folder in FOLDERS for kind, _ in read_crds(CRDS / folder)}
    assert compared == KINDS - WITHOUT_CRD


_CRDS: dict[Path, list[tuple[Kind, dict[str, Any]]]] = {}


def read_crds(folder: Path) -> list[tuple[Kind, dict[str, Any]]]:
    """The CRDs of the kinds that we have a schema of; read once, for they are large."""
    if folder not in _CRDS:
        crds = [YAML(typ="safe").load(path.read_bytes()) for path in sorted(folder.glob("*.yaml"))]
        pairs = [
            (kinds.Kind(crd["spec"]["group"], crd["spec"]["names"]["kind"]), crd) for crd in crds
        ]
        _CRDS[folder] = [(kind, crd) for kind, crd in pairs if kind in KINDS]
    return _CRDS[folder]


def differences(kind: Kind, crd: dict[str, Any], release: Release | None) -> Iterator[Difference]:
    """Where our schema and that of the stored version differ, as far as ours goes."""
    stored = next(row for row in crd["spec"]["versions"] if row["storage"])
    ours = schema_for(kind, release, True)
    assert ours is not None
    yield from walk(kind.kind, (), ours, stored["schema"]["openAPIV3Schema"], ours["$defs"])


def walk(
    kind: str, path: tuple[str, ...], ours: Any, theirs: Any, parts: dict[str, Any]
) -> Iterator[Difference]:
    node: dict[str, Any] = {}
    for face in referenced(ours, parts):
        node = {**face, **node}
    where = ".".join(path)
    for what, (left, right) in facts(node, theirs).items():
        if left != right:
            yield Difference(kind, where, what, left, right)
    known = node.get("properties", {})
    given = theirs.get("properties")
    if known and given is not None:
        for name, inner in known.items():
            if name in given and "not" not in inner:
                yield from walk(kind, (*path, name), inner, given[name], parts)
    for word, step in (("items", "[]"), ("additionalProperties", "*")):
        if isinstance(node.get(word), dict):
            yield from walk(kind, (*path, step), node[word], theirs.get(word, {}), parts)


def facts(node: dict[str, Any], theirs: dict[str, Any]) -> dict[str, tuple[object, object]]:
    known = {name for name, inner in node.get("properties", {}).items() if "not" not in inner}
    given = set(theirs.get("properties", {}))
    closed = node.get("additionalProperties") is False
    opaque = "properties" not in theirs  # the CRD leaves metadata and the like to Kubernetes
    described = "properties" in node and not opaque
    return {
        "type": (types(node), types(theirs)),
        "fields": (
            known if described else given,
            given if closed or not described else known & given,
        ),
        "required": (
            set(node.get("required", ())) if described else set(),
            set(theirs.get("required", ())) if described else set(),
        ),
        "enum": (set(node.get("enum", ())), set(theirs.get("enum", ()))),
    }


def types(node: dict[str, Any]) -> set[str]:
    if node.get("x-kubernetes-int-or-string"):
        return {"number" if "pattern" in node else "integer", "string"}
    named = node.get("type", [])
    return {named} if isinstance(named, str) else set(named) - {"null"}
