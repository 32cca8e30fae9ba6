"""The VM that a restore makes under a new name, before its patches are applied.

`generateRestoredVMSpec` of kubevirt v1.9.0, pkg/storage/snapshot/restore.go, written as Go encodes
it: without what is unset, but with the objects of which staging/src/kubevirt.io/api/core/v1 has no
pointer, so that a patch finds them.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.kubevirt.restore.claim_names import ClaimNames
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["restored_vm"]

_Json = dict[str, Any]
# Objects that Go always encodes.
_ALWAYS = (
    ("template", "metadata"), ("template", "spec", "domain", "devices"),
    ("template", "spec", "domain", "resources"),
)  # fmt: skip
# Maps that Go leaves out when they are empty; other empty objects are set by pointers.
_MAPS = frozenset(("annotations", "labels", "limits", "matchLabels", "nodeSelector", "requests"))
# What the webhook fills in when a VM is created (pkg/defaults/defaults.go).
_DEFAULTS = {"machine": {"type": "q35"}}
_SET_LATER = "set-by-the-cluster"


def restored_vm(subject: RestoreSubject) -> _Json | None:
    """The VM as the controller patches it; None where the saved VM is unknown or no whole one."""
    saved = subject.saved_vm
    if saved is None or not isinstance(saved.get("spec", "template", "spec"), dict):
        return None
    spec = _encoded(saved.mapping("spec"))
    if not all(_is_object(spec, path) for path in _ALWAYS):
        return None  # other rules tell what is wrong with it
    _set_defaults(saved, subject, spec["template"]["spec"])
    _set_run_state(spec)
    _set_volumes(subject, spec)
    return {
        "apiVersion": f"{VM.group}/v1",
        "kind": VM.kind,
        "metadata": _metadata(saved, subject),
        "spec": spec,
        "status": {},
    }


def _metadata(saved: Manifest, subject: RestoreSubject) -> _Json:
    restore = subject.manifest
    mark = f"{restore.name}-{restore.text('metadata', 'uid') or '<uid>'}"
    annotations = {
        **saved.mapping("metadata", "annotations"),
        "restore.kubevirt.io/lastRestoreUID": mark,
    }
    metadata: _Json = {"name": subject.target_name, "annotations": annotations}
    if restore.namespace is not None:
        metadata["namespace"] = restore.namespace
    labels = saved.mapping("metadata", "labels")
    return {**metadata, "labels": dict(labels)} if labels else metadata


def _encoded(value: Any) -> Any:
    """A copy without nulls, empty arrays and empty maps."""
    if isinstance(value, list):
        return [_encoded(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _encoded(entry)
        for name, entry in value.items()
        if entry is not None and entry != [] and not (entry == {} and name in _MAPS)
    }


def _is_object(spec: _Json, path: tuple[str, ...]) -> bool:
    """Whether there are objects on all of the path; those that are unset are made."""
    value = spec
    for step in path:
        value = value.setdefault(step, {})
        if not isinstance(value, dict):
            return False
    return True


def _set_defaults(saved: Manifest, subject: RestoreSubject, spec: _Json) -> None:
    """What the saved VM has in the cluster, although its manifest does not set it."""
    domain = spec["domain"]
    if not saved.is_export:
        spec.setdefault("architecture", "amd64")
        domain.update(
            {name: dict(value) for name, value in _DEFAULTS.items() if name not in domain}
        )
    if subject.relation is Relation.GONE and isinstance(domain.setdefault("firmware", {}), dict):
        domain["firmware"].setdefault("uuid", _SET_LATER)


def _set_run_state(spec: _Json) -> None:
    """A VM that is made is stopped."""
    if "running" in spec:
        spec["running"] = False
    else:
        spec["runStrategy"] = "Halted"


def _set_volumes(subject: RestoreSubject, spec: _Json) -> None:
    """The volumes with their new PVCs, without memory dumps."""
    volumes = spec["template"]["spec"].get("volumes")
    if not isinstance(volumes, list):
        return
    templates = {
        template["metadata"]["name"]: template["metadata"]
        for template in _templates(spec)
        if isinstance(template["metadata"].get("name"), str)
    }
    names = ClaimNames(subject)
    claims = {
        volume.name: names.after(volume)[0] or _SET_LATER
        for volume in subject.volumes or ()
        if volume.included is not False
    }
    spec["template"]["spec"]["volumes"] = [
        _with_claim(volume, claims, templates)
        for volume in volumes
        if not (isinstance(volume, dict) and MEMORY_DUMP in volume)
    ]


def _templates(spec: _Json) -> list[_Json]:
    """The templates of DataVolumes that have metadata, with the objects that Go always encodes."""
    templates = spec.get("dataVolumeTemplates")
    if not isinstance(templates, list):
        return []
    found = [entry for entry in templates if isinstance(entry, dict)]
    for template in found:
        template.setdefault("metadata", {})
        template.setdefault("spec", {})
    return [template for template in found if isinstance(template["metadata"], dict)]


def _with_claim(volume: Any, claims: dict[str, str], templates: dict[str, _Json]) -> Any:
    """The volume with its new PVC; the template of its DataVolume gets the name as well."""
    name = volume.get("name") if isinstance(volume, dict) else None
    claim = claims.get(name) if isinstance(name, str) else None
    if claim is None:
        return volume
    source = volume.get("persistentVolumeClaim")
    if isinstance(source, dict):
        source["claimName"] = claim
        return volume
    source = volume.get("dataVolume")
    if not isinstance(source, dict):
        return volume
    template = templates.get(source["name"]) if isinstance(source.get("name"), str) else None
    if template is None:
        return {"name": name, "persistentVolumeClaim": {"claimName": claim}}
    template["name"] = source["name"] = claim
    return volume
