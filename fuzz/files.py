"""Targets: the files around manifests, each read as the program reads it."""

from __future__ import annotations

import os
from itertools import chain, islice
from typing import TYPE_CHECKING

from fuzz.program import run, scratch
from fuzz.promises import kept
from vmsnap_lint import document
from vmsnap_lint.config.file import configuration, find
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import CRD
from vmsnap_lint.core.model import Report
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.input import facts
from vmsnap_lint.input.sources import Search, collect
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.report import baseline
from vmsnap_lint.schema.crds import registry
from vmsnap_lint.schema.crds.definition import define

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.crds.definition import Definition

__all__ = ["accepted", "cluster", "definitions", "excluded", "ignored", "pyproject", "settings"]

_NOTHING = Report((), (), files=0, objects=0, snapshots=0)
_ANYTHING = Search(allow_empty=True)
_MOST_GLOBS = 300
_NAMES = dict.fromkeys(
    (
        "m.yaml", f"{'a' * 240}.yaml", f"{'a/' * 40}b.yaml", "A b/\u00fc.yaml", "a\\b.yaml",
        "[z-a].yaml", "*.yaml",
        "!x.yaml", "#x.yaml", " .yaml", "prod/vm.yaml", "x.yaml ", "\udcff.yaml",
        "build/tmp/x.json",
        "aaaaaaaab/aaaaaaaac/d.yaml", f"{'ab' * 100}/c.yaml",
    ),
    b"",
)  # fmt: skip


def settings(data: bytes) -> None:
    """Reads a configuration in YAML."""
    _configuration(".vmsnap-lint.yaml", data)


def pyproject(data: bytes) -> None:
    """Reads a configuration in a pyproject.toml."""
    _configuration("pyproject.toml", data)


def _configuration(name: str, data: bytes) -> None:
    with scratch({name: data, ".git": b""}):
        file = find.find(os.getcwd())
        if file is not None:
            given, mistakes = configuration.from_file(file)
            kept(not (given and mistakes), "both values and mistakes")
            last = len(data.splitlines()) + 1
            for mistake in (one for one in mistakes if one != f"{name}: and more mistakes"):
                kept(_line_of(mistake, name) in range(1, last + 1), f"no such line: {mistake}")
            for value in given.values():
                kept(value.origin, "a value without an origin")
        run("config")


def _line_of(mistake: str, name: str) -> int:
    kept(mistake.startswith(f"{name}:"), f"a mistake without its place: {mistake}")
    return int(mistake[len(name) + 1 :].partition(":")[0])


def ignored(data: bytes) -> None:
    """Walks a directory of odd names with a .gitignore; what git passes over is not an error."""
    with scratch({**_NAMES, ".gitignore": data}):
        sources = collect(["."], _ANYTHING, markers=(b"",))
        kept(sources.examined <= len(_NAMES), "more files than there are")


def excluded(data: bytes) -> None:
    """Walks a directory of odd names, without those that the globs of a configuration name."""
    globs = tuple(os.fsdecode(line) for line in data.splitlines()[:_MOST_GLOBS])
    with scratch(_NAMES):
        scope = Scope(os.getcwd(), globs)
        sources = collect(["."], _ANYTHING._replace(exclude=(scope,)), markers=(b"",))
        everything = "**" in globs or "*" in globs
        kept(not (everything and sources.examined), "all is excluded, but something is read")


def accepted(data: bytes) -> None:
    """Reads a baseline, applies it, and writes it again."""
    with scratch({"baseline.json": data}):
        entries = baseline.read("baseline.json")
        report = baseline.apply(_NOTHING, entries, frozenset(each.rule for each in entries), ["."])
        kept(len(report.stale) <= len(entries), "more entries than there are")
        baseline.write("baseline.json", entries)
        kept(baseline.read("baseline.json") == entries, "a baseline changes as it is written")


def cluster(data: bytes) -> None:
    """Reads cluster facts."""
    with scratch({"facts.yaml": data}):
        known = facts.read("facts.yaml")
        known.release()
        known.dated("x")
        list(known.aged("2026-01-31", 24))
        kept(list(known.without(known.manifests)) == [], "facts about objects of the input")


def definitions(data: bytes) -> None:
    """Reads CRDs as they are given, one by one, and checks the other objects against them."""
    source = document.read("crds.yaml", data)
    try:
        registry.from_files([source])
    except UsageError as error:
        kept("\n" not in str(error), f"a usage error of several lines: {str(error)!r}")
    objects = list(chain.from_iterable(map(manifests, source.documents)))
    crds = registry.Crds(_defined(each for each in objects if each.group_kind == CRD))
    crds.markers()
    for manifest in islice(objects, 50):
        crds.version_fault(manifest)
        for problem in islice(crds.problems(manifest), 50):
            manifest.document.span((*manifest.root, *problem.path))
    list(crds.undecided(each for each in objects if crds.defines(each.group_kind)))


def _defined(objects: Iterator[Manifest]) -> Iterator[Definition]:
    for manifest in objects:
        try:
            yield define(manifest)
        except UsageError:
            continue
