"""The objects that a policy is for become lines of JSON, of a size that a process can hold."""

from __future__ import annotations

import json

from vmsnap_lint.config.policies.typed_expression import evaluable
from vmsnap_lint.config.policies.verdict_model import CONSTANTS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.checks.by_policy.evidence import Evidence
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["MOST_OF_ASK", "Ask", "Sizes", "lines"]

MOST_OF_ASK = 2**24
"""Characters of the values of one object, those of further ones in a list included."""
_MOST_OF_LINE = 2**22
_ASKS_A_LINE = 200


class Ask(NamedTuple):
    """An object that a policy is for, and the values of its variables.

    `other` are those of the other end where something is open (see `evidence`), None if equal.
    """

    subject: Manifest
    world: World
    evidence: Evidence
    values: dict[str, Any]
    other: dict[str, Any] | None


class Sizes:
    """About how many characters of JSON values have; parts that several share are read once."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def of(self, ask: Ask) -> int:
        """The characters of the values of an object."""
        values = (*ask.values.values(), *(ask.other or {}).values())
        return sum(map(self._of, values))

    def _of(self, value: Any) -> int:
        if isinstance(value, str):
            return len(value) + 2
        if not isinstance(value, dict | list):
            return 5
        if id(value) not in self._known:  # the asks hold all values
            items = value if isinstance(value, list) else (*value, *value.values())
            self._known[id(value)] = 2 + sum(map(self._of, items))
        return self._known[id(value)]


def lines(require: str, asks: Sequence[Ask], sizes: Sizes) -> Iterator[str]:
    """The questions of a policy, in each of which a value is written once."""
    expressions = json.dumps([evaluable(require)])
    some: list[Ask] = []
    size = 0
    for ask in asks:
        more = sizes.of(ask)
        if some and (len(some) == _ASKS_A_LINE or size + more > _MOST_OF_LINE):
            yield _line(expressions, some)
            some, size = [], 0
        some.append(ask)
        size += more
    if some:
        yield _line(expressions, some)


def _line(expressions: str, asks: Sequence[Ask]) -> str:
    pool = _Pool()
    asked = [
        [0, pool.numbers(values)]
        for ask in asks
        for values in (ask.values, ask.other)
        if values is not None
    ]
    values = f'"pool": {json.dumps(pool.values)}, "asks": {json.dumps(asked)}'
    return f'{{"expressions": {expressions}, {values}}}'


class _Pool:
    """Values by number, those that are the same object once."""

    def __init__(self) -> None:
        self.values: list[Any] = list(CONSTANTS.values())
        self._constants = {name: number for number, name in enumerate(CONSTANTS)}
        self._numbers: dict[int, int] = {}

    def numbers(self, variables: dict[str, Any]) -> dict[str, int]:
        """The numbers of the values of variables."""
        return self._constants | {name: self._number(each) for name, each in variables.items()}

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:  # the asks hold all values
            self._numbers[id(value)] = len(self.values)
            self.values.append(value)
        return self._numbers[id(value)]
