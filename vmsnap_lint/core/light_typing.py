"""What our modules use of `typing` at run time, for a tenth of its time at the start of a run.

A run imports eighty classes of named tuples and makes objects of half of them. `typing` compiles a
constructor, and the text of every annotation, for all of them; to import it takes as long again.
For type checkers these names are those of `typing`.
"""

from __future__ import annotations

import collections
from functools import cache
from operator import itemgetter
from types import CodeType, FunctionType

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Annotated, Any, Literal, NamedTuple, get_args

__all__ = ["TYPE_CHECKING", "Annotated", "Any", "Literal", "NamedTuple", "get_args"]


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
            raise TypeError(message)
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
    code = _code(len(owner._fields)).replace(co_varnames=("_of", *owner._fields))
    defaults = (*owner._field_defaults.values(),)
    made = FunctionType(code, {"_new": tuple.__new__}, "__new__", defaults)
    owner.__new__ = made
    return made(of, *values, **named)


@cache
def _code(size: int) -> CodeType:
    """The code of a constructor of so many fields, which are named later."""
    names = "".join(f"_{at}, " for at in range(size))
    made: FunctionType = eval(f"lambda _of, {names}: _new(_of, ({names}))")  # noqa: S307  # fixed
    return made.__code__


def _slow_getter(at: int, _: str) -> property:
    return property(itemgetter(at))


# What named tuples have for their fields, where the interpreter has it.
_getter = getattr(collections, "_tuplegetter", _slow_getter)


def _annotations(body: dict[str, Any]) -> dict[str, Any]:
    """The annotations in the body of a class; from Python 3.14 on a function may give them."""
    annotate = body.get("__annotate_func__") or body.get("__annotate__")
    found: dict[str, Any] = annotate(_VALUES) if annotate else body.get("__annotations__", {})
    return found


_VALUES = 1  # annotationlib.Format.VALUE


class _Maker(type):
    """Turns the body of a class into a class of tuples."""

    def __new__(cls, name: str, _: tuple[type, ...], body: dict[str, Any]) -> Any:
        fields = tuple(_annotations(body))
        defaults = {field: body[field] for field in fields if field in body}
        getters = {field: _getter(at, "") for at, field in enumerate(fields)}
        made = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
        body |= {**getters, **made, "__slots__": (), "__new__": _construct}
        return type(name, (_Row,), body)


class _Bracketed:
    """A name with arguments in brackets: a type and what annotates it, or literals."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.__args__ = arguments
        self.__metadata__ = arguments[1:]

    def __class_getitem__(cls, arguments: tuple[Any, ...]) -> _Bracketed:
        return cls(arguments)


if not TYPE_CHECKING:
    Any = object
    Annotated = Literal = _Bracketed
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})

    def get_args(of: _Bracketed) -> tuple[Any, ...]:
        """The arguments in the brackets."""
        return of.__args__
