"""With the CRDs of a cluster given, our verdicts are those of the real API server."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint import document
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.workspace import Workspace
from vmsnap_lint.schema.crds import from_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.crds import Crds

PROBES = SHARED / "probes"
OTHERS = ("cdi", "external-snapshotter")
NEWEST = "v1.9.0-rc.2"
RELEASES = sorted(path.name for path in SHARED.glob("crds/v*"))

# Refused, and none of our refusals: what the refusal says, and who gives it.
NOT_OURS = [
    (r"invalid apiGroup|API group must be|invalid kind|[Ss]ource kind is not",
     "rules of references"),
    (r"[Rr]unStrategy|cannot unmarshal", "KubeVirt's webhooks, and rules of the run state"),
    (r"resourceVersion should not be set", "a rule of exported objects"),
    (r"disks\[\d\]|exactly one source type|must be referenced in|DataVolumeTemplate entry",
     "rules of volumes"),
    (r"should have either Source, SourceRef", "rules of data volumes"),
    (r"policy .* doesn't exist|must provide a volume name", "rules of restores"),
    (r"filter .* is invalid", "rules of clones"),
    (r"no memory requested|must specify a volume type|greater than zero", "not about snapshots"),
    (r"in body (should|must) be", "KubeVirt's webhooks, which know CDI's types better"),
]  # fmt: skip

# Let in, and refused by us: the message, and why.
WE_REFUSE: list[tuple[str, str]] = []


class Probe(NamedTuple):
    """One object, and what was said of it."""

    id: str
    document: int
    manifest: Manifest
    accepted: bool
    errors: list[str]


class OurMessages(NamedTuple):
    """What we say of the objects of one cluster."""

    crds: Crds
    world: World

    def of(self, manifest: Manifest) -> list[str]:
        rejections = [one.problem.message for one in self.world.rejections(manifest)]
        return rejections + [one.message for one in self.world.rule_failures(manifest)]


def crds(release: str) -> Crds:
    folders = [SHARED / "crds" / name for name in (release, *OTHERS)]
    files = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    read = [document.read(path.name, path.read_bytes()) for path in files]
    return from_files(read)


def our_messages(release: str) -> OurMessages:
    given = crds(release)
    workspace = Workspace([probe.manifest for probe in probes()])
    return OurMessages(given, World(Cluster(workspace, None, given)))


@cache
def probes() -> list[Probe]:
    """Every judged object that could be read."""
    return [*_of_files(), *_of_mutants()]


def _of_files() -> Iterator[Probe]:
    for line in (PROBES / "verdicts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        source = document.read(row["file"], (PROBES / row["file"]).read_bytes())
        found = {
            (part.index, one.root[-1] if one.root else None): one
            for part in source.documents
            for one in manifests(part)
        }
        for entry in row["kubectl"]:
            one = found.get((entry["doc"], entry.get("item")))
            if one is not None and not source.faults:
                yield Probe(row["file"], entry["doc"], one, entry["accepted"], _messages(entry))


def _of_mutants() -> Iterator[Probe]:
    for line in (PROBES / "mutants.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for part in document.read(row["id"], row["yaml"].encode()).documents:
            for one in manifests(part):
                yield Probe(row["id"], 0, one, row["accepted"], _messages(row))


def _messages(entry: dict[str, Any]) -> list[str]:
    return [error["message"] for error in entry["errors"]]


@pytest.fixture(scope="module")
def newest() -> OurMessages:
    return our_messages(NEWEST)


def concerned(ours: OurMessages) -> list[Probe]:
    return [it for it in probes() if ours.crds.defines((it.manifest.group, it.manifest.kind))]


@needs_shared
def test_what_the_api_server_lets_in_is_let_in(newest: OurMessages) -> None:
    alarms = [(it.id, newest.of(it.manifest)) for it in concerned(newest) if it.accepted]
    wrong = [(name, messages) for name, messages in alarms if not all(map(_is_meant, messages))]
    assert wrong == []


@needs_shared
def test_what_it_refuses_is_refused(newest: OurMessages) -> None:
    missed = [
        (it.id, it.errors)
        for it in concerned(newest)
        if not it.accepted and not newest.of(it.manifest)
        if not all(map(_is_of_others, it.errors))
    ]
    assert missed == []


@needs_shared
def test_every_exception_is_needed(newest: OurMessages) -> None:
    silent = [
        text
        for it in concerned(newest)
        if not it.accepted and not newest.of(it.manifest)
        for text in it.errors
    ]
    assert [row for row in NOT_OURS if not any(re.search(row[0], it) for it in silent)] == []
    loud = [text for it in concerned(newest) if it.accepted for text in newest.of(it.manifest)]
    assert [row for row in WE_REFUSE if not any(re.search(row[0], it) for it in loud)] == []


@needs_shared
@pytest.mark.parametrize("release", RELEASES)
def test_verdicts_hold_at_every_release(release: str) -> None:
    """Made without webhooks, so what the shape and the rules of the CRD say is all that counts."""
    ours = our_messages(release)
    known = {(it.id, it.document): it for it in probes() if not it.manifest.root}
    wrong = []
    for line in (PROBES / "by-release.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        it = known.get((row["file"], row["doc"]))
        if it is None or not ours.crds.defines((it.manifest.group, it.manifest.kind)):
            continue
        refused: list[object] = [ours.crds.version_fault(it.manifest)]
        refused += [*ours.crds.problems(it.manifest), *ours.world.rule_failures(it.manifest)]
        names = [one for one in ours.world.rejections(it.manifest) if one.cause in _NAMES]
        if row["file"] in _ELSEWHERE:
            continue
        if row["accepted"][release] == any([*refused, *names]):
            wrong.append((row["file"], row["accepted"][release], refused, row.get("first_error")))
    assert wrong == []


@needs_shared
def test_the_probes_say_something_of_most_kinds(newest: OurMessages) -> None:
    kinds = {it.manifest.kind for it in concerned(newest)}
    assert {"VirtualMachineSnapshot", "VirtualMachineBackup", "DataVolume"} <= kinds
    assert len(concerned(newest)) > 500


_ELSEWHERE = {"meta-022-resourceversion.yaml"}  # a rule of exported objects speaks of it
_NAMES = {RejectionCause.NAME, RejectionCause.TYPE_META_MISSING}


def _is_meant(message: str) -> bool:
    return any(re.search(pattern, message) for pattern, _ in WE_REFUSE)


def _is_of_others(message: str) -> bool:
    return any(re.search(pattern, message) for pattern, _ in NOT_OURS)
