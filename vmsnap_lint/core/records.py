"""NamedTuple as in `typing`, for a tenth of its time at the start of a run.

A run imports eighty of these classes and makes objects of half of them. `typing` compiles a
constructor, and the text of every annotation, for all of them.
"""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]  # of the same use in namedtuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NamedTuple

__all__ = ["NamedTuple"]


class _Row(tuple["Any", ...]):
    """What all named tuples have."""

    __slots__ = ()
    _fields: tuple[str, ...]
    _field_defaults: dict[str, Any]

    @classmethod
    def _make(cls, values: Iterable[Any]) -> _Row:
        row = tuple.__new__(cls, values)
        if len(row) != len(cls._fields):
            message = f"expected {len(cls._fields)} arguments, got {len(row)}"
            raise TypeError(message)
        return row

    def _replace(self, **changes: Any) -> _Row:
        row = self._make(map(changes.pop, self._fields, self))
        if changes:
            message = f"got unexpected field names: {[*changes]}"
            raise ValueError(message)
        return row

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({values})"

    def __getnewargs__(self) -> tuple[Any, ...]:  # for pickle
        return tuple(self)


def _construct(of: type[_Row], *values: Any, **named: Any) -> Any:
    """The first object of a class; its constructor, for the others, is compiled only now."""
    owner: Any = next(each for each in of.__mro__ if "_fields" in vars(each))
    names = "".join(f"{name}, " for name in owner._fields)
    text = f"lambda _of, {names}: _new(_of, ({names}))"
    made = eval(text, {"_new": tuple.__new__})  # noqa: S307  # the names of a class of ours
    made.__defaults__ = (*owner._field_defaults.values(),)
    owner.__new__ = made
    return made(of, *values, **named)


class _Maker(type):
    """Turns the body of a class into a class of tuples."""

    def __new__(cls, name: str, _: tuple[type, ...], body: dict[str, Any]) -> Any:
        fields = tuple(body.get("__annotations__", ()))
        defaults = {field: body[field] for field in fields if field in body}
        getters = {field: _tuplegetter(at, "") for at, field in enumerate(fields)}
        made = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
        body |= {**getters, **made, "__slots__": (), "__new__": _construct}
        return type(name, (_Row,), body)


if not TYPE_CHECKING:
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
