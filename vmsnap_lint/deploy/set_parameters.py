"""Sets of parameters of an ApplicationSet: flat, put together, selected by labels."""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.go_values import is_true, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GeneratorError", "combined", "fits", "flat", "merged"]


class GeneratorError(ValueError):
    """The input's fault: the parameters of a generator are not known, for a reason."""


def combined(first: dict[str, Any], second: dict[str, Any], *, is_go: bool) -> dict[str, Any]:
    """Two sets of a matrix as one. Raises GeneratorError where texts contradict each other.

    Source: argo-cd v3.5.1, applicationset/generators/matrix.go and utils/map.go.
    """
    if is_go:
        return merged(second, first, is_go=True)
    twice = next((key for key in first.keys() & second.keys() if first[key] != second[key]), None)
    if twice is not None:
        message = f'both generators of a matrix give "{cut(twice)}", with other values'
        raise GeneratorError(message)
    return {**first, **second}


def merged(base: dict[str, Any], over: dict[str, Any], *, is_go: bool) -> dict[str, Any]:
    """The set with what another one has; with Go templates maps are merged, empty values are not.

    Source: argo-cd v3.5.1, applicationset/generators/merge.go, and dario.cat/mergo.
    """
    if not is_go:
        return {**base, **over}
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value, is_go=True)
        elif is_true(value) or key not in result:
            result[key] = value
    return result


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value in an object by its path, as `a.b` and `a.0`."""
    if isinstance(value, dict):
        entries = [(str(key), entry) for key, entry in value.items()]
    elif isinstance(value, list):
        entries = [(str(index), entry) for index, entry in enumerate(value)]
    else:
        yield name, "<nil>" if value is None else printed(value)
        return
    for key, entry in entries:
        yield from flat(entry, f"{name}.{key}" if name else key)


def fits(selector: dict[str, Any], parameters: dict[str, Any]) -> bool:
    """Whether a label selector fits the parameters.

    Source: argo-cd v3.5.1, applicationset/generators/generator_spec_processor.go.
    """
    known = dict(flat(parameters))
    labels = selector.get("matchLabels")
    for key, value in labels.items() if isinstance(labels, dict) else ():
        if known.get(key) != value:
            return False
    expressions = selector.get("matchExpressions")
    entries = expressions if isinstance(expressions, list) else []
    return all(_holds(entry, known) for entry in entries if isinstance(entry, dict))


def _holds(expression: dict[str, Any], known: dict[str, str]) -> bool:
    """Whether one expression holds. Raises GeneratorError where it is none."""
    key, operator, values = (expression.get(name) for name in ("key", "operator", "values"))
    listed = values if isinstance(values, list) else []
    value = known.get(key) if isinstance(key, str) else None
    if operator in ("In", "NotIn"):
        return (value in listed) is (operator == "In")
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) is (operator == "Exists")
    message = f'a selector has the operator "{cut(str(operator))}", which is not known'
    raise GeneratorError(message)
