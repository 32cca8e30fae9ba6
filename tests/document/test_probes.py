"""What Kubernetes' own decoder said of a few hundred manifests, we say too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint.document import FaultKind, Source, read

PROBES = SHARED / "probes"
REFUSING = {FaultKind.SYNTAX, FaultKind.ENCODING, FaultKind.BUDGET, FaultKind.TEMPLATE}

# The verdict's object went through pruning, defaulting or a typed decoder after it was parsed.
DEFAULTED = {"targetReadinessPolicy": "WaitGracePeriod"}
PRUNED = {
    "meta-007-label-null.yaml": "a null label becomes empty text",
    "meta-023-exported.yaml": "empty managedFields are dropped",
    "restore-011-patch-map.yaml": "unknown fields of a patch are pruned",
    "snap-031-unknown-spec-field.yaml": "an unknown field is pruned",
    "snap-033-unknown-meta-field.yaml": "an unknown field is pruned",
    "snap-042-wrong-case-field.yaml": "an unknown field is pruned",
    "snap-043-source-namespace.yaml": "an unknown field is pruned",
    "vm-048-unknown-field.yaml": "an unknown field is pruned",
    "vm-049-unknown-deep-field.yaml": "an unknown field is pruned",
    "vsc-009-spec.yaml": "an unknown field is pruned",
    "yaml-009-duplicate-across-types.yaml": "random by nature",
}

VERDICTS: list[dict[str, Any]] = (
    [json.loads(line) for line in (PROBES / "verdicts.jsonl").read_text().splitlines()]
    if (PROBES / "verdicts.jsonl").exists()
    else []
)
each_verdict = pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict["file"])


def _read(verdict: dict[str, Any]) -> Source:
    return read(verdict["file"], (PROBES / verdict["file"]).read_bytes())


@needs_shared
@each_verdict
def test_the_same_documents_are_refused(verdict: dict[str, Any]) -> None:
    refused = {
        entry["doc"]
        for entry in verdict["kubectl"]
        if any("error parsing" in error["message"] for error in entry["errors"])
    }
    faults = [fault for fault in _read(verdict).faults if fault.kind in REFUSING]
    assert {fault.document for fault in faults} == refused
    assert all(fault.ours for fault in faults)


@needs_shared
@each_verdict
def test_the_same_objects_are_decoded(verdict: dict[str, Any]) -> None:
    values = {document.index: document.value for document in _read(verdict).documents}
    if verdict["file"] in PRUNED:
        assert values
        return
    for entry in verdict["kubectl"]:
        if "object" not in entry:
            continue
        value = values[entry["doc"]]
        if "item" in entry:
            value = value["items"][entry["item"]]
        assert _without_defaults(value) == _without_defaults(entry["object"])


def _without_defaults(value: Any) -> Any:
    """The value without what the API server drops (nulls, an empty name) or adds (defaults)."""
    if isinstance(value, list):
        return [_without_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_defaults(item) for key, item in value.items()}
    return {
        key: item
        for key, item in kept.items()
        if item is not None
        and DEFAULTED.get(key) != item
        and (key, item) != ("name", "")
        and not (key == "metadata" and item == {})
    }


@needs_shared
def test_every_mutant_is_read() -> None:
    mutants = [json.loads(line) for line in (PROBES / "mutants.jsonl").read_text().splitlines()]
    wrong = [
        mutant["id"]
        for mutant in mutants
        if mutant["accepted"]
        and any(f.kind in REFUSING for f in read("x", mutant["yaml"].encode()).faults)
    ]
    assert wrong == []


@needs_shared
def test_real_manifests_are_read_or_known_for_templates() -> None:
    kinds = {
        fault.kind
        for path in sorted((SHARED / "corpus").rglob("*.y*ml"))
        for fault in read(path.name, path.read_bytes()).faults
    }
    assert kinds == {FaultKind.TEMPLATE, FaultKind.NOT_MAPPING}
