"""The result of a lint, found by file: its objects, findings and sources."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.kinds import DATA_VOLUME, VM, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.references import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.core.model import Finding, Span
    from vmsnap_lint.document import Source
    from vmsnap_lint.editor.analysis import Analysis
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Location", "View", "key_of_document"]


class Location(NamedTuple):
    """A place in a file."""

    file: str
    span: Span


class View:
    """The worlds, findings and sources of a lint.

    Each index is made when somebody asks for it first, so that a view which is replaced after the
    next keystroke costs nothing.
    """

    def __init__(
        self, worlds: Sequence[World], findings: Sequence[Finding], sources: Mapping[str, Source]
    ) -> None:
        self.worlds = worlds
        self._findings = findings
        self._sources = sources
        self._keyed: dict[str, dict[object, list[tuple[World, Manifest]]]] = {}
        self._mentioned: tuple[bytes, dict[Source, bool]] = (b"", {})

    @classmethod
    def of(cls, analysis: Analysis) -> View:
        """The view of the result of a lint."""
        return cls(analysis.worlds, analysis.run.report.findings, analysis.by_file)

    def source(self, file: str) -> Source | None:
        """The file as it was read, None where it was not."""
        return self._sources.get(file)

    def sources(self) -> Iterable[Source]:
        """All files."""
        return self._sources.values()

    def findings(self, file: str) -> list[Finding]:
        """The findings in a file."""
        return self._findings_by_file.get(file, [])

    def objects(self, file: str) -> list[tuple[World, Manifest]]:
        """The objects that a file holds, each with every world that has it."""
        return self._objects_by_file.get(file, [])

    def built_from(self, key: object, file: str) -> list[tuple[World, Manifest]]:
        """The objects that are written in a document of a file, by its `key_of_document`."""
        if file not in self._keyed:
            keyed = self._keyed[file] = {}
            for world, manifest in self.objects(file):
                at = key_of_document(manifest)
                keyed.setdefault(at, []).append((world, manifest))
        return self._keyed[file].get(key, [])

    def worlds_of(self, file: str) -> list[World]:
        """The worlds that have an object of a file, all worlds where none has."""
        return [*dict.fromkeys(world for world, _ in self.objects(file))] or [*self.worlds]

    def named(self, world: World, kind: Kind, namespace: str | None) -> dict[str, Manifest]:
        """The objects of a kind that a reference in a namespace can name, by their names.

        A DataVolume may be one that a VM creates; then the VM stands for it.
        """
        home = world.workspace.home(namespace)
        found: dict[str, Manifest] = {}
        for name, manifest in _names_of(world, kind, home):
            found.setdefault(name, manifest)
        return found

    def mentions(self, source: Source, name: bytes) -> bool:
        """Whether a name may be in the text of a file, in any encoding that is read."""
        if self._mentioned[0] != name:
            self._mentioned = name, {}
        known = self._mentioned[1]
        if source not in known:
            data = source.data
            known[source] = name in data or b"\\" in data or b"\0" in data
        return known[source]

    def every_object(self) -> Iterator[tuple[World, Manifest]]:
        """All objects, with their worlds."""
        for world in self.worlds:
            for group, kind in world.workspace.kinds():
                for manifest in world.workspace.of(Kind(group, kind)):
                    yield world, manifest

    @cached_property
    def _objects_by_file(self) -> dict[str, list[tuple[World, Manifest]]]:
        by_file: dict[str, list[tuple[World, Manifest]]] = {}
        for world, manifest in self.every_object():
            by_file.setdefault(manifest.file, []).append((world, manifest))
        return by_file

    @cached_property
    def _findings_by_file(self) -> dict[str, list[Finding]]:
        by_file: dict[str, list[Finding]] = {}
        for finding in self._findings:
            by_file.setdefault(finding.file, []).append(finding)
        return by_file


def key_of_document(manifest: Manifest) -> object:
    """Which document of which file the object is written in."""
    return manifest.document.written(())[:-1]


def _names_of(world: World, kind: Kind, home: str | None) -> Iterator[tuple[str, Manifest]]:
    workspace = world.workspace
    homes = {home, None}
    for manifest in workspace.of(kind):
        if manifest.name and (home is None or workspace.home(manifest.namespace) in homes):
            yield manifest.name, manifest
    for vm in workspace.of(VM) if kind == DATA_VOLUME else ():
        if home is None or workspace.home(vm.namespace) in homes:
            for index, _ in vm.items(*TEMPLATES):
                if name := vm.text(*TEMPLATES, index, "metadata", "name"):
                    yield name, vm
