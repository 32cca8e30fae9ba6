"""A CRD manifest becomes the definition of a kind, or a usage error.

Both apiextensions.k8s.io/v1 and v1beta1 are read; the latter may keep one schema for all versions,
and preserves unknown fields unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import CRD, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.schema.crds.formats import FORMATS
from vmsnap_lint.schema.crds.lists import marked
from vmsnap_lint.schema.crds.patterns import options
from vmsnap_lint.schema.crds.structural import first_fault
from vmsnap_lint.schema.crds.translate import Translated, translated
from vmsnap_lint.schema.validate import compiled
from vmsnap_lint.schema.words import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.model import Key, Path
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = ["CrdVersion", "Definition", "define"]

_API = ("v1", "v1beta1")


@dataclass(frozen=True, eq=False)
class CrdVersion:
    """One version of a kind: its schema as the CRD has it, and ours where it is asked for."""

    name: str
    served: bool
    source: Schema
    kind: str
    drops_status: bool
    keeps_all: bool

    @cached_property
    def translated(self) -> Translated:
        """The JSON Schema of its objects."""
        return translated(self.source, self.kind, self.drops_status, self.keeps_all)

    @cached_property
    def fits(self) -> Callable[[Json], bool]:
        """Whether an object fits the schema, nulls counted as values; its cost is bounded."""
        return compiled(
            self.translated.schema,
            formats=FORMATS,
            validate_formats=True,
            pattern_options=options(),
        )

    @cached_property
    def lists(self) -> Schema | None:
        """The arrays in it whose items must differ."""
        return marked(self.ruled)

    @cached_property
    def ruled(self) -> Schema:
        """The schema of the CRD, without a status that is dropped on creation."""
        if not self.drops_status:
            return self.source
        fields = {k: v for k, v in self.source.get("properties", {}).items() if k != "status"}
        return {**self.source, "properties": fields}


class Definition(NamedTuple):
    """A kind and its versions, from its CRD."""

    kind: Kind
    file: str
    versions: dict[str, CrdVersion]


def define(manifest: Manifest) -> Definition:
    """The definition. Raises UsageError with file and line unless it is a structural CRD."""
    if manifest.group_kind != CRD or manifest.version not in _API:
        what = f"{manifest.api_version} {manifest.kind}".strip() or "an object without a kind"
        raise _unusable(manifest, ("kind",), f"this is {what}, not a CustomResourceDefinition")
    group = _text(manifest, "spec", "group")
    kind = _text(manifest, "spec", "names", "kind")
    versions = {version.name: version for version in _versions(manifest, kind)}
    if not versions:
        raise _unusable(manifest, ("spec", "versions"), "the CRD has no versions")
    return Definition(Kind(group, kind), manifest.file, versions)


def _versions(manifest: Manifest, kind: str) -> Iterator[CrdVersion]:
    rows = list(manifest.items("spec", "versions"))
    if manifest.version == "v1beta1" and not rows:
        name = _text(manifest, "spec", "version")
        yield _version(manifest, (), {"name": name, "served": True}, kind)
    for index, row in rows:
        _text(manifest, "spec", "versions", index, "name")
        yield _version(manifest, ("versions", index), row, kind)


def _version(manifest: Manifest, at: Path, row: Schema, kind: str) -> CrdVersion:
    old = manifest.version == "v1beta1"
    path: Path = ("spec", *at, "schema", "openAPIV3Schema")
    if old and manifest.get(*path) is None:
        path = ("spec", "validation", "openAPIV3Schema")
    source = manifest.get(*path)
    if source is None:
        message = f"version {row['name']!r} has no schema: spec.versions[].schema.openAPIV3Schema"
        raise _unusable(manifest, ("spec", *at), message)
    fault = first_fault(source, path)
    if fault is not None:
        message = f"the schema is not structural ({dotted(fault[0])}): {fault[1]}"
        raise _unusable(manifest, fault[0], message)
    keeps_all = old and manifest.get("spec", "preserveUnknownFields") is not False
    resources = row.get("subresources") or (manifest.mapping("spec", "subresources") if old else {})
    drops_status = isinstance(resources, dict) and "status" in resources
    is_served = row.get("served") is True
    return CrdVersion(row["name"], is_served, source, kind, drops_status, keeps_all)


def _text(manifest: Manifest, *path: Key) -> str:
    text = manifest.text(*path)
    if not text:
        raise _unusable(manifest, path, f"{dotted(path)} must be a string that is not empty")
    return text


def _unusable(manifest: Manifest, path: Path, reason: str) -> UsageError:
    line = manifest.document.span((*manifest.root, *path), key=True).line
    return UsageError(f"{manifest.file}:{line}: {reason}")
