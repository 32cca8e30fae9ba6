"""Pages of documentation become the manifests that stand in them. Floor 6."""

from __future__ import annotations

from vmsnap_lint.embedded.page import Excerpt, Page, read

__all__ = ["Excerpt", "Page", "read"]
