"""What a schema rejects becomes problems that a person can act on.

The words of JSON Schema stay in here: each of them that our schemas use has a function below.
"""

from __future__ import annotations

from functools import partial, reduce
from itertools import islice
from operator import getitem

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.schema.breaches import breaches
from vmsnap_lint.schema.hints import advice_for_key, repaired
from vmsnap_lint.schema.validate import MOST_PROBLEMS, SchemaFault, SchemaProblem, referenced
from vmsnap_lint.schema.words import dotted, listed, quoted_value, remedy, shown, types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.schema.breaches import Breach
    from vmsnap_lint.schema.bundled import Json, Schema

    Judge = Callable[[Json, Schema], Iterator[Breach]]

__all__ = ["explain"]


def explain(
    value: Schema,
    bare: Schema,
    schema: Schema,
    judge: Judge = breaches,
    most: int = MOST_PROBLEMS,
    target: str = "",
) -> tuple[SchemaProblem, ...]:
    """The problems of `value`, in the order of their paths, each once.

    A placeholder that a templating tool replaces is never wrong, as a value or as a key. `bare` is
    the value without nulls. `judge` finds what it breaks; `target` is the release of KubeVirt as it
    was given. After `most` problems the search ends, and the last one says so.
    """
    every = _problems(judge(bare, schema), value, schema, target)
    problems = sorted(
        set(islice(every, most)), key=lambda each: ([str(key) for key in each.path], each)
    )
    if next(every, None) is not None:
        message = f"only {counted(most, 'fault')} of this object were looked for: it has more"
        problems.append(SchemaProblem(problems[-1].fault, (), True, message, "fewer faults"))
    return tuple(problems)


def _problems(
    broken: Iterator[Breach], value: Schema, schema: Schema, target: str
) -> Iterator[SchemaProblem]:
    for word, path, part, limit, own in broken:
        if not holds_placeholder(part):
            yield from _EXPLAINERS[word](_Fault(path, part, limit, own, schema, value, target))


class _Fault(NamedTuple):
    """`value` at `path` of `manifest` breaks the `limit` of `schema`, a part of `root`.

    `target` is the release of KubeVirt, as it was given.
    """

    path: Path
    value: Json
    limit: Json
    schema: Schema
    root: Schema
    manifest: Json
    target: str


def _unexpected(
    fault: _Fault,
    expected: str,
    advice: str = "",
    suggestion: str | None = None,
    kind: SchemaFault = SchemaFault.WRONG_VALUE,
    safety: Safety | None = None,
) -> Iterator[SchemaProblem]:
    message = f"{dotted(fault.path)} is {shown(fault.value)}, expected {expected}{advice}"
    yield SchemaProblem(kind, fault.path, False, message, expected, suggestion, safety)


def _unknown_fields(fault: _Fault) -> Iterator[SchemaProblem]:
    known = fault.schema.get("properties", {})
    fields = listed(sorted(known), "and")
    for name in sorted(fault.value.keys() - known.keys()):
        path = (*fault.path, name)
        if holds_placeholder(name) or _is_of_sops(path, fault.manifest):
            continue
        use, why = advice_for_key(name, fault.schema, fault.root, fault.path)
        message = f"{dotted(path)} is not a field of {fault.root['title']}{why}"
        safety = Safety.UNSAFE if use and _is_clear(name, use, fault) else None
        yield SchemaProblem(SchemaFault.UNKNOWN_FIELD, path, True, message, fields, use, safety)


def _is_clear(name: str, use: str, fault: _Fault) -> bool:
    """Whether only that field can be meant, and may have a value of this shape."""
    known = fault.schema.get("properties", {})
    if use not in known or use in fault.value:
        return False
    if name not in fault.schema.get("x-mistakes", ()):
        same = [field for field in known if field.casefold() == name.casefold()]
        if len(same) != 1 and len(nearest(name, known, limit=2)) != 1:
            return False
    value, parts = fault.value[name], fault.root.get("$defs", {})
    return all(
        "type" not in node or not _lacks_type(value, node) for node in referenced(known[use], parts)
    )


def _not_in_release(fault: _Fault) -> Iterator[SchemaProblem]:
    name = dotted(fault.path)
    if "x-since" in fault.schema:
        since = f"KubeVirt {fault.schema['x-since']}"
        message = f"{name} came with {since}, and the target is {fault.target}"
        yield SchemaProblem(
            SchemaFault.TOO_NEW_FIELD, fault.path, True, message, since, safety=Safety.DISPLAY
        )
    elif "x-removed" not in fault.schema:
        yield from _alternatives(fault)
    else:
        message = f"{name} was removed in KubeVirt {fault.schema['x-removed']}"
        yield SchemaProblem(
            SchemaFault.UNKNOWN_FIELD, fault.path, True, message, "no such field",
            safety=Safety.UNSAFE,
        )  # fmt: skip


def _wrong_type(fault: _Fault) -> Iterator[SchemaProblem]:
    expected = fault.schema.get("x-expected") or types(fault.limit)
    advice, suggestion = remedy(fault.value, fault.limit, "x-expected" in fault.schema)
    safety = Safety.SAFE if advice else None
    return _unexpected(fault, expected, advice, suggestion, SchemaFault.WRONG_TYPE, safety)


