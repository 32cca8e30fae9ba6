"""Functions of Go templates, of sprig and of Argo CD, as far as ApplicationSets need them.

Sources: https://pkg.go.dev/text/template#hdr-Functions, Masterminds/sprig v3.3.0, argo-cd v3.5.1,
applicationset/utils/utils.go. None takes a pattern, makes anything by chance or knows the time.
"""

from __future__ import annotations

import json
import re
from functools import reduce

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.go_syntax import TemplateError
from vmsnap_lint.deploy.go_values import as_yaml, is_true, normalized, printed
from vmsnap_lint.deploy.yaml_value import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FUNCTIONS"]

_BITS = 64
_MOST = 10_000
_VERB = re.compile(r"%(?:(%)|([-+ 0#]*)([0-9]{0,3})(?:\.([0-9]{1,2}))?([vsdqftT]))")


def _text(value: Any) -> str:
    """sprig's strval: the empty string for nil."""
    return "" if value is None else printed(value)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    if isinstance(value, str):
        return int(value) if len(value) < 20 and re.fullmatch(r"[-+]?[0-9]+", value) else 0
    number = int(value or 0)
    if number.bit_length() >= _BITS:
        raise ValueError
    return number


def _equal(first: Any, *others: Any) -> bool:
    return any(type(first) is type(other) and first == other for other in others)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(_string(key))
        elif isinstance(value, (list, str)) and isinstance(key, int) and key >= 0:
            value = value[key] if isinstance(value, list) else ord(value[key])
        else:
            raise TypeError
    return value


def _format(form: str, *values: Any) -> str:
    left = list(values)

    def verb(match: re.Match[str]) -> str:
        percent, flags, width, digits, kind = match.groups()
        if percent:
            return "%"
        value = left.pop(0)
        if kind in "dt" and not isinstance(value, bool if kind == "t" else int):
            raise TypeError
        text = f"{value:.{digits or 6}f}" if kind == "f" else printed(value)
        text = json.dumps(text) if kind == "q" else text
        fill = "0" if "0" in flags and "-" not in flags else " "
        size = int(width or 0)
        return text.ljust(size) if "-" in flags else text.rjust(size, fill)

    if "%" in _VERB.sub("", form):
        raise ValueError
    text = _VERB.sub(verb, form)
    if left:
        raise ValueError
    return text


def _indented(size: int, text: str) -> str:
    lines = text.split("\n")
    if size * len(lines) > 100 * _MOST:
        raise ValueError
    return "\n".join(" " * size + line for line in lines)


def _joined(separator: str, values: list[Any]) -> str:
    if len(separator) * len(values) > 100 * _MOST:
        raise ValueError
    return separator.join(map(_text, values))


def _exchanged(old: str, new: str, text: str) -> str:
    if len(new) * text.count(old) > 100 * _MOST:
        raise ValueError
    return text.replace(old, new)


def _times(text: str, number: int) -> str:
    if len(text) * number > 100 * _MOST:
        raise ValueError
    return text * number


def _until(start: int, end: int, step: int = 1) -> list[int]:
    found = range(start, end, step)
    if len(found) > _MOST:
        raise ValueError
    return list(found)


def _pairs(*values: Any) -> dict[str, Any]:
    keys, entries = values[::2], [*values[1::2], ""]
    return {_text(key): entry for key, entry in zip(keys, entries, strict=False)}


def _dug(*values: Any) -> Any:
    *keys, default, value = values
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value


def _merged(*values: dict[str, Any]) -> dict[str, Any]:
    """The maps, of which the first counts most."""
    result: dict[str, Any] = {}
    for value in values:
        for key, entry in value.items():
            old = result.get(key)
            if isinstance(old, dict) and isinstance(entry, dict):
                result[key] = _merged(old, entry)
            elif not is_true(old):
                result[key] = entry
    return result


def _split(separator: str, text: str) -> dict[str, str]:
    return {f"_{index}": part for index, part in enumerate(text.split(separator))}


def _truncated(size: int, text: str) -> str:
    return text[size:] if size < 0 else text[:size]


def _ternary(yes: Any, no: Any, test: Any) -> Any:
    if not isinstance(test, bool):
        raise TypeError
    return yes if test else no


def _kind(value: Any) -> str:
    names = {bool: "bool", dict: "map", float: "float64", int: "int", list: "slice", str: "string"}
    return names.get(type(value), "invalid")


def _failed(message: Any) -> Any:
    raise TemplateError(_text(message))


def _and(*values: Any) -> Any:
    return next((value for value in values if not is_true(value)), values[-1])


def _or(*values: Any) -> Any:
    return next(filter(is_true, values), values[-1])


def _compact_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


