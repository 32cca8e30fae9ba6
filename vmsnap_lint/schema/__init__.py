"""Objects are checked against the schema of their kind at a release."""

from vmsnap_lint.schema.bundled import KINDS, is_deprecated, is_served, versions
from vmsnap_lint.schema.explain import SchemaFault, SchemaProblem, problems
from vmsnap_lint.schema.validate import is_valid

__all__ = [
    "KINDS", "SchemaFault", "SchemaProblem", "is_deprecated", "is_served", "is_valid",
    "problems", "versions",
]  # fmt: skip
