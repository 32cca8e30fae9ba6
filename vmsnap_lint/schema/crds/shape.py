"""An object and the version of its CRD become the problems of its shape."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.schema.crds.formats import FORMATS
from vmsnap_lint.schema.crds.lists import repeated
from vmsnap_lint.schema.crds.patterns import matcher
from vmsnap_lint.schema.explain import explain
from vmsnap_lint.schema.validate import MOST_PROBLEMS, without_nulls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema import Draft202012Validator, ValidationError

    from vmsnap_lint.schema.bundled import Json, Schema
    from vmsnap_lint.schema.crds.definition import CrdVersion
    from vmsnap_lint.schema.validate import SchemaProblem

__all__ = ["problems"]


def problems(
    value: Schema, version: CrdVersion, most: int = MOST_PROBLEMS
) -> tuple[SchemaProblem, ...]:
    """What the schema of `version` rejects in `value`, of its values and fields at most so much."""
    schema = version.translated.schema
    faults: tuple[SchemaProblem, ...] = ()
    if not version.fits(value):
        bare = without_nulls(value, schema)
        if not version.fits(bare):
            faults = explain(value, bare, schema, _validator, most)
    return faults if version.lists is None else (*faults, *repeated(value, version.lists))


def _validator(schema: Schema) -> Draft202012Validator:
    """The validator that says why, with the patterns and formats of the API server."""
    from jsonschema import Draft202012Validator, FormatChecker  # 60 ms
    from jsonschema.validators import extend
    from referencing import Registry

    checker = FormatChecker(formats=())
    for name, has_format in FORMATS.items():
        checker.checkers[name] = (_on_texts(has_format), ())
    validator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call] # of the library
        Draft202012Validator, {"pattern": _pattern}
    )
    return validator(schema, registry=Registry(), format_checker=checker)


def _on_texts(has_format: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or has_format(value)


def _pattern(
    _unused: object, pattern: str, value: Json, _schema: Schema
) -> Iterator[ValidationError]:
    from jsonschema import ValidationError  # as above

    if isinstance(value, str) and not matcher(pattern)(value):
        yield ValidationError("another form")