# The arguments come in Go's order: what a pipeline gives is the last one.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *numbers: _integer(sum(map(_integer, numbers))),
    "add1": lambda number: _integer(_integer(number) + 1),
    "and": _and,
    "append": lambda values, value: [*values, value],
    "atoi": lambda text: int(_string(text)) if len(text) < 20 else 0,
    "cat": lambda *values: " ".join(_text(value) for value in values if value is not None),
    "coalesce": lambda *values: next(filter(is_true, values), None),
    "compact": lambda values: list(filter(is_true, values)),
    "concat": lambda *lists: [value for values in lists for value in values],
    "contains": lambda part, text: _string(part) in _string(text),
    "default": lambda default, value=None: value if is_true(value) else default,
    "dict": _pairs,
    "dig": _dug,
    "div": lambda a, b: int(_integer(a) / _integer(b)),
    "empty": lambda value: not is_true(value),
    "eq": _equal,
    "fail": _failed,
    "first": lambda values: values[0] if values else None,
    "fromJson": value_of,
    "fromYaml": value_of,
    "fromYamlArray": value_of,
    "ge": lambda a, b: a >= b,
    "get": lambda value, key: value.get(key, ""),
    "gt": lambda a, b: a > b,
    "has": lambda value, values: value in values,
    "hasKey": lambda value, key: key in value.keys(),  # noqa: SIM118 # only maps have keys
    "hasPrefix": lambda part, text: _string(text).startswith(part),
    "hasSuffix": lambda part, text: _string(text).endswith(part),
    "indent": _indented,
    "index": _index,
    "initial": lambda values: values[:-1],
    "int": _integer,
    "int64": _integer,
    "join": lambda separator, values: _joined(_string(separator), values),
    "keys": lambda *maps: [key for value in maps for key in sorted(value)],
    "kindIs": lambda kind, value: kind == _kind(value),
    "kindOf": _kind,
    "last": lambda values: values[-1] if values else None,
    "le": lambda a, b: a <= b,
    "len": len,
    "list": lambda *values: list(values),
    "lower": lambda text: _string(text).lower(),
    "lt": lambda a, b: a < b,
    "max": lambda *numbers: max(map(_integer, numbers)),
    "merge": _merged,
    "min": lambda *numbers: min(map(_integer, numbers)),
    "mod": lambda a, b: _integer(a) % _integer(b),
    "mul": lambda *numbers: reduce(lambda a, b: _integer(a * b), map(_integer, numbers), 1),
    "ne": lambda a, b: not _equal(a, b),
    "nindent": lambda size, text: "\n" + _indented(size, text),
    "normalize": lambda name: normalized(_string(name)),
    "not": lambda value: not is_true(value),
    "nospace": lambda text: re.sub(r"\s", "", _string(text)),
    "omit": lambda value, *keys: {key: value[key] for key in value if key not in keys},
    "or": _or,
    "pick": lambda value, *keys: {key: value[key] for key in value if key in keys},
    "prepend": lambda values, value: [value, *values],
    "print": lambda *values: "".join(map(printed, values)),
    "printf": _format,
    "quote": lambda *values: " ".join(json.dumps(_text(value)) for value in values),
    "repeat": lambda number, text: _times(_string(text), _integer(number)),
    "replace": lambda old, new, text: _exchanged(_string(old), _string(new), _string(text)),
    "rest": lambda values: values[1:],
    "reverse": lambda values: values[::-1],
    "sortAlpha": lambda values: sorted(map(_text, values)),
    "split": lambda separator, text: _split(separator, _string(text)),
    "splitList": lambda separator, text: _string(text).split(separator),
    "squote": lambda *values: " ".join(f"'{_text(value)}'" for value in values),
    "sub": lambda a, b: _integer(_integer(a) - _integer(b)),
    "substr": lambda start, end, text: text[max(0, start) : None if end < 0 else end],
    "ternary": _ternary,
    "title": lambda text: re.sub(r"(?<!\w)\w", lambda first: first[0].upper(), _string(text)),
    "toJson": _compact_json,
    "toRawJson": _compact_json,
    "toString": _text,
    "toYaml": as_yaml,
    "trim": lambda text: _string(text).strip(),
    "trimAll": lambda signs, text: _string(text).strip(signs),
    "trimPrefix": lambda part, text: _string(text).removeprefix(part),
    "trimSuffix": lambda part, text: _string(text).removesuffix(part),
    "trunc": lambda size, text: _truncated(_integer(size), _string(text)),
    "uniq": lambda values: list({_compact_json(value): value for value in values}.values()),
    "until": lambda end: _until(0, _integer(end)),
    "untilStep": _until,
    "upper": lambda text: _string(text).upper(),
    "values": lambda value: [value[key] for key in sorted(value)],
    "without": lambda values, *others: [value for value in values if value not in others],
}
