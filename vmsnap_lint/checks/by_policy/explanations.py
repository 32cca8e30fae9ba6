"""What an expression read of an object becomes the help of a finding."""

from __future__ import annotations

from vmsnap_lint.config.policies.expression_tokens import names_in, paths_in
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import MOST_PLACES, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["explained"]


def explained(expression: str, values: Mapping[str, Any]) -> str:
    """Why the plan is not complete, if the expression reads it, and the values that it names."""
    told = (_plan_told(expression, values.get("plan", {})), *_values_told(expression, values))
    return "; ".join(filter(None, told))


def _plan_told(expression: str, plan: Mapping[str, Any]) -> str:
    """What the plan says, or ""."""
    is_known = plan.get("known", True)
    if plan.get("complete", is_known) or not (is_known or "known" in names_in(expression)):
        return ""
    reasons = plan["reasons"][:MOST_PLACES]
    verdict = plan["verdict"] if is_known else "unknown"
    return f"the plan is {verdict}: {'; '.join(reasons)}" if reasons else ""


def _values_told(expression: str, values: Mapping[str, Any]) -> Iterator[str]:
    """`vm.runStrategy is "Always"` for the first of them; those of the plan are told by it."""
    read = [path for path in paths_in(expression) if path[0] in values and path[0] != "plan"]
    known = ((path, _value(values, path)) for path in read)
    told = [(path, value) for path, value in known if isinstance(value, bool | int | str)]
    for path, value in told[:MOST_PLACES]:
        shown = quoted([value]) if isinstance(value, str) else str(value).lower()
        yield f"{'.'.join(path)} is {'not set' if value == '' else shown}"


def _value(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path, None where that is not known."""
    value: Any = values
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
