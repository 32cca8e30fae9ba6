"""Gaps: what may make objects in a cluster that the input does not show."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.manifest import Place, SourceSpan

__all__ = ["Gap", "GapIndex"]


class Gap(NamedTuple):
    """Something that makes objects which the run cannot see, with its scope.

    `what` names it: `HelmRelease "web"`, `remote base "https://..."`; `reason` says why its objects
    are not seen. It makes objects in `namespace`, None for any; only of `kinds` and `names`, where
    these are known (empty for any). With `is_seen` they are in the input, in a part of it that may
    be for another cluster.
    """

    what: str
    reason: str
    at: Place | SourceSpan | None = None
    namespace: str | None = None
    kinds: frozenset[Kind] = frozenset()
    names: frozenset[str] = frozenset()
    is_seen: bool = False

    def may_make(self, kind: Kind, namespace: str | None, name: str = "") -> bool:
        """Whether it may make that object; an unknown namespace or name ("") may be any."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.names and name and name not in self.names and not holds_placeholder(name):
            return False
        if kind in CLUSTER_SCOPED or self.namespace is None or namespace is None:
            return True
        return namespace == self.namespace or holds_placeholder(namespace)

    def __str__(self) -> str:
        """`HelmRelease "web" in namespace "shop"`, for messages."""
        return f'{self.what} in namespace "{self.namespace}"' if self.namespace else self.what

    def makes(self, what: str = "it") -> str:
        """`HelmRelease "web" may make it (its chart is not in the input)`, for plans."""
        return f"{self} may make {what} ({self.reason})"

    def explain(self, what: str) -> str:
        """What is known of an object that it may make, for plans."""
        if self.is_seen:
            return f"{what} is declared by {self.what}; {self.reason}"
        return f"{what} is not in the input; {self.makes()}"

    def brief(self, explained: str) -> str:
        """The same for messages of findings, shorter: a related place says why."""
        return explained.removesuffix(f" ({self.reason})") if self.at else explained

    def places(self) -> tuple[Place | SourceSpan, ...]:
        """Its place, as a related one."""
        note = "declared here" if self.is_seen else f"may make it, {self.reason}"
        return (self.at._replace(note=note),) if self.at else ()


class GapIndex:
    """Gaps in their order, found by what they may make without a look at each."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._gaps = tuple(gaps)
        self._in: dict[str | None, list[int]] = {}
        self._found: dict[tuple[Kind, str | None, bool], _Numbers] = {}
        for number, gap in enumerate(self._gaps):
            self._in.setdefault(gap.namespace, []).append(number)

    def first(self, kind: Kind, namespace: str | None, name: str) -> Gap | None:
        """The first gap that may make the object, see `Gap.may_make`."""
        anywhere = kind in CLUSTER_SCOPED or namespace is None or holds_placeholder(namespace)
        homes = (None,) if anywhere else (None, namespace)
        any_name = not name or holds_placeholder(name)
        found = (self._numbers(kind, home, anywhere=anywhere) for home in homes)
        numbers = [n.first if any_name else n.of(name) for n in found]
        known = [number for number in numbers if number is not None]
        return self._gaps[min(known)] if known else None

    def _numbers(self, kind: Kind, home: str | None, *, anywhere: bool) -> _Numbers:
        key = (kind, home, anywhere)
        if key not in self._found:
            numbers = range(len(self._gaps)) if anywhere else self._in.get(home, ())
            fitting = [n for n in numbers if not self._gaps[n].kinds or kind in self._gaps[n].kinds]
            self._found[key] = _Numbers.of_gaps(fitting, self._gaps)
        return self._found[key]


class _Numbers(NamedTuple):
    """The numbers of the first gap, of the first that may make any name, and of each name."""

    first: int | None
    unnamed: int | None
    named: dict[str, int]

    @classmethod
    def of_gaps(cls, numbers: list[int], gaps: tuple[Gap, ...]) -> _Numbers:
        named: dict[str, int] = {}
        for number in numbers:
            for name in gaps[number].names:
                named.setdefault(name, number)
        unnamed = next((number for number in numbers if not gaps[number].names), None)
        return cls(numbers[0] if numbers else None, unnamed, named)

    def of(self, name: str) -> int | None:
        """The first gap that may make that name."""
        known = [n for n in (self.unnamed, self.named.get(name)) if n is not None]
        return min(known, default=None)
