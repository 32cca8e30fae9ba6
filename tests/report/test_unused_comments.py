"""A comment is called unused only by a run that saw what its rule looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import claim, snap, storage_class, vm, volume, yaml_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = "no-snapshot-class"
ALONE = "deletion-policy-unknown"
ROOT = vm(volumes=[volume("root", "root")])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    heads = {
        name: f"# vmsnap-lint: ignore-file[{rule}] made elsewhere\n"
        for name, rule in (("others", OTHERS), ("alone", ALONE))
    }
    text = yaml_of(ROOT, claim(), snap())
    files = {f"apps/{name}.yaml": head + text for name, head in heads.items()}
    write(tmp_path, {**files, "infra/class.yaml": yaml_of(storage_class())})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def unused(*paths: str, **settings: object) -> set[str]:
    """The rules of the comments that are called unused."""
    found = engine.lint(paths, None, Settings(**settings)).report.findings  # type: ignore[arg-type]
    return {f.message.split()[0] for f in found if f.rule == "suppression-unused"}


@pytest.mark.parametrize("marker", [".git/HEAD", ".vmsnap-lint.yaml"])
@pytest.mark.parametrize(
    ("path", "settings", "expected"),
    [
        (".", {}, {OTHERS, ALONE}),
        ("apps", {}, {ALONE}),
        ("apps/others.yaml", {}, set()),
        ("apps/alone.yaml", {}, {ALONE}),
        ("apps", {"root": "."}, {OTHERS, ALONE}),
    ],
)
def test_a_part_of_a_tree_says_nothing_about_rules_that_look_at_others(
    here: Path, marker: str, path: str, settings: dict[str, str], expected: set[str]
) -> None:
    write(here, {marker: "{}\n"})
    assert unused(path, **settings) == expected


def test_without_a_repository_and_a_configuration_the_paths_are_everything(here: Path) -> None:
    assert here
    assert unused("apps") == {OTHERS, ALONE}


def test_the_directory_of_the_configuration_is_enough(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, {".git/HEAD": "", "apps/.vmsnap-lint.yaml": "{}\n"})
    assert unused("apps") == {ALONE}
    monkeypatch.chdir(here / "apps")
    assert unused(".") == {OTHERS, ALONE}
