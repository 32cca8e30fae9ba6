"""What a schema rejects becomes problems that a person can act on.

The words of JSON Schema stay in here: each of them that our schemas use has a function below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.values import holds_placeholder, nearest
from vmsnap_lint.schema.hints import advice_for_key, repaired
from vmsnap_lint.schema.nulls import without_nulls
from vmsnap_lint.schema.validate import SchemaFault, SchemaProblem
from vmsnap_lint.schema.words import dotted, found, listed, quoted_value, remedy, types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import Draft202012Validator

    from vmsnap_lint.schema.bundled import Json, Schema
    from vmsnap_lint.schema.validate import Key

__all__ = ["explain", "validator"]


def explain(
    value: Schema, schema: Schema, judge: Callable[[Schema], Draft202012Validator] | None = None
) -> tuple[SchemaProblem, ...]:
    """The problems of `value`, in the order of their paths, each once.

    A placeholder that a templating tool replaces is never wrong, as a value or as a key.
    `judge` makes the validator for schemas that are not ours.
    """
    problems: dict[SchemaProblem, None] = {}
    checked = (judge or validator)(schema)
    for error in checked.iter_errors(without_nulls(value, schema)):
        fault = _Fault(
            tuple(error.absolute_path), error.instance, error.validator_value, error.schema,
            schema, value,
        )  # fmt: skip
        if not _unrendered(fault.value):
            problems.update(dict.fromkeys(_EXPLAINERS[str(error.validator)](fault)))
    return tuple(
        sorted(problems, key=lambda problem: ([str(key) for key in problem.path], problem))
    )


def validator(schema: Schema) -> Draft202012Validator:
    """The validator that says why; it knows only `schema`, and fetches nothing."""
    from jsonschema import Draft202012Validator  # 60 ms, for a faulty object only
    from referencing import Registry  # the same

    return Draft202012Validator(schema, registry=Registry())


class _Fault(NamedTuple):
    """`value` at `path` of `manifest` breaks the `limit` of `schema`, a part of `root`."""

    path: tuple[Key, ...]
    value: Json
    limit: Json
    schema: Schema
    root: Schema
    manifest: Schema


def _unknown_fields(fault: _Fault) -> Iterator[SchemaProblem]:
    known = fault.schema.get("properties", {})
    for name in sorted(fault.value.keys() - known.keys()):
        path = (*fault.path, name)
        if _unrendered(name) or _is_of_sops(path, fault.manifest):
            continue
        use, why = advice_for_key(name, fault.schema, fault.root, fault.path)
        message = f"{dotted(path)} is not a field of {fault.root['title']}{why}"
        yield SchemaProblem(
            SchemaFault.UNKNOWN_FIELD, path, True, message, listed(sorted(known), "and"), use
        )


def _not_in_release(fault: _Fault) -> Iterator[SchemaProblem]:
    name = dotted(fault.path)
    if "x-since" in fault.schema:
        since, target = fault.schema["x-since"], fault.schema["x-target"]
        message = f"{name} came with KubeVirt {since}, and the target is {target}"
        yield SchemaProblem(
            SchemaFault.TOO_NEW_FIELD, fault.path, True, message, f"KubeVirt {since}"
        )
    elif "x-removed" not in fault.schema:
        yield from _alternatives(fault)
    else:
        message = f"{name} was removed in KubeVirt {fault.schema['x-removed']}"
        yield SchemaProblem(SchemaFault.UNKNOWN_FIELD, fault.path, True, message, "no such field")


def _wrong_type(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected") or types(fault.limit)
    help_, suggestion = remedy(fault.value, fault.limit, "x-expected" in fault.schema)
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}{help_}"
    yield SchemaProblem(SchemaFault.WRONG_TYPE, fault.path, False, message, expected, suggestion)


def _missing(fault: _Fault) -> Iterator[SchemaProblem]:
    written = _at(fault.manifest, fault.path)
    for name in fault.limit:
        if name in fault.value:
            continue
        path = (*fault.path, name)
        empty = isinstance(written, dict) and name in written
        state = "has no value" if empty else "is missing"
        message = f"{dotted(path)} {state}, and {fault.root['title']} requires it"
        yield SchemaProblem(
            SchemaFault.MISSING_FIELD, path if empty else fault.path, True, message, dotted(path)
        )


def _too_few(fault: _Fault) -> Iterator[SchemaProblem]:
    size = len(fault.value)
    expected = fault.schema.get("x-expected", f"at least {fault.limit}")
    state = f"has {_size(fault.value)}" if size else "is empty"
    kind = SchemaFault.WRONG_VALUE if size else SchemaFault.MISSING_FIELD
    message = f"{dotted(fault.path)} {state}, expected {expected}"
    yield SchemaProblem(kind, fault.path, True, message, expected)


def _too_many(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected", f"at most {fault.limit}")
    message = f"{dotted(fault.path)} has {_size(fault.value)}, expected {expected}"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, True, message, expected)


def _not_listed(fault: _Fault) -> Iterator[SchemaProblem]:
    if not _is_typed(fault):
        return  # the wrong type is reported
    texts = [value for value in fault.limit if isinstance(value, str)]
    near = nearest(fault.value, texts, limit=5) if isinstance(fault.value, str) else ()
    others = [value for value in fault.limit if value not in near]
    expected = listed([_written(value) for value in (*near, *others)])
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    suggestion = near[0] if near else None
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, False, message, expected, suggestion)


def _not_of_form(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema["x-expected"]
    foreign = "x-foreign" in fault.schema  # a pattern that is not ours is no pattern for Python
    suggestion = None if foreign else repaired(fault.value, fault.limit)
    guess = f"; did you mean {quoted_value(suggestion)}?" if suggestion else ""
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}{guess}"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, False, message, expected, suggestion)


def _not_of_format(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema["x-expected"]
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, False, message, expected)


def _out_of_range(fault: _Fault) -> Iterator[SchemaProblem]:
    named = fault.schema.get("type", "number")
    noun = "a number" if "number" in named else "an integer"
    expected = f"{noun} {_range(fault.schema)}"
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, False, message, expected)


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    bounds = [f"above {above}"] * (above is not None) + [f"from {low}"] * (low is not None)
    bounds += [f"below {below}"] * (below is not None)
    bounds += [f"to {high}" if bounds else f"up to {high}"] * (high is not None)
    return " ".join(bounds) + (" up" if bounds == [f"from {low}"] else "")


def _no_multiple(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = f"a multiple of {fault.limit}"
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, False, message, expected)


def _alternatives(fault: _Fault) -> Iterator[SchemaProblem]:
    """What fits none, or too many, of several schemas; where they name fields, these are listed."""
    name = dotted(fault.path)
    parts = fault.limit if isinstance(fault.limit, list) else []
    fields = [" with ".join(part["required"]) for part in parts if part.get("required")]
    if fields and len(fields) == len(parts):
        expected = f"one of {listed(fields)}"
        message = f"{name} fits none or several of the forms allowed, expected {expected}"
    else:
        expected = "what its schema allows"
        message = f"{name} is {found(fault.value)}, and that is a form its schema does not allow"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, True, message, expected)


def _written(value: Json) -> str:
    return quoted_value(value) if isinstance(value, str) else found(value)


def _size(value: Json) -> str:
    noun = "character" if isinstance(value, str) else "entry"
    return counted(len(value), noun, "entries" if noun == "entry" else "")


def _is_typed(fault: _Fault) -> bool:
    """Whether the value has a type that its schema allows."""
    named = fault.schema.get("type", ())
    allowed = {named} if isinstance(named, str) else set(named)
    return not allowed or not allowed.isdisjoint(_JSON_TYPES[type(fault.value)])


_JSON_TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    dict: ("object",),
    float: ("integer", "number"),
    int: ("integer", "number"),
    list: ("array",),
    str: ("string",),
    type(None): ("null",),
}
_EXPLAINERS = {
    "additionalProperties": _unknown_fields,
    "anyOf": _alternatives,
    "enum": _not_listed,
    "exclusiveMaximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "format": _not_of_format,
    "maxItems": _too_many,
    "maxLength": _too_many,
    "maxProperties": _too_many,
    "maximum": _out_of_range,
    "minItems": _too_few,
    "minLength": _too_few,
    "minProperties": _too_few,
    "minimum": _out_of_range,
    "multipleOf": _no_multiple,
    "not": _not_in_release,
    "oneOf": _alternatives,
    "pattern": _not_of_form,
    "required": _missing,
    "type": _wrong_type,
}


def _unrendered(value: Json) -> bool:
    return isinstance(value, str) and holds_placeholder(value)


def _is_of_sops(path: tuple[Key, ...], manifest: Schema) -> bool:
    """Whether it is the field that SOPS adds to a file, and removes when it decrypts the file.

    https://getsops.io/docs/#message-authentication-code
    """
    return path == ("sops",) and isinstance(manifest["sops"], dict) and "mac" in manifest["sops"]


def _at(value: Json, path: tuple[Key, ...]) -> Json:
    for step in path:
        value = value[step]
    return value
