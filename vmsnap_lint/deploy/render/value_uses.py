"""How many places of a chart may read a value of it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.actions import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vmsnap_lint.deploy.render.align import Path

__all__ = ["ValueUses"]

_FIELDS = re.compile(r"\.Values((?:\.\w+)*)")
_WORD = re.compile(r"""(?:\.|["`])(\w+)""")


class ValueUses:
    """The values that the templates of a chart name; `texts` gives these, None for too many."""

    def __init__(self, texts: Callable[[], Iterable[str] | None]) -> None:
        self._texts = texts

    def is_shared(self, path: Path) -> bool:
        """Whether more than one action may read a value: by its key, or with what is around it."""
        known = self._known
        if known is None:
            return True
        words, wholes = known
        around = (path[:length] for length in range(len(path)))
        return words[str(path[-1])] > 1 or not wholes.isdisjoint(around)

    @cached_property
    def _known(self) -> tuple[Counter[str], set[Path]] | None:
        """How often each key occurs in actions, and the paths that are read as a whole."""
        texts = self._texts()
        if texts is None:
            return None
        bodies = [action.body for text in texts for action in actions(text)]
        words = Counter(word for body in bodies for word in _WORD.findall(body))
        fields = (field for body in bodies for field in _FIELDS.findall(body))
        return words, {tuple(field.split(".")[1:]) for field in fields}
