"""A memo asks its function once for each key."""

from __future__ import annotations

from vmsnap_lint.core.memo import Memo


def test_each_key_is_asked_for_once() -> None:
    asked: list[int] = []

    def find(key: int) -> str:
        asked.append(key)
        return "" if key == 2 else str(key)

    memo = Memo(find)
    assert [memo[key] for key in (1, 2, 1, 2)] == ["1", "", "1", ""]
    assert asked == [1, 2]
