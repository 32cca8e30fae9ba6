"""Whether labels match a label selector of Kubernetes.

apimachinery v0.34, pkg/apis/meta/v1/helpers.go (`LabelSelectorAsSelector`).
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["selects"]


def selects(selector: object, labels: Mapping[str, object], *, whole: bool = True) -> bool | None:
    """Whether the selector matches; None where a placeholder leaves it open.

    Without `whole` there may be other labels than these. A selector that is none (a wrong operator
    or type) matches nothing.
    """
    if not isinstance(selector, dict):
        return None if holds_placeholder(selector) else False
    known = _Labels(labels, whole=whole and not any(map(holds_placeholder, labels)))
    answers = [*_of_labels(selector.get("matchLabels"), known)]
    answers += _of_expressions(selector.get("matchExpressions"), known)
    if False in answers:
        return False
    return None if None in answers else True


class _Labels(NamedTuple):
    labels: Mapping[str, object]
    whole: bool

    def has(self, key: object) -> bool | None:
        """Whether there is the label, None where that is unknown."""
        if holds_placeholder(key):
            return None
        return True if key in self.labels else (False if self.whole else None)

    def is_one_of(self, key: object, values: list[object]) -> bool | None:
        """Whether the label has one of the values."""
        if not self.has(key):
            return self.has(key)
        value = self.labels[str(key)]
        if value in values and not holds_placeholder(value):
            return True
        return None if any(map(holds_placeholder, (value, *values))) else False


def _of_labels(wanted: object, known: _Labels) -> Iterator[bool | None]:
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            yield known.is_one_of(key, [value])
    elif wanted is not None:
        yield None if holds_placeholder(wanted) else False


def _of_expressions(wanted: object, known: _Labels) -> Iterator[bool | None]:
    for entry in wanted if isinstance(wanted, list) else ():
        expression = entry if isinstance(entry, dict) else {"operator": entry}
        key, operator, values = (expression.get(name) for name in ("key", "operator", "values"))
        listed = values if isinstance(values, list) else []
        if not isinstance(key, str) or not isinstance(operator, str) or operator not in _OPERATORS:
            yield None if holds_placeholder(operator) or holds_placeholder(key) else False
            continue
        takes_values, is_wanted = _OPERATORS[operator]
        found = known.is_one_of(key, listed) if takes_values else known.has(key)
        yield found if found is None else found is is_wanted


_OPERATORS = {
    "In": (True, True), "NotIn": (True, False),
    "Exists": (False, True), "DoesNotExist": (False, False),
}  # fmt: skip
