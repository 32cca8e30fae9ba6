"""Where the conformance data lies when it is there: `../shared` beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

__all__ = ["ROOT", "SHARED", "needs_shared", "unmeasured"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "probes").is_dir(), reason="the conformance data is not beside this checkout"
)


def unmeasured() -> dict[str, str]:
    """The environment for a program whose imports count: coverage does not start in it."""
    return {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
