"""What the schema refuses becomes problems that a person can act on. Floor 3.

The words of JSON Schema stay in here: each of them that our schemas use has a function below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.schema.hints import advice_for_key, repaired
from vmsnap_lint.schema.nulls import without_nulls
from vmsnap_lint.schema.problem import SchemaProblem
from vmsnap_lint.schema.words import dotted, found, listed, quoted, remedy, types
from vmsnap_lint.values import holds_placeholder, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import Draft202012Validator

    from vmsnap_lint.schema.problem import Key
    from vmsnap_lint.schema.source import Json, Schema

__all__ = ["explain", "validator"]


def explain(value: Schema, schema: Schema) -> tuple[SchemaProblem, ...]:
    """The problems of `value`, in the order of their paths, each told once.

    A text that a templating tool has yet to replace is never wrong, as a value or as a key.
    """
    told: dict[SchemaProblem, None] = {}
    for error in validator(schema).iter_errors(without_nulls(value, schema)):
        fault = _Fault(
            tuple(error.absolute_path), error.instance, error.validator_value, error.schema,
            schema, value,
        )  # fmt: skip
        if not _unrendered(fault.value):
            told.update(dict.fromkeys(_TELL[str(error.validator)](fault)))
    return tuple(sorted(told, key=lambda problem: ([str(key) for key in problem.path], problem)))


def validator(schema: Schema) -> Draft202012Validator:
    """The validator that says why; it knows no resource but `schema`, and fetches none."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 # 60 ms, for a faulty object only
    from referencing import Registry  # noqa: PLC0415 # the same

    return Draft202012Validator(schema, registry=Registry())


class _Fault(NamedTuple):
    """One refusal: `value` at `path` breaks the `limit` of `schema`, a part of `root`."""

    path: tuple[Key, ...]
    value: Json
    limit: Json
    schema: Schema
    root: Schema
    whole: Schema


def _unknown_fields(fault: _Fault) -> Iterator[SchemaProblem]:
    known = fault.schema.get("properties", {})
    for name in sorted(fault.value.keys() - known.keys()):
        if _unrendered(name):
            continue
        path = (*fault.path, name)
        use, why = advice_for_key(name, fault.schema, fault.root, fault.path)
        message = f"{dotted(path)} is not a field of {fault.root['title']}{why}"
        yield SchemaProblem("field-unknown", path, True, message, listed(sorted(known), "and"), use)


def _not_in_release(fault: _Fault) -> Iterator[SchemaProblem]:
    name = dotted(fault.path)
    if "x-since" in fault.schema:
        since, target = fault.schema["x-since"], fault.schema["x-target"]
        message = f"{name} came with KubeVirt {since}, and the target is {target}"
        yield SchemaProblem("field-too-new", fault.path, True, message, f"KubeVirt {since}")
    else:
        message = f"{name} is no field any more: KubeVirt {fault.schema['x-removed']} dropped it"
        yield SchemaProblem("field-unknown", fault.path, True, message, "no such field")


def _wrong_type(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected") or types(fault.limit)
    help_, suggestion = remedy(fault.value, fault.limit, "x-expected" in fault.schema)
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}{help_}"
    yield SchemaProblem("field-type-wrong", fault.path, False, message, expected, suggestion)


def _missing(fault: _Fault) -> Iterator[SchemaProblem]:
    written = _at(fault.whole, fault.path)
    for name in fault.limit:
        if name in fault.value:
            continue
        path = (*fault.path, name)
        empty = isinstance(written, dict) and name in written
        state = "has no value" if empty else "is missing"
        message = f"{dotted(path)} {state}, and {fault.root['title']} requires it"
        yield SchemaProblem(
            "required-missing", path if empty else fault.path, True, message, dotted(path)
        )


def _too_few(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected", f"at least {fault.limit}")
    message = f"{dotted(fault.path)} is empty, expected {expected}"
    yield SchemaProblem("required-missing", fault.path, True, message, expected)


def _too_many(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected", f"at most {fault.limit}")
    message = f"{dotted(fault.path)} has {len(fault.value)} entries, expected {expected}"
    yield SchemaProblem("value-not-allowed", fault.path, True, message, expected)


def _not_listed(fault: _Fault) -> Iterator[SchemaProblem]:
    if not isinstance(fault.value, str):
        return  # the type is told
    near = nearest(fault.value, fault.limit, limit=5)
    others = [value for value in fault.limit if value not in near]
    expected = listed([quoted(value) for value in (*near, *others)])
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    suggestion = near[0] if near else None
    yield SchemaProblem("value-not-allowed", fault.path, False, message, expected, suggestion)


def _not_of_form(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema["x-expected"]
    suggestion = repaired(fault.value, fault.limit)
    guess = f"; did you mean {quoted(suggestion)}" if suggestion else ""
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}{guess}"
    yield SchemaProblem("value-not-allowed", fault.path, False, message, expected, suggestion)


def _out_of_range(fault: _Fault) -> Iterator[SchemaProblem]:
    low, high = fault.schema.get("minimum"), fault.schema.get("maximum")
    expected = f"a whole number from {low}" + (f" to {high}" if high is not None else " up")
    message = f"{dotted(fault.path)} is {found(fault.value)}, expected {expected}"
    yield SchemaProblem("value-not-allowed", fault.path, False, message, expected)


_TELL = {
    "additionalProperties": _unknown_fields,
    "enum": _not_listed,
    "maxItems": _too_many,
    "maxProperties": _too_many,
    "maximum": _out_of_range,
    "minItems": _too_few,
    "minLength": _too_few,
    "minProperties": _too_few,
    "minimum": _out_of_range,
    "not": _not_in_release,
    "pattern": _not_of_form,
    "required": _missing,
    "type": _wrong_type,
}


def _unrendered(value: Json) -> bool:
    return isinstance(value, str) and holds_placeholder(value)


def _at(value: Json, path: tuple[Key, ...]) -> Json:
    for step in path:
        value = value[step]
    return value
