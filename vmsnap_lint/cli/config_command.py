"""The command `config`: writes the settings with their origins."""

from __future__ import annotations

import json

from vmsnap_lint.cli import console
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import OPTIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.terminal import paint, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.cli.layers import Layers

    Row = dict[str, Any]

__all__ = ["run"]

_DEFAULT = "default"
_OBJECTS = (Type.CLUSTERS, Type.SEVERITIES)


def run(command: Command) -> int:
    """Writes the settings of a lint in the working directory."""
    file, rows = command.layers.file, list(_rows(command.layers))
    as_json = json_lines({"file": file or None, "settings": rows})
    as_text = _as_text(file, rows, console.colored(command.settings.color))
    console.write(as_json if command.settings.text_format == "json" else as_text)
    return 0


def _as_text(file: str, settings: list[Row], color: bool) -> Iterator[str]:
    yield f"configuration file: {visible(file) or 'none'}"
    yield ""
    rows = [
        (row["key"], visible(row["origin"]), visible(json.dumps(row["value"]))) for row in settings
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for key, origin, value in rows:
        style = "dim" if origin == _DEFAULT else "place"
        yield f"{key:<{widths[0]}}  {paint(f'{origin:<{widths[1]}}', style, color)}  {value}"


def _rows(layers: Layers) -> Iterator[Row]:
    """Each option with its value as in a file, and its origin."""
    for option in OPTIONS:
        given = layers.given.get(option.key)
        default = {} if option.type in _OBJECTS else option.default
        value, origin = (given.written, given.origin) if given else (default, _DEFAULT)
        yield {"key": option.key, "value": value, "origin": origin}
