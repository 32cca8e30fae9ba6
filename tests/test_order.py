"""What is found does not depend on the order in which files and objects are read."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.test_cases import CASES, NAMES, found_in
from vmsnap_lint import intake

if TYPE_CHECKING:
    from vmsnap_lint.intake import Intake
    from vmsnap_lint.sources import Sources

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
    expected, read = found_in(CASES / name), intake.read
    for seed in range(SHUFFLES):

        def shuffled(found: Sources, dice: Random = Random(seed)) -> Intake:  # noqa: B008
            taken = read(found)
            sources = dice.sample(taken.sources, len(taken.sources))
            manifests = dice.sample(taken.manifests, len(taken.manifests))
            return replace(taken, sources=tuple(sources), manifests=tuple(manifests))

        monkeypatch.setattr(intake, "read", shuffled)
        assert found_in(CASES / name) == expected
