"""Our named tuples are those of `typing`."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any
from typing import NamedTuple as Typed

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core import light_typing
from vmsnap_lint.core.light_typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Ours(NamedTuple):
    """A text."""

    name: str
    size: int = 3
    """Its size."""
    of: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        """A property."""
        return 2 * self.size

    def __str__(self) -> str:
        """As text."""
        return f"{super().__repr__()}!"


class Theirs(Typed):
    """A text."""

    name: str
    size: int = 3
    of: tuple[str, ...] = ()


class OfOurs(Ours):
    """A kind of it."""

    __slots__ = ()


USES: dict[str, Callable[[Any], Any]] = {
    "defaults": lambda of: of("a"),
    "by name": lambda of: of(of=("x",), name="a"),
    "by place": lambda of: of("a", 4, ("b",)),
    "equal": lambda of: of("a") == ("a", 3, ()),
    "fields": lambda of: (of._fields, of._field_defaults, of.__match_args__),
    "hash": lambda of: hash(of("a")) == hash(("a", 3, ())),
    "made": lambda of: of._make(["a", 1, ()]),
    "made of too few": lambda of: of._make(["a"]),
    "no field": lambda of: of("a", form=1),
    "no value": lambda of: of(),
    "too many": lambda of: of(1, 2, 3, 4),
    "replaced": lambda of: of("a")._replace(size=9),
    "as dict": lambda of: of("a")._asdict(),
    "shallow copy": lambda of: copy.copy(of("a")),
    "unpacked": lambda of: [*of("a")],
    "a dict of its own": lambda of: vars(of("a")),
    "a new value": lambda of: setattr(of("a"), "size", 4),
    "doc": lambda of: of.__doc__,
}


@pytest.mark.parametrize("use", USES)
def test_they_can_do_the_same(use: str) -> None:
    assert _outcome(USES[use], Ours) == _outcome(USES[use], Theirs)


def test_a_field_that_is_none_is_not_replaced() -> None:
    """As since Python 3.13; before, `typing` raises ValueError."""
    with pytest.raises(TypeError, match="form"):
        Ours("a")._replace(form=9)  # type: ignore[call-arg]


def test_annotations_may_come_from_a_function() -> None:
    """As in Python 3.14, where a module does not import them from __future__."""
    asked = []

    def annotate(form: int) -> dict[str, object]:
        asked.append(form)
        return {"name": str, "size": int}

    body = {"__annotate_func__": annotate, "size": 3, "__module__": __name__}
    made: Any = light_typing._Maker("Made", (), body)
    assert (made._fields, made("a"), made("a").size) == (("name", "size"), ("a", 3), 3)
    assert asked == [1]


def test_fields_are_read_where_the_interpreter_has_no_getter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(light_typing, "_getter", light_typing._slow_getter)

    class Slow(NamedTuple):
        name: str
        size: int = 3

    assert (Slow("a").name, Slow("a")._replace(size=4).size) == ("a", 4)
    with pytest.raises(AttributeError):
        Slow("a").size = 5  # type: ignore[misc]


def _outcome(use: Callable[[Any], Any], of: type) -> object:
    try:
        return use(of)
    except (AttributeError, TypeError, ValueError) as error:
        return type(error)


def test_they_look_the_same() -> None:
    assert repr(Ours("a")).replace("Ours", "Theirs") == repr(Theirs("a"))


def test_methods_and_subclasses_are_those_of_classes() -> None:
    assert (Ours("a").twice, str(Ours("a", 1))) == (6, "Ours(name='a', size=1, of=())!")
    assert type(OfOurs("b", 2)) is OfOurs
    assert (OfOurs("b", 2).size, OfOurs("b")._replace(size=5)) == (2, ("b", 5, ()))


def test_the_first_object_may_be_of_a_subclass() -> None:
    class First(NamedTuple):
        at: int = 1

    class Second(First):
        pass

    assert [Second(), Second(2), First()] == [(1,), (2,), (1,)]
    assert type(First()) is First


@given(st.text(), st.integers(), st.lists(st.text()).map(tuple), st.sampled_from([Ours, OfOurs]))
def test_they_can_be_pickled(name: str, size: int, of: tuple[str, ...], form: type) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        read = pickle.loads(pickle.dumps(form(name, size, of), protocol))  # of our own
        assert (read, type(read)) == ((name, size, of), form)
