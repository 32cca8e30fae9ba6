"""CRDs that were given become validators of the kinds they define. Floor 3.1."""

from vmsnap_lint.crds.given import NONE, Crds, from_files, with_input

__all__ = ["NONE", "Crds", "from_files", "with_input"]
