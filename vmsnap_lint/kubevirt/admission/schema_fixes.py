"""What a schema rejects becomes what would mend it, as far as that is clear."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects import mending
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy, Scalar
    from vmsnap_lint.schema import SchemaProblem

__all__ = ["fixes"]

_BOOLEANS = {"true": True, "false": False}


def fixes(at: Place, problem: SchemaProblem) -> tuple[Remedy, ...]:
    """The remedies for what is written at a place and breaks the schema there."""
    suggestion, safety = problem.suggestion, problem.safety
    if safety is None:
        return ()
    if problem.key and suggestion is None:
        return mending.without(at, safety=safety)
    if problem.key and suggestion is not None:
        return mending.renamed(at, suggestion, safety)
    if suggestion is None:
        return mending.quoted(at, safety)
    return mending.with_value(at, _typed(problem, suggestion), safety)


def _typed(problem: SchemaProblem, text: str) -> Scalar:
    """The suggestion as the type that the field has."""
    if problem.fault is not SchemaFault.WRONG_TYPE:
        return text
    return _BOOLEANS[text] if text in _BOOLEANS else int(text)
