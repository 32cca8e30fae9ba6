"""The CRDs of a run: what they say of an object, instead of our own schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import CRD, Kind
from vmsnap_lint.core.messages import quoted as quoted_all
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.schema.words import quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema import SchemaProblem
    from vmsnap_lint.schema.crds.definition import CrdVersion, Definition

__all__ = ["NONE", "Crds", "from_files", "with_input"]


class Crds:
    """Definitions by kind; a later one of a kind does not replace an earlier one."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._definitions: dict[Kind, Definition] = {}
        for one in definitions:
            self._definitions.setdefault(one.kind, one)

    def __bool__(self) -> bool:
        """Whether there is any CRD."""
        return bool(self._definitions)

    def __iter__(self) -> Iterator[Definition]:
        """The definitions, in the order in which they were given."""
        return iter(self._definitions.values())

    def defines(self, kind: tuple[str, str]) -> bool:
        """Whether a CRD defines that kind of a group, and so has the last word on its schema."""
        return kind in self._definitions

    def markers(self) -> tuple[bytes, ...]:
        """What a file holds that has an object of these kinds in it."""
        return tuple(sorted({one.kind.group.encode() for one in self}))

    def version(self, manifest: Manifest) -> CrdVersion | None:
        """The version that an object is written for, where its CRD serves that."""
        definition = self._definitions.get(manifest.group_kind)
        version = definition.versions.get(manifest.version) if definition else None
        return version if version and version.served else None

    def version_fault(self, manifest: Manifest) -> str | None:
        """Why the apiVersion of an object is not served, where a CRD defines its kind."""
        definition = self._definitions.get(manifest.group_kind)
        if definition is None or self.version(manifest) is not None:
            return None
        group = definition.kind.group
        served = quoted_all(f"{group}/{name}" for name in definition.served())
        use = f", write {served}" if served else ""
        return f'the CRD given does not serve {manifest.kind} at "{manifest.version}"{use}'

    def problems(self, manifest: Manifest) -> tuple[SchemaProblem, ...]:
        """Everything in the object that its CRD refuses; none where no CRD serves it."""
        version = self.version(manifest)
        if version is None:
            return ()
        from vmsnap_lint.schema.crds.shape import problems  # only where there are CRDs

        return problems(manifest.value, version)

    def file(self, manifest: Manifest) -> str:
        """The file of the CRD that defines the kind of an object."""
        return self._definitions[manifest.group_kind].file

    def undecided(self, manifests: Iterable[Manifest]) -> Iterator[NotChecked]:
        """The patterns that could not be held against these objects."""
        for manifest in manifests:
            version = self.version(manifest)
            for pattern in version.translated.undecided if version else ():
                yield NotChecked(
                    self.file(manifest),
                    f"the pattern {quoted_value(pattern)} is not one we can decide",
                )


NONE = Crds()


def from_files(sources: Iterable[Source], manifests: Iterable[Manifest]) -> Crds:
    """The CRDs of files that hold nothing else; a UsageError names the line of anything else."""
    from vmsnap_lint.schema.crds.definition import define  # only where there are CRDs

    for source in sources:
        for fault in source.faults:
            raise UsageError(f"{source.file}:{fault.span.line}: {fault.message}")
        for document in source.documents:
            if not isinstance(document.value, dict):
                line = document.span(()).line
                raise UsageError(f"{source.file}:{line}: this is not a CustomResourceDefinition")
    found: dict[Kind, Definition] = {}
    for manifest in manifests:
        one = define(manifest)
        other = found.setdefault(one.kind, one)
        if other is not one:
            line = manifest.document.span((*manifest.root, "kind"), key=True).line
            message = f"{one.kind.kind} of {one.kind.group} is defined by {other.file} already"
            raise UsageError(f"{manifest.file}:{line}: {message}")
    return Crds(found.values())


def with_input(crds: Crds, manifests: Iterable[Manifest]) -> Crds:
    """These, and after them the CRDs among the manifests of the input."""
    from vmsnap_lint.schema.crds.definition import define  # as above

    return Crds([*crds, *(define(one) for one in manifests if one.group_kind == CRD)])
