"""A text becomes libyaml's events, by whichever of its two Python bindings is installed.

ruamel.yaml.clib holds libyaml 0.1, which Kubernetes' parser was translated from. Its module is
private and has no wheels for some platforms, so PyYAML's binding of libyaml 0.2 replaces it.
"""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Binding", "installed", "pyyaml", "ruamel"]


class Binding(NamedTuple):
    """The events of a text, and the class of exceptions that a text raises.

    An exception that knows its place has `problem`, `context` and their marks. `classes` are those
    of the events of a scalar, of starts and ends of mappings and sequences, and of an alias.
    """

    events: Callable[[str], Iterator[Any]]
    error: type[Exception]
    classes: tuple[type[Any], ...]


@cache
def installed() -> Binding:
    """The binding to use. Raises UsageError where there is none."""
    for binding in (ruamel, pyyaml):
        try:
            return binding()
        except ImportError:
            continue
    raise UsageError("no parser for YAML: install ruamel.yaml.clib, or PyYAML with libyaml")


def ruamel() -> Binding:
    """The binding of ruamel.yaml.clib. Raises ImportError where it is not installed."""
    from _ruamel_yaml import CParser
    from ruamel.yaml import events
    from ruamel.yaml.error import YAMLError

    return Binding(lambda text: iter(CParser(text).get_event, None), YAMLError, _classes(events))


def pyyaml() -> Binding:
    """The binding of PyYAML. Raises ImportError where it is not installed, or without libyaml."""
    from yaml import CBaseLoader, YAMLError, events, parse

    return Binding(lambda text: parse(text, CBaseLoader), YAMLError, _classes(events))


def _classes(events: Any) -> tuple[type[Any], ...]:
    return (
        events.ScalarEvent, events.MappingStartEvent, events.SequenceStartEvent,
        events.MappingEndEvent, events.SequenceEndEvent, events.AliasEvent,
    )  # fmt: skip
