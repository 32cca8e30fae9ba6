"""One kustomization file, as it is judged: what it includes, what is built of it, and why not."""

from __future__ import annotations

import os
from types import MappingProxyType

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.render.align import object_at
from vmsnap_lint.input.kustomization import folded
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.deploy.render import unsafe
    from vmsnap_lint.deploy.render.left_out import LeftOut
    from vmsnap_lint.deploy.render.local_charts import Inflation
    from vmsnap_lint.deploy.render.plugins import PluginEntry
    from vmsnap_lint.document import Document

    Path = tuple[str | int, ...]

__all__ = ["KustomizationNode"]

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class KustomizationNode(NamedTuple):
    """One kustomization file. Paths are real paths, and none leads out of its project.

    `value` has its keys as documented, `places` the files of the paths in it. `below` are the
    kustomizations it reads, `included` those of objects; `resources` the files of objects, `others`
    all further files it names. `paths` has all of them by their names, made absolute; `plugins` are
    its plugins by the place of their entry. `refusal` is the reason why it is never built, with its
    field. What is built is `kept`: without `left_out`, and with the objects of `charts` as
    resources; `missing` cannot be read. `given` has the fields that a job adds, each with the
    number of entries that are written before these. One that nobody wrote `is_generated`.
    """

    location: str
    document: Document | None
    value: dict[str, Any]
    places: Mapping[str, str] = _NOTHING
    below: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    paths: Mapping[str, str] = _NOTHING
    plugins: Mapping[Path, PluginEntry] = _NOTHING
    refusal: unsafe.UnsafeField | None = None
    kept: Mapping[str, Any] = _NOTHING
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[LeftOut, ...] = ()
    charts: tuple[Inflation, ...] = ()
    given: Mapping[str, int] = _NOTHING
    is_generated: bool = False

    def __eq__(self, other: object) -> bool:
        """Whether it is the same one: files are read once."""
        return self is other

    def __ne__(self, other: object) -> bool:
        """Whether it is another one."""
        return self is not other

    def __hash__(self) -> int:
        """What tells it from others."""
        return id(self)

    @property
    def directory(self) -> str:
        """The directory that its paths are relative to."""
        return os.path.dirname(self.location)

    @property
    def is_component(self) -> bool:
        """Whether it can only be part of another kustomization."""
        return self.value.get("kind") == "Component"

    def at(self, path: Path, *, key: bool = False) -> SourceSpan:
        """The place of a field. Raises ValueError where the kustomization does not parse."""
        if self.document is None:
            raise ValueError(self.location)
        span = self.document.span(self.written_as(path), key)
        return SourceSpan(self.document.source, span)

    def written_as(self, path: Path) -> Path:
        """The path of a field with its key as it is written."""
        written = object_at(self.document.value) if self.document is not None else {}
        if not path or path[0] in written:
            return path
        same = (key for key in written if folded(key) == folded(str(path[0])))
        return (next(same, path[0]), *path[1:])

    def place(self, path: Path) -> SourceSpan | None:
        """The place of a field, None where it is written in no kustomization."""
        if self.document is None or self.is_generated or self.is_given(path):
            return None
        return self.at(path)

    def is_given(self, path: Path) -> bool:
        """Whether a job adds the field, or the entry of it."""
        first = self.given.get(str(path[0])) if path else None
        index = path[1] if len(path) > 1 else 0
        return first is not None and not (isinstance(index, int) and index < first)

    def local(self, path: str) -> str:
        """The real path of a path in the kustomization, "" where it is not read."""
        return self.places.get(path, "")
