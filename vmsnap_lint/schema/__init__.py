"""Objects are held against the schema of their kind at a release. Floor 3."""

from vmsnap_lint.schema.problem import SchemaProblem
from vmsnap_lint.schema.source import KINDS
from vmsnap_lint.schema.validate import is_valid, problems
from vmsnap_lint.schema.versions import Version, is_deprecated, is_served, known_versions, versions

__all__ = [
    "KINDS", "SchemaProblem", "Version", "is_deprecated", "is_served", "is_valid",
    "known_versions", "problems", "versions",
]  # fmt: skip