def _missing(fault: _Fault) -> Iterator[SchemaProblem]:
    written = reduce(getitem, fault.path, fault.manifest)
    for name in fault.limit:
        if name in fault.value:
            continue
        path = (*fault.path, name)
        is_null = name in written
        state = "has no value" if is_null else "is missing"
        message = f"{dotted(path)} {state}, and {fault.root['title']} requires it"
        yield SchemaProblem(
            SchemaFault.MISSING_FIELD, path if is_null else fault.path, True, message, dotted(path)
        )


def _wrong_size(fault: _Fault, bound: str) -> Iterator[SchemaProblem]:
    size = len(fault.value)
    noun = ("character",) if isinstance(fault.value, str) else ("entry", "entries")
    state = f"has {counted(size, *noun)}" if size else "is empty"
    expected = fault.schema.get("x-expected", f"{bound} {fault.limit}")
    kind = SchemaFault.WRONG_VALUE if size else SchemaFault.MISSING_FIELD
    message = f"{dotted(fault.path)} {state}, expected {expected}"
    yield SchemaProblem(kind, fault.path, True, message, expected)


_too_few = partial(_wrong_size, bound="at least")
_too_many = partial(_wrong_size, bound="at most")


def _not_listed(fault: _Fault) -> Iterator[SchemaProblem]:
    if not _is_typed(fault):
        return iter(())  # the wrong type is reported
    texts = [value for value in fault.limit if isinstance(value, str)]
    near = nearest(fault.value, texts, limit=5) if isinstance(fault.value, str) else ()
    others = [value for value in fault.limit if value not in near]
    expected = listed([shown(value) for value in (*near, *others)])
    use = next(iter(near), None)
    safety = Safety.UNSAFE if len(near) == 1 else None
    if use is not None and fault.value.casefold() == use.casefold():
        safety = Safety.SAFE
    return _unexpected(fault, expected, suggestion=use, safety=safety)


def _not_of_form(fault: _Fault) -> Iterator[SchemaProblem]:
    foreign = "x-foreign" in fault.schema  # a pattern that is not ours is not for Python
    suggestion = None if foreign else repaired(fault.value, fault.limit)
    advice = f" (did you mean {quoted_value(suggestion)}?)" if suggestion else ""
    safety = None
    if suggestion is not None:  # a bit is no byte, and who writes m for M may mean either
        is_unclear = fault.value.endswith(("b", "mB"))
        safety = Safety.UNSAFE if is_unclear else Safety.SAFE
    return _unexpected(fault, fault.schema["x-expected"], advice, suggestion, safety=safety)


def _not_of_format(fault: _Fault) -> Iterator[SchemaProblem]:
    return _unexpected(fault, fault.schema["x-expected"])


def _no_multiple(fault: _Fault) -> Iterator[SchemaProblem]:
    return _unexpected(fault, f"a multiple of {fault.limit}")


def _out_of_range(fault: _Fault) -> Iterator[SchemaProblem]:
    noun = "a number" if "number" in fault.schema.get("type", "number") else "an integer"
    return _unexpected(fault, f"{noun} {_range(fault.schema)}")


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    bounds = [f"above {above}"] * (above is not None) + [f"from {low}"] * (low is not None)
    bounds += [f"below {below}"] * (below is not None)
    bounds += [f"to {high}" if bounds else f"up to {high}"] * (high is not None)
    return " ".join(bounds) + (" up" if bounds == [f"from {low}"] else "")


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
        message = f"{name} is {shown(fault.value)}, and that is a form its schema does not allow"
    yield SchemaProblem(SchemaFault.WRONG_VALUE, fault.path, True, message, expected)


def _is_typed(fault: _Fault) -> bool:
    """Whether the value has a type that its schema allows."""
    return not _lacks_type(fault.value, fault.schema)


def _lacks_type(value: Json, schema: Schema) -> bool:
    """Whether a value has none of the types of a schema."""
    named = schema.get("type", ())
    allowed = {named} if isinstance(named, str) else set(named)
    return bool(allowed) and allowed.isdisjoint(_JSON_TYPES[type(value)])


def _is_of_sops(path: Path, manifest: Json) -> bool:
    """Whether it is the field that SOPS adds to a file, and removes when it decrypts the file.

    https://getsops.io/docs/#message-authentication-code
    """
    return path == ("sops",) and isinstance(manifest["sops"], dict) and "mac" in manifest["sops"]


_JSON_TYPES: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((float, int), ("integer", "number")),
    bool: ("boolean",),
    dict: ("object",),
    list: ("array",),
    str: ("string",),
    type(None): ("null",),
}
_EXPLAINERS: dict[str, Callable[[_Fault], Iterator[SchemaProblem]]] = {
    **dict.fromkeys(("anyOf", "oneOf"), _alternatives),
    **dict.fromkeys(("maxItems", "maxLength", "maxProperties"), _too_many),
    **dict.fromkeys(("minItems", "minLength", "minProperties"), _too_few),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"), _out_of_range),
    "additionalProperties": _unknown_fields,
    "enum": _not_listed,
    "format": _not_of_format,
    "multipleOf": _no_multiple,
    "not": _not_in_release,
    "pattern": _not_of_form,
    "required": _missing,
    "type": _wrong_type,
}
