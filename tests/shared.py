"""Where the conformance data lies when it is there: `../shared` beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

__all__ = ["ROOT", "SHARED", "needs_shared"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "probes").is_dir(), reason="the conformance data is not beside this checkout"
)
