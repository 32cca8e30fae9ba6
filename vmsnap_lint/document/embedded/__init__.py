"""Pages of documentation become the manifests in them."""

from __future__ import annotations

from vmsnap_lint.document.embedded.page import Page, PageBlock, read

__all__ = ["Page", "PageBlock", "read"]
