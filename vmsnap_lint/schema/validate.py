"""An object becomes the problems of its shape; a valid one costs one compiled check."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.nulls import without_nulls

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.schema.bundled import Json, Schema


__all__ = ["Key", "SchemaFault", "SchemaProblem", "compiled", "is_valid", "problems"]

Key = str | int


class SchemaFault(IntEnum):
    """The ways in which an object breaks its schema, in the order of reporting them at one path."""

    TOO_NEW_FIELD = 1
    """The target release does not have the field yet."""
    WRONG_TYPE = 2
    """The value has another type than its field."""
    UNKNOWN_FIELD = 3
    """No release has the field."""
    MISSING_FIELD = 4
    """A field that is required is missing."""
    WRONG_VALUE = 5
    """The value has the right type and is not allowed."""


class SchemaProblem(NamedTuple):
    """A fault in the shape of an object.

    `path` always exists in the object; `key` asks to point at the key rather than at its value.
    `suggestion` is the text to write instead, where one can be guessed.
    """

    fault: SchemaFault
    path: tuple[Key, ...]
    key: bool
    message: str
    expected: str
    suggestion: str | None = None


def is_valid(
    value: Schema, kind: Kind, release: Release | None = None, status: bool = False
) -> bool:
    """Whether `value` fits the schema of `kind`; without a schema everything does."""
    fits = _compiled(kind, release, status)
    if fits is None or fits(value):
        return True
    return fits(without_nulls(value, _schema(kind, release, status)))


def problems(
    value: Schema, kind: Kind, release: Release | None = None, status: bool = False
) -> tuple[SchemaProblem, ...]:
    """Everything in `value` that the schema of `kind` at `release` (None: the newest) rejects."""
    if is_valid(value, kind, release, status):
        return ()
    from vmsnap_lint.schema.explain import explain  # loads jsonschema: 60 ms

    return explain(value, _schema(kind, release, status))


def compiled(schema: Schema, **options: Any) -> Callable[[Json], bool]:
    """A fast yes or no for `schema`, which must hold no reference to anything outside itself.

    The options are those of the engine.
    """
    from jsonschema_rs import Draft202012Validator  # a third of our start-up time

    check = Draft202012Validator(schema, retriever=_no_retrieval, **options).is_valid

    def fits(value: Json) -> bool:
        try:
            return bool(check(value))
        except ValueError:  # not JSON: no key or value that a decoded manifest can have
            return False

    return fits


@cache
def _compiled(kind: Kind, release: Release | None, status: bool) -> Callable[[Json], bool] | None:
    schema = schema_for(kind, release, status)
    return None if schema is None else compiled(schema)


def _schema(kind: Kind, release: Release | None, status: bool) -> Schema:
    return schema_for(kind, release, status) or {}


def _no_retrieval(uri: str) -> None:
    message = f"{uri} lies outside the schema"
    raise ValueError(message)
