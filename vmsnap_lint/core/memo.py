"""What a function gives, computed once for each key, at the cost of one entry each."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _Key = TypeVar("_Key")
    _Value = TypeVar("_Value")
else:
    _Key = _Value = object

__all__ = ["Memo"]


class Memo(dict[_Key, _Value]):
    """The results by their arguments; `functools.cache` would keep a tuple for each argument."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[_Key], _Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _Key) -> _Value:
        """The result for a key that is asked for the first time."""
        value = self[key] = self._find(key)
        return value
