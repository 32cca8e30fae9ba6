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


def test_who_watches_is_told_of_each_stage_that_ends() -> None:
    ended: list[tuple[str, int]] = []
    stages.enter("reading files")
    stages.watch(lambda what, done: ended.append((what, done)))
    stages.step()
    stages.enter("parsing files", 3)
    stages.enter("judging")
    stages.watch(None)
    stages.enter("writing")
    assert ended == [("reading files", 1), ("parsing files", 0)]


def test_what_other_processes_do_counts_where_the_whole_is_known() -> None:
    stages.enter("parsing files", 40)
    stages.reach(0.5)
    stages.reach(0.25)  # told late
    assert stages.now() == "parsing files: 20 of 40"
    stages.enter("judging 40 objects")
    stages.reach(0.5)
    assert stages.now() == "judging 40 objects"
