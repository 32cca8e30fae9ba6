"""A process that was started ahead answers as any other one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("cel_expr_python")

from vmsnap_lint.core import cel_process

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = [[{"m": {}}, [["1 < 2", None], ["2 < 1", None]]]]
ANSWERS = [[[True, ""], [False, ""]]]


@pytest.fixture(autouse=True)
def none_is_left() -> Iterator[None]:
    yield
    for process in cel_process._AHEAD:
        process.communicate()
    cel_process._AHEAD.clear()


def test_one_process_is_started_ahead_and_asked_once() -> None:
    cel_process.start_ahead()
    (ahead,) = cel_process._AHEAD
    cel_process.start_ahead()
    assert [ahead] == cel_process._AHEAD
    assert cel_process.evaluated(ASKED, 60)[0] == ANSWERS
    assert (cel_process._AHEAD, ahead.poll()) == ([], 0)


def test_one_that_has_ended_meanwhile_is_not_asked() -> None:
    cel_process.start_ahead()
    (ahead,) = cel_process._AHEAD
    ahead.kill()
    ahead.wait()
    assert cel_process.evaluated(ASKED, 60)[0] == ANSWERS
