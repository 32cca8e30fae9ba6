"""An object and the version of its CRD become the problems of its shape."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.schema.breaches import Breach
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
            faults = explain(value, bare, schema, _breaches, most)
    return faults if version.lists is None else (*faults, *repeated(value, version.lists))


def _breaches(value: Json, schema: Schema) -> Iterator[Breach]:
    """What the validator finds that says why."""
    for error in _kept(schema).iter_errors(value):
        own: Schema = error.schema
        yield Breach(
            str(error.validator), tuple(error.absolute_path), error.instance,
            error.validator_value, own,
        )  # fmt: skip


def _kept(schema: Schema) -> Draft202012Validator:
    """The validator for a schema, made once: whatever is faulty is so in many files."""
    kept = _validators.get(id(schema))
    if kept is None:
        if len(_validators) >= _MOST_KEPT:
            _validators.clear()
        kept = _validators[id(schema)] = schema, _validator(schema)
    return kept[1]


_MOST_KEPT = 64
# With the schema itself, so that no other one gets its id.
_validators: dict[int, tuple[Schema, Draft202012Validator]] = {}


def _validator(schema: Schema) -> Draft202012Validator:
    """The validator that says why, with the patterns and formats of the API server.

    It knows only `schema`, and fetches nothing.
    """
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
