"""Where the pages and the tables they come from are."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DOCS", "MAN_PAGE", "REFERENCE", "ROOT", "RULES", "SCHEMAS"]

DOCS = Path(__file__).resolve().parent.parent
ROOT = DOCS.parent
REFERENCE = DOCS / "reference"
RULES = DOCS / "rules"
MAN_PAGE = REFERENCE / "vmsnap-lint.1"
SCHEMAS = ROOT / "schemas" / "output"
