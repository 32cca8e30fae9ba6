"""No format takes more than 2 s of CPU or 200 MB for ten thousand findings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.shared import ROOT, unmeasured
from vmsnap_lint.report import BY_NAME

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", BY_NAME)
def test_a_format_is_quick_and_small(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.report.writers.many_findings", name],
        cwd=ROOT, env=unmeasured(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    written, seconds, megabytes = map(float, done.stdout.split())
    assert written > 60_000
    assert seconds <= 2
    assert megabytes < 200
