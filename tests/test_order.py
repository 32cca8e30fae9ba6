"""What is found does not depend on the order in which files and objects are read."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_cases import CASES, NAMES, found_in
from vmsnap_lint.kubevirt import worlds
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.objects.manifest import Manifest

SHUFFLES = 6


def _files(name: str) -> list[str]:
    case = CASES / name
    suffixes = {".yaml", ".yml", ".json"}
    return sorted(
        path.relative_to(case).as_posix() for path in case.rglob("*") if path.suffix in suffixes
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_paths_does_not_matter(name: str) -> None:
    files = _files(name)
    expected = found_in(CASES / name, files)
    for seed in range(SHUFFLES):
        assert found_in(CASES / name, Random(seed).sample(files, len(files))) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_objects_does_not_matter(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found_in(CASES / name)
    for seed in range(SHUFFLES):
        monkeypatch.setattr(worlds, "Workspace", partial(_shuffled, Random(seed)))
        assert found_in(CASES / name) == expected


def _shuffled(dice: Random, manifests: Iterable[Manifest], *rest: Any, **named: Any) -> Workspace:
    found = list(manifests)
    dice.shuffle(found)
    return Workspace(found, *rest, **named)
