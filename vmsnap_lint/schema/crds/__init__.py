"""CRDs that were given become validators of the kinds they define."""

from vmsnap_lint.schema.crds.registry import NONE, Crds, from_files

__all__ = ["NONE", "Crds", "from_files"]
