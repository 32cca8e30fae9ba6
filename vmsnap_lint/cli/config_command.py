"""The verb `config`: the settings in force, with their origins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint.cli import console
from vmsnap_lint.config.settings import OPTIONS
from vmsnap_lint.report.terminal import paint, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.cli.layers import Layers

__all__ = ["run"]

_DEFAULT = "default"


def run(command: Command) -> int:
    """Shows what a lint here would use."""
    settings = command.settings
    if settings.text_format == "json":
        console.write(_as_json(command.layers))
    else:
        console.write(_as_text(command.layers, console.colored(settings.color)))
    return 0


def _as_text(layers: Layers, color: bool) -> Iterator[str]:
    yield f"configuration file: {visible(layers.file) or 'none'}"
    yield ""
    rows = [(key, visible(origin), json.dumps(value)) for key, value, origin in _rows(layers)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for key, origin, value in rows:
        style = "dim" if origin == _DEFAULT else "place"
        yield f"{key:<{widths[0]}}  {paint(f'{origin:<{widths[1]}}', style, color)}  {value}"


def _as_json(layers: Layers) -> Iterator[str]:
    rows = [{"key": key, "value": value, "origin": at} for key, value, at in _rows(layers)]
    yield from json.dumps({"file": layers.file or None, "settings": rows}, indent=2).splitlines()


def _rows(layers: Layers) -> Iterator[tuple[str, Any, str]]:
    """Each option with its value as a file would hold it, and who says so."""
    for option in OPTIONS:
        given = layers.given.get(option.key)
        if given is None:
            yield option.key, option.default, _DEFAULT
        else:
            yield option.key, given.written, given.origin
