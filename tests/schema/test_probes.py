"""Our verdicts on shape are those of the real decoding and validation code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.values import Release
from vmsnap_lint.schema import is_served, problems

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBES = SHARED / "probes"

# Refused, but not for the shape: (what the refusal says, who says it in our house).
OTHERS_REFUSE = [
    (r"RFC 1123|name or generateName is required|must not contain dots", "rules of names"),
    (r"name part must consist of|a valid label must|no more than 63", "rules of names"),
    (r"resourceVersion should not be set", "a rule of exported objects"),
    (r"(missing|invalid) apiGroup|API group must be|invalid kind|kind is not supported",
     "rules of references"),
    (r"^time: ", "a rule of durations"),
    (r"[Rr]unStrategy", "rules of the run state"),
    (r"disks\[\d\]|exactly one source type|must be referenced in|DataVolumeTemplate entry",
     "rules of volumes"),
    (r"should have either Source, SourceRef", "rules of data volumes"),
    (r"policy .* doesn't exist|must provide a volume name", "rules of restores"),
    (r"filter .* is invalid", "rules of clones"),
    (r"no memory requested", "not about snapshots"),
    (r"must specify a volume type", "not about snapshots"),
    (r"must be greater than zero", "not about snapshots"),
    (r"some validation rules were not checked", "a remark that goes with another refusal"),
]  # fmt: skip

# Let in, and refused by us: (path in the object, why).
WE_REFUSE = [
    (r"accessModes\[0\]", ("CDI's own webhook, which did not judge here, refuses it; and a claim "
     "that is copied into a content has passed Kubernetes' check of it")),
    (r"persistentVolumeClaim\.claimName", ("KubeVirt's mutating webhook fills in an empty name, "
     "which names no claim")),
]  # fmt: skip

# Refused by KubeVirt's mutating webhook, while the CRD alone lets it in.
ONLY_WEBHOOKS = re.compile(r"cores is .* to 4294967295|template\.metadata\.labels\.")


class Verdict(NamedTuple):
    """What the real code said of one object."""

    id: str
    document: int
    kind: Kind
    version: str
    value: dict[str, Any]
    accepted: bool
    messages: list[str]


def verdicts() -> Iterator[Verdict]:
    """Every judged object of a kind that has a schema, as the API server would decode it."""
    for line in (PROBES / "verdicts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for entry in row["kubectl"]:
            value = value_of(entry, (PROBES / row["file"]).read_bytes())
            yield from verdict(row["file"], entry["doc"], value, entry["accepted"], entry["errors"])
    for line in (PROBES / "mutants.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for value in decoded(row["yaml"]):
            yield from verdict(row["id"], 0, value, row["accepted"], row["errors"])


def value_of(entry: dict[str, Any], data: bytes) -> Any:
    """The object of an entry: as recorded, or from the file where it was cut or not kept."""
    value = entry.get("object")
    if entry.get("stage") == "decode" or (value is None and entry.get("kind")):
        return decoded(data.decode())[entry["doc"]]
    if isinstance(value, dict) and b"targetReadinessPolicy" not in data and "spec" in value:
        spec = value["spec"]
        if isinstance(spec, dict):
            spec.pop("targetReadinessPolicy", None)  # the default of 1.9, recorded with it
    return value


def verdict(
    name: str, document: int, value: Any, accepted: bool, errors: list[dict[str, str]]
) -> Iterator[Verdict]:
    if isinstance(value, dict):
        group, _, version = str(value.get("apiVersion", "")).rpartition("/")
        kind = Kind(group, str(value.get("kind")))
        if is_served(kind, version):
            messages = [error["message"] for error in errors]
            yield Verdict(name, document, kind, version, value, accepted, messages)


def decoded(text: str) -> list[Any]:
    """The documents as YAML 1.1, which is what Kubernetes reads."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return list(yaml.load_all(text))


@pytest.fixture(scope="module")
def judged() -> list[Verdict]:
    return list(verdicts())


@needs_shared
def test_what_the_api_server_lets_in_has_no_problem(judged: list[Verdict]) -> None:
    alarms = [
        (it.id, problem.message)
        for it in judged
        if it.accepted
        for problem in problems(it.value, it.kind)
        if not is_ours(problem.message)
    ]
    assert alarms == []


@needs_shared
def test_what_the_api_server_refuses_for_its_shape_has_problems(judged: list[Verdict]) -> None:
    missed = [
        (it.id, it.messages)
        for it in judged
        if not it.accepted and not problems(it.value, it.kind)
        if not all(is_of_others(message) for message in it.messages)
    ]
    assert missed == []


@needs_shared
def test_every_exception_is_needed(judged: list[Verdict]) -> None:
    found = [
        problem.message for it in judged if it.accepted for problem in problems(it.value, it.kind)
    ]
    assert [row for row in WE_REFUSE if not any(re.search(row[0], text) for text in found)] == []
    silent = [
        message
        for it in judged
        if not it.accepted and not problems(it.value, it.kind)
        for message in it.messages
    ]
    unused = [row for row in OTHERS_REFUSE if not any(re.search(row[0], it) for it in silent)]
    assert unused == []


@needs_shared
def test_verdicts_hold_at_every_release() -> None:
    """Those were made from the CRDs alone, without webhooks, so only shape and versions count."""
    whole = {(it.id, it.document): it for it in verdicts() if not it.id.startswith("list-")}
    wrong = []
    for line in (PROBES / "by-release.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        it = whole.get((row["file"], row["doc"]))
        if it is None or (not it.accepted and all(map(is_of_others, it.messages))):
            continue
        for name, accepted in row["accepted"].items():
            found = problems(it.value, it.kind, Release.parse(name))
            shape = all(ONLY_WEBHOOKS.search(problem.message) for problem in found)
            served = is_served(it.kind, it.version, Release.parse(name))
            if accepted != (served and shape):
                wrong.append((row["file"], name, accepted, served, found))
    assert wrong == []


@needs_shared
def test_the_probes_say_something_of_most_kinds(judged: list[Verdict]) -> None:
    kinds = {it.kind.kind for it in judged}
    assert {"VirtualMachineSnapshot", "VirtualMachineRestore", "VirtualMachine"} <= kinds
    assert len(judged) > 500


def is_ours(message: str) -> bool:
    return any(re.search(pattern, message) for pattern, _ in WE_REFUSE)


def is_of_others(message: str) -> bool:
    return any(re.search(pattern, message) for pattern, _ in OTHERS_REFUSE)
