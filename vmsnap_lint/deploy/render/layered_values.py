"""The values that a template of a chart reads, and where they are set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import align

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document import Document

__all__ = ["ANY", "LayeredValues", "Setting", "ValuesLayer"]

ANY = "*"
"""In a path: each item of an array, or each value of an object."""
_MOST_ITEMS = 100
_CONDITION = re.compile(r"(not[ \t]+)?(?:\$\w*)?\.Values\.(\w+(?:\.\w+)*)")
_EMPTY: tuple[object, ...] = (None, "", {}, align.MISSING)


class Setting(NamedTuple):
    """A value, MISSING where nothing sets it.

    `document` is that of the chart's values file with the value at `path`, None where a release
    sets it.
    """

    value: object
    document: Document | None = None
    path: align.Path = ()


class ValuesLayer(NamedTuple):
    """Values of which those at `prefix` count; `document` is the chart's own values file."""

    value: object
    prefix: align.Path = ()
    document: Document | None = None


class LayeredValues:
    """The values of a chart in layers, of which the first that sets a value counts.

    helm merges objects key by key, and replaces all else (pkg/chart/common/util/coalesce.go).
    Without `is_open` a release sets them: what its values leave empty is empty. Without `is_known`
    further ones count more than all layers.
    """

    def __init__(
        self, layers: tuple[ValuesLayer, ...], *, is_open: bool, is_known: bool = True
    ) -> None:
        self._layers = layers
        self.is_open = is_open
        self.is_known = is_known

    def below(self, name: str, own: Document | None) -> LayeredValues:
        """The values of a part of the chart, with its own values file."""
        layers = [layer._replace(prefix=(*layer.prefix, name)) for layer in self._layers]
        if own is not None:
            layers.append(ValuesLayer(own.value, (), own))
        return LayeredValues(tuple(layers), is_open=self.is_open, is_known=self.is_known)

    def find(self, path: align.Path) -> Setting:
        """The value at a path without ANY; where not all are known, MISSING."""
        if not self.is_known:
            return Setting(align.MISSING)
        for value, prefix, document in self._layers:
            # global values of a chart are those of its parts, too
            least = 0 if path[:1] == ("global",) else len(prefix)
            for length in range(least, len(prefix) + 1):
                whole = (*prefix[:length], *path)
                found = align.value_at(value, whole)
                if found is not align.MISSING:
                    return Setting(found, document, whole)
        return Setting(align.MISSING)

    def holds(self, condition: str) -> bool | None:
        """Whether a condition holds that asks for one value, `not .Values.a`; else None."""
        match = _CONDITION.fullmatch(condition)
        if match is None or not self.is_known:
            return None
        value = self.find(tuple(match[2].split("."))).value
        return (value is not align.MISSING and bool(value)) is (match[1] is None)

    def is_empty(self, path: align.Path) -> bool:
        """Whether the defaults leave a value empty, of those at a path with ANY at least one."""
        if not (self.is_open and self.is_known):
            return False
        if ANY not in path:
            value, document, _ = self.find(path)
            return (document is not None or value is align.MISSING) and _is_empty(value)
        at = path.index(ANY)
        holder = self.find(path[:at])
        if holder.document is None:
            return False
        return any(_is_empty(value) for value in _below(holder.value, path[at:]))


def _is_empty(value: object) -> bool:
    return value in _EMPTY


def _below(value: object, path: align.Path) -> Iterator[object]:
    """The values at a path with ANY; the first ones of many."""
    if not path:
        yield value
    elif path[0] != ANY:
        yield from _below(align.value_at(value, path[:1]), path[1:])
    else:
        items = value.values() if isinstance(value, dict) else value
        for item in islice(items, _MOST_ITEMS) if isinstance(items, Iterable) else ():
            yield from _below(item, path[1:])
