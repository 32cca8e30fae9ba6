"""What a run is doing, in words."""

from __future__ import annotations

from vmsnap_lint.core import stages


def test_the_stage_is_told_with_what_is_done_of_it() -> None:
    stages.enter("reading files")
    assert stages.now() == "reading files"
    for _ in range(1_200):
        stages.step()
    assert stages.now() == "reading files: 1,200"
    stages.enter("building trees", 2)
    assert stages.now() == "building trees: 0 of 2"
    for _ in range(3):
        stages.step()
    assert stages.now() == "building trees: 2 of 2"
