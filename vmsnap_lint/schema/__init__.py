"""Objects are checked against the schema of their kind at a release."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.schema.bundled import (
    KINDS,
    drops_status,
    is_deprecated,
    is_served,
    schema_for,
    versions,
)
from vmsnap_lint.schema.validate import MOST_PROBLEMS, SchemaFault, SchemaProblem, is_valid, unfit

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.schema.bundled import Schema

__all__ = [
    "KINDS", "MOST_PROBLEMS", "SchemaFault", "SchemaProblem", "drops_status", "explained",
    "is_deprecated", "is_served", "is_valid", "problems", "unfit", "versions",
]  # fmt: skip


def problems(
    value: Schema,
    kind: Kind,
    release: Release | None = None,
    status: bool = False,
    most: int = MOST_PROBLEMS,
) -> tuple[SchemaProblem, ...]:
    """What the schema of `kind` at `release` (None: the newest) rejects, at most so many."""
    bare = unfit(value, kind, release, status)
    return () if bare is None else explained(value, bare, kind, release, status, most)


def explained(
    value: Schema,
    bare: Schema,
    kind: Kind,
    release: Release | None = None,
    status: bool = False,
    most: int = MOST_PROBLEMS,
) -> tuple[SchemaProblem, ...]:
    """The same for a value that is `unfit`, and that value without nulls."""
    from vmsnap_lint.schema.explain import explain  # most objects fit

    schema = schema_for(kind, release, status) or {}
    return explain(value, bare, schema, most=most, target=str(release))
