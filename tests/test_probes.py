"""Our errors are what the real decoding, validation and admission code refuses, no more."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

PROBES = SHARED / "probes"
SETTINGS = Settings(all_vms=True, online=True)

pytestmark = needs_shared

# Refused, and no error of ours: (file or message of the refusal, why).
UNSEEN = [
    ("doc-001-empty-file.yaml", "nothing is in it: refused as a file, there is no object to judge"),
    ("doc-003-whitespace.yaml", "the same"),
    ("doc-004-null.yaml", "the same"),
    ("list-002-empty.yaml", "the same"),
    ("list-003-null-items.yaml", "the same"),
    ("list-008-item-null.yaml", "nothing in it says that it is about virtual machines"),
    ("list-012-items-map.yaml", "the same"),
    ("list-014-unknown-gv.yaml", "a cluster may serve any group that is not ours, with Lists too"),
    ("vm-042-no-template.yaml", "a VM without a template is taken for a patch of one, and noted"),
    ("resourceVersion should not be set", "what has one is an export, and apply takes it"),
    ("no memory requested", "says nothing about snapshots"),
    ("must specify a volume type", "says nothing about snapshots"),
    ("must be greater than zero", "says nothing about snapshots"),
    ("name part must consist of", "of a provisioner: no class has such a one"),
]  # fmt: skip

# Let in, and an error of ours: (rule, pattern of the message, why).
REFUSED_BY_US = [
    ("clone-target-apigroup", "", "admitted, and the restore that it makes is refused"),
    ("content-volume-missing", "", "admitted, and the data of a volume is not in it"),
    ("datavolume-invalid", "", "CDI's webhook, which did not judge here, refuses it"),
    ("duplicate-key", "", "kubectl hides it and keeps the last; strict decoding refuses it"),
    ("value-not-allowed", r"accessModes\[0\]", ("CDI's webhook, which did not judge here, refuses "
     "it; a claim that is copied into a content has passed Kubernetes' own check")),
    ("separator-missing", "", "kubectl keeps the last object, and the others are lost"),
    ("snapshot-not-ready", "", "a status is dropped on create, and kept in an export"),
    ("volumesnapshot-mismatch", "", "admitted, and the restore would fill another claim"),
]  # fmt: skip


class Probe(NamedTuple):
    """A manifest, what was said to it, and the errors that we find."""

    name: str
    accepted: bool
    messages: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def probes() -> list[Probe]:
    found = []
    for row in _rows("verdicts.jsonl"):
        messages = [error["message"] for part in row["kubectl"] for error in part["errors"]]
        found.append(_probe(row["file"], (PROBES / row["file"]).read_bytes(), row, messages))
    for row in _rows("mutants.jsonl"):
        messages = [error["message"] for error in row["errors"]]
        found.append(_probe(row["id"], row["yaml"].encode(), row, messages))
    return found


def test_what_is_refused_is_an_error(probes: list[Probe]) -> None:
    missed = [
        (probe.name, probe.messages)
        for probe in probes
        if not probe.accepted and not probe.errors and not _is_unseen(probe)
    ]
    assert missed == []


def test_what_is_let_in_is_no_error(probes: list[Probe]) -> None:
    alarms = [
        (probe.name, error)
        for probe in probes
        if probe.accepted
        for error in probe.errors
        if not any(_is_excepted(row, error) for row in REFUSED_BY_US)
    ]
    assert alarms == []


def test_every_exception_is_needed(probes: list[Probe]) -> None:
    silent = [probe for probe in probes if not probe.accepted and not probe.errors]
    alarms = [error for probe in probes if probe.accepted for error in probe.errors]
    assert [row for row in UNSEEN if not any(_fits(row[0], probe) for probe in silent)] == []
    assert [row for row in REFUSED_BY_US if not any(_is_excepted(row, it) for it in alarms)] == []


def test_the_probes_are_there(probes: list[Probe]) -> None:
    assert len(probes) > 500
    assert {True, False} == {probe.accepted for probe in probes}


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (PROBES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _probe(name: str, data: bytes, row: dict[str, Any], messages: list[str]) -> Probe:
    report = engine.lint(("-",), data, SETTINGS).report
    errors = [(it.rule, it.message) for it in report.findings if it.severity is Severity.ERROR]
    return Probe(name, bool(row["accepted"]), tuple(messages), tuple(errors))


def _is_unseen(probe: Probe) -> bool:
    return any(_fits(row[0], probe) for row in UNSEEN)


def _fits(row: str, probe: Probe) -> bool:
    return row == probe.name or any(row in message for message in probe.messages)


def _is_excepted(row: tuple[str, str, str], error: tuple[str, str]) -> bool:
    return row[0] == error[0] and re.search(row[1], error[1]) is not None
