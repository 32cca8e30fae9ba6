"""Target: a template, what helm wrote, and values become places and placeholders."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from fuzz.promises import lines_of, within
from vmsnap_lint import document
from vmsnap_lint.deploy.render.chart_template import ChartTemplate, Turn
from vmsnap_lint.deploy.render.helm_document import TemplatedDocument
from vmsnap_lint.deploy.render.layered_values import LayeredValues, ValuesLayer
from vmsnap_lint.deploy.render.unset_values import UnsetValues
from vmsnap_lint.deploy.render.value_references import Reads, reads_of
from vmsnap_lint.document import encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path

__all__ = ["chart"]

_BORDER = b"\n====\n"
_MOST = 100  # objects, and places of each


def chart(data: bytes) -> None:
    """Aligns the objects of the second part with the template of the first; all places are in it.

    The third part has the values.
    """
    parts = [*data.split(_BORDER, 2), b"", b""]
    template, rendered, values = (document.read("a.yaml", part) for part in parts[:3])
    own = next((each for each in values.documents if isinstance(each.value, dict)), None)
    layers = (ValuesLayer(own.value, (), own),) if own is not None else ()
    whole = ChartTemplate(template, LayeredValues(layers, is_open=True))
    helpers: dict[str, list[Reads]] = {}
    for reads in reads_of(whole.text.actions):
        helpers.setdefault(reads.defined, []).append(reads)
    unset = UnsetValues(whole.text, reads_of(whole.text.actions), whole.values, lambda: helpers)
    lines, settings = lines_of(encoding.decode(parts[0])), lines_of(encoding.decode(parts[2]))
    objects = [each for each in rendered.documents if isinstance(each.value, dict)][:_MOST]
    for number, part in enumerate(objects):
        one = TemplatedDocument(part, whole, Turn(number, len(objects)))
        for path in islice(_paths(part.value), _MOST):
            within(one.span(path, key=True), lines)
            setting = one.setting(path)
            if setting is not None:
                within(setting[1], settings)
        if one.alignment is not None:
            unset.fill(part.value, one.alignment)
        else:
            unset.fill_by_lines(part.value, one.line)


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    yield above
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in entries:
        if isinstance(inner, dict | list) and len(above) < 20:
            yield from _paths(inner, (*above, step))
        else:
            yield (*above, step)
