"""Objects are checked against the schema of their kind at a release."""

from vmsnap_lint.schema.bundled import KINDS
from vmsnap_lint.schema.validate import SchemaFault, SchemaProblem, is_valid, problems
from vmsnap_lint.schema.versions import (
    ServedVersion,
    is_deprecated,
    is_served,
    known_versions,
    versions,
)

__all__ = [
    "KINDS", "SchemaFault", "SchemaProblem", "ServedVersion", "is_deprecated", "is_served",
    "is_valid", "known_versions", "problems", "versions",
]  # fmt: skip
