"""An exported VM with a snapshot that is ready, and what a restore of it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.builders import (
    claim,
    content,
    in_namespace,
    saved,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    yaml_of,
)
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan

Object = dict[str, Any]

NEWEST = Release.parse("1.9.0")
COMPLETE = Settings(complete=frozenset(("all",)), kubevirt=NEWEST)
CLASSES = (storage_class(), snapshot_class())
READY = snap(
    status={
        "phase": "Succeeded", "readyToUse": True, "virtualMachineSnapshotContentName": "kept",
        "sourceUID": "old",
    },
)  # fmt: skip
TPM = {"devices": {"tpm": {"persistent": True}}}
DISKS = {"devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}]}}
WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner),
)


def machine(**rest: Any) -> Object:
    return vm(volume("root", "web-root"), domain=rest.pop("domain", DISKS), **rest)


def exported(kind: str, name: str, **fields: Any) -> Object:
    group = "snapshot.storage.k8s.io/v1" if kind == "VolumeSnapshot" else "v1"
    metadata = {"name": name, "uid": f"{name}-1", **fields.pop("metadata", {})}
    return {"apiVersion": group, "kind": kind, "metadata": metadata, **fields}


VS_ROOT = exported("VolumeSnapshot", "vs-root", spec={}, status={"readyToUse": True})
ROOT = saved("root", "web-root")
BOUND = claim("web-root") | {"status": {"phase": "Bound"}}


def kept(*backups: Object, domain: Object = DISKS, **rest: Any) -> Object:
    source = vm(volume("root", "web-root"), domain=domain, **rest)
    source["metadata"] |= {"uid": "old", "namespace": "prod"}
    return content(source, *backups) | {"status": {"readyToUse": True}}


def text_of(*objects: Object) -> str:
    return yaml_of(*in_namespace("prod", *objects))


def ended(*objects: Object, settings: Settings = COMPLETE) -> tuple[RestorePlan, set[str]]:
    """The last restore's plan, and the rules with a finding for an error."""
    text = text_of(*objects).encode()
    plan = engine.plan(("-",), text, settings).plans.restores[-1]
    findings = engine.lint(("-",), text, settings).report.findings
    return plan, {finding.rule for finding in findings if str(finding.severity) == "error"}


def base(*backups: Object, **rest: Any) -> tuple[Object, ...]:
    return (*CLASSES, BOUND, machine(), READY, kept(*(backups or (ROOT,)), **rest), VS_ROOT)
