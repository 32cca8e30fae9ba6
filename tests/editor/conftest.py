"""A directory with the usual tree, which is the working directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editor.views import FILES
from tests.files import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory."""
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path
