"""What a run knows of its files is not asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_VM = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"


def test_a_file_in_which_nothing_was_found_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"vm.yaml": _VM, "quiet.yaml": "a: b\n", "vm.txt": _VM}.items():
        (tmp_path / name).write_text(text)
    cache = FileCache(sources.collect(["."]))
    (tmp_path / "quiet.yaml").write_text(_VM)
    shown = {name: cache.shows(str(tmp_path / name), Relevance.BUILT) for name in _NAMES}
    assert shown == {"vm.yaml": True, "quiet.yaml": False, "vm.txt": True, "gone": False}


_NAMES = ("vm.yaml", "quiet.yaml", "vm.txt", "gone")
