"""What helm wrote becomes documents with places, and placeholders for what no one has set."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.render.chart_template import ChartTemplate, Turn
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument, from_template
from vmsnap_lint.deploy.render.layered_values import LayeredValues, ValuesLayer
from vmsnap_lint.deploy.render.unset_values import UnsetValues
from vmsnap_lint.deploy.render.value_references import reads_of
from vmsnap_lint.deploy.render.value_uses import ValueUses
from vmsnap_lint.document import encoding
from vmsnap_lint.document.actions import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.value_references import Reads
    from vmsnap_lint.document import Document, Source

__all__ = ["ChartObjects", "template_in"]

_MOST_READ = 4 * 2**20  # bytes of templates that are looked at for what they include or name


class ChartObjects:
    """The templates and values of a chart in a directory (real path), with its files.

    `given` are the contents of values files, the last one counts most. Unless it is a release that
    is installed, what the defaults leave empty is not known. Without `is_known` flags such as
    `--set` count more than all of them.
    """

    def __init__(
        self,
        directory: str,
        files: Iterable[str],
        given: Sequence[bytes],
        cache: FileCache,
        *,
        is_release: bool = False,
        is_known: bool = True,
    ) -> None:
        self._directory = directory
        self._files = frozenset(files)
        self._cache = cache
        self._values: dict[tuple[str, ...], LayeredValues] = {}
        self._uses = ValueUses(self._texts)
        layers = [ValuesLayer(_first(document.read("", data))) for data in reversed(given)]
        own = self._own_values(())
        layers += [ValuesLayer(own.value, (), own)] if own is not None else []
        self._values[()] = LayeredValues(tuple(layers), is_open=not is_release, is_known=is_known)

    def documents(self, rendered: Iterable[Document]) -> Iterator[TemplatedDocument]:
        """The objects with places in their templates; their values are changed in place."""
        parts = [(part, from_template(part)[0]) for part in rendered]
        kinds = [(path, str(part.value.get("kind"))) for part, path in parts]
        totals, seen = Counter(kinds), Counter[tuple[str, str]]()
        templates: dict[str, ChartTemplate | None] = {}
        unset: dict[str, UnsetValues] = {}
        for (part, path), kind in zip(parts, kinds, strict=True):
            if path not in templates:
                source = self._template_source(path)
                values = self._values_of(path)
                template = ChartTemplate(source, values, self._uses) if source else None
                templates[path] = template
                if template is not None:
                    unset[path] = self._unset(template)
            turn = Turn(seen[kind], totals[kind])
            seen[kind] += 1
            templated = TemplatedDocument(part, templates[path], turn)
            if unset.get(path) and templated.alignment is not None:
                unset[path].fill(part.value, templated.alignment)
            elif unset.get(path):
                unset[path].fill_by_lines(part.value, templated.line)
            yield templated

    def _template_source(self, path: str) -> Source | None:
        return template_in(self._directory, path, self._files, self._cache) if path else None

    def _unset(self, template: ChartTemplate) -> UnsetValues:
        reads = reads_of(template.text.actions)
        return UnsetValues(template.text, reads, template.values, lambda: self._helpers)

    def _values_of(self, path: str) -> LayeredValues:
        """The values for a template, which may be one of a part of the chart."""
        steps = path.split("/")[1:-1]
        names: tuple[str, ...] = ()
        while len(steps) > 1 and steps[0] == "charts":
            names, steps = (*names, steps[1]), steps[2:]
        for length in range(1, len(names) + 1):
            inner = names[:length]
            if inner not in self._values:
                own = self._own_values(inner)
                self._values[inner] = self._values[inner[:-1]].below(inner[-1], own)
        return self._values[names]

    def _own_values(self, names: tuple[str, ...]) -> Document | None:
        inside = [word for name in names for word in ("charts", name)]
        location = os.path.realpath(os.path.join(self._directory, *inside, "values.yaml"))
        if location not in self._files:
            return None
        self._cache.show_from(location, os.path.join(self._directory, "Chart.yaml"))
        documents = self._cache.documents(location)
        return next((each for each in documents if isinstance(each.value, dict)), None)

    @cached_property
    def _helpers(self) -> dict[str, list[Reads]]:
        """What the named templates of the chart read, by their names."""
        result: dict[str, list[Reads]] = {}
        left = _MOST_READ
        for data in self._read(_is_template):
            left -= len(data)
            if b"define" in data and left > 0 and encoding.unreadable(data) is None:
                for reads in reads_of(actions(encoding.decode(data))):
                    result.setdefault(reads.defined, []).append(reads)
        return result

    def _texts(self) -> list[str] | None:
        """What the chart may name values in: templates, and values that are templates."""
        every = [data for data in self._read(_may_name_values) if b"{{" in data]
        is_known = sum(map(len, every)) < _MOST_READ and not any(map(encoding.unreadable, every))
        return [encoding.decode(data) for data in every] if is_known else None

    def _read(self, is_meant: Callable[[str], bool]) -> Iterator[bytes]:
        for location in filter(is_meant, sorted(self._files)):
            yield self._cache.data(location) or b""


def template_in(
    directory: str, path: str, files: frozenset[str], cache: FileCache
) -> Source | None:
    """The template of a path as helm writes it: `name/templates/x.yaml`.

    A chart can write any path, so that none outside of it is read.
    """
    location = os.path.realpath(os.path.join(directory, path.partition("/")[2]))
    if location not in files:
        return None
    cache.show_from(location, os.path.join(directory, "Chart.yaml"))
    return cache.source(location)


def _is_template(location: str) -> bool:
    return f"{os.sep}templates{os.sep}" in location


def _may_name_values(location: str) -> bool:
    return _is_template(location) or os.path.basename(location).startswith("values")


def _first(source: Source) -> object:
    return source.documents[0].value if source.documents else {}
