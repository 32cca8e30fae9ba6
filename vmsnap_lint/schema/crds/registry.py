"""The CRDs of a run, which are used instead of the bundled schemas."""

from __future__ import annotations

from os.path import normpath

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import CRD, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted as quoted_all
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import plain
from vmsnap_lint.input import sources
from vmsnap_lint.input.selection import looked_at
from vmsnap_lint.input.sources import Role
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.schema.validate import MOST_PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema import SchemaProblem
    from vmsnap_lint.schema.crds.definition import CrdVersion, Definition

__all__ = ["NONE", "Crds", "from_files", "load"]


SECONDS = 15.0


class Crds:
    """Definitions by kind; a later one of a kind does not replace an earlier one."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._definitions: dict[Kind, Definition] = {}
        self.seconds = SECONDS
        """What is left for the evaluation of rules, of all clusters of the run."""
        for definition in definitions:
            self._definitions.setdefault(definition.kind, definition)

    def __bool__(self) -> bool:
        """Whether there is any CRD."""
        return bool(self._definitions)

    def __iter__(self) -> Iterator[Definition]:
        """The definitions, in the order in which they were given."""
        return iter(self._definitions.values())

    def defines(self, kind: tuple[str, str]) -> bool:
        """Whether a CRD defines that kind, so that its schema is used."""
        return kind in self._definitions

    def markers(self) -> tuple[bytes, ...]:
        """Text that every file with an object of these kinds holds."""
        return tuple(sorted({definition.kind.group.encode() for definition in self}))

    def version(self, manifest: Manifest) -> CrdVersion | None:
        """The version that an object is written for, where its CRD serves that."""
        return self.of_version(manifest.group_kind, manifest.version)

    def of_version(self, kind: Kind, name: str) -> CrdVersion | None:
        """The version of a kind, where its CRD serves that."""
        definition = self._definitions.get(kind)
        version = definition.versions.get(name) if definition else None
        return version if version and version.served else None

    def version_fault(self, manifest: Manifest) -> str | None:
        """Why the apiVersion of an object is not served, where a CRD defines its kind."""
        definition = self._definitions.get(manifest.group_kind)
        if definition is None or self.version(manifest) is not None:
            return None
        group, versions = definition.kind.group, definition.versions.values()
        served = quoted_all(f"{group}/{version.name}" for version in versions if version.served)
        use = f", write {served}" if served else ""
        return f'the given CRD does not serve {manifest.kind} at "{manifest.version}"{use}'

    def problems(self, manifest: Manifest, most: int = MOST_PROBLEMS) -> tuple[SchemaProblem, ...]:
        """What the CRD of an object rejects, at most so much; none where no CRD serves it."""
        version = self.version(manifest)
        if version is None:
            return ()
        from vmsnap_lint.schema.crds.shape import problems  # only where there are CRDs

        return problems(manifest.value, version, most)

    def file(self, manifest: Manifest) -> str:
        """The file of the CRD that defines the kind of an object."""
        return self._definitions[manifest.group_kind].file

    def undecided(self, manifests: Iterable[Manifest]) -> Iterator[NotChecked]:
        """The patterns that these objects could not be checked against."""
        versions = {self.version(manifest): self.file(manifest) for manifest in manifests}
        for version, file in versions.items():
            for pattern in version.translated.undecided if version else ():
                from vmsnap_lint.schema.words import quoted_value  # few CRDs have such patterns

                reason = f"the pattern {quoted_value(pattern)} cannot be evaluated"
                yield NotChecked(file, reason)


NONE = Crds()
_MARKER, _KIND = b"apiextensions.k8s.io", CRD.kind.encode()


def load(paths: tuple[str, ...], stdin: bytes | None, settings: Settings) -> Crds:
    """The CRDs that the settings ask for. Raises UsageError where one cannot be used."""
    given = _from_paths(settings.crds) if settings.crds else NONE
    if not settings.crds_from_input:
        return given
    from vmsnap_lint.schema.crds.definition import define  # only where there are CRDs

    files = sources.collect(
        looked_at(paths, settings),
        settings.search()._replace(allow_empty=True, docs=False),
        stdin=stdin,
        markers=(_MARKER,),
        context=settings.context,
    ).files
    read = [
        document.read(file.path, file.data)
        for file in files
        if file.role is Role.MANIFEST and _MARKER in plain(file.data)
    ]
    crds = [item for item in _manifests(read) if item.group_kind == CRD]
    return Crds([*given, *map(define, crds)])


def from_files(read: Iterable[Source], beside: Iterable[Source] = ()) -> Crds:
    """The CRDs of files. Raises UsageError with the line of anything that is not a CRD.

    Files that lie `beside` them in a directory may hold other objects and texts.
    """
    from vmsnap_lint.schema.crds.definition import define  # as above

    read, beside = [*read], [*beside]
    for source in (*read, *(each for each in beside if _KIND in plain(each.data))):
        for fault in source.faults:
            raise UsageError(f"{source.file}:{fault.span.line}: {fault.message}")
    for source in read:
        for part in source.documents:
            if not isinstance(part.value, dict):
                line = part.span(()).line
                raise UsageError(f"{source.file}:{line}: this is not a CustomResourceDefinition")
    definitions: dict[Kind, Definition] = {}
    found = [item for item in _manifests(beside) if item.group_kind == CRD]
    for manifest in (*_manifests(read), *found):
        definition = define(manifest)
        first = definitions.setdefault(definition.kind, definition)
        if first is not definition:
            line = manifest.document.span((*manifest.root, "kind"), key=True).line
            kind = f"{definition.kind.kind} of {definition.kind.group}"
            message = f"{kind} is already defined by {first.file}"
            raise UsageError(f"{manifest.file}:{line}: {message}")
    return Crds(definitions.values())


def _from_paths(paths: tuple[str, ...]) -> Crds:
    """The CRDs of files that hold nothing else, and of directories that may."""
    if "-" in paths:
        raise UsageError("--crds accepts files and directories, not the standard input")
    try:
        collected = sources.collect(paths, markers=(b"",))
    except UsageError as error:
        raise UsageError(f"--crds: {error}") from error
    for file, reason in collected.unread:
        raise UsageError(f'--crds: "{file}" {reason}')
    roles = (Role.MANIFEST, Role.TEMPLATE, Role.PATCH)
    files = [file for file in collected.files if file.role in roles]
    named = {normpath(path) for path in paths}
    read = {normpath(file.path): document.read(file.path, file.data) for file in files}
    given = from_files(
        [source for path, source in read.items() if path in named],
        [source for path, source in read.items() if path not in named],
    )
    if not given:
        from_files(read.values())  # which says what the first of them is
        raise UsageError(f"--crds: no CustomResourceDefinition in {', '.join(paths)}")
    return given


def _manifests(read: Iterable[Source]) -> Iterator[Manifest]:
    return (item for source in read for part in source.documents for item in manifests(part))
