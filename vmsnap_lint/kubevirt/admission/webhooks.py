"""Objects that the API server or a webhook of KubeVirt rejects, and the feature gate of snapshots.

kubevirt v1.9.0, pkg/storage/admitters/vmsnapshot.go and vmrestore.go, pkg/virt-config/featuregate.
"""

from __future__ import annotations

from sys import maxsize

from vmsnap_lint import schema
from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.values import LONGEST_VALUE, holds_placeholder, parse_duration, parse_quantity
from vmsnap_lint.kubevirt.admission import type_meta, usual_vm
from vmsnap_lint.kubevirt.admission.metadata_names import name_rejections
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy
    from vmsnap_lint.schema import SchemaProblem

__all__ = ["gate", "rejections", "undecodable"]

# Schema problems that are looked for in a cluster, each by a search, and in an object at least.
_MOST_IN_ALL, _LEAST = 30_000, 10
# Kinds whose quantities, the only ones that may be numbers with a fraction, Go decodes: any is one.
_DECODED = frozenset((kinds.PV, kinds.PVC, kinds.VM))
# kubevirt v1.9.0, pkg/virt-api/webhooks/mutating-webhook/mutators/vm-mutator.go
_FILLED_IN = ("persistentVolumeClaim", "claimName")
_BACKUP_FIELDS = frozenset((
    "spec.pvcName", "spec.source.apiGroup", "spec.source.name", "spec.tokenSecretRef",
))  # fmt: skip


def rejections(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """The reasons to reject an object that do not depend on other objects."""
    kind = manifest.group_kind
    if not type_meta.is_usual(cluster, manifest):
        of_type_meta = tuple(type_meta.rejections(cluster, manifest))
        yield from of_type_meta
        if kind not in schema.KINDS and not cluster.crds.defines(kind):
            return
        if any(rejection.cause is RejectionCause.FLATTENED for rejection in of_type_meta):
            return
    yield from _of_schema(cluster, manifest)
    yield from name_rejections(manifest)
    if kind == kinds.SNAPSHOT:
        yield from _reference(manifest, "source")
        yield from _duration(manifest, "failureDeadline", RejectionCause.DEADLINE)
    elif kind == kinds.RESTORE:
        yield from _reference(manifest, "target")
    elif kind in VM_SPEC:
        yield from _of_values(cluster, manifest, VM_SPEC[kind])
        if kind == kinds.POOL:
            from vmsnap_lint.kubevirt.admission.pool_selector import selector_refusals  # few pools

            yield from selector_refusals(manifest)
        elif not usual_vm.has_usual_metadata(manifest.get("spec", "template")):
            from vmsnap_lint.kubevirt.admission import template_metadata  # few set any

            yield from template_metadata.rejections(manifest)
    elif kind in (kinds.BACKUP, kinds.EXPORT):
        yield from _duration(manifest, "ttlDuration", SchemaFault.WRONG_VALUE)


def undecodable(cluster: Cluster, manifest: Manifest) -> Problem | None:
    """The first value of a wrong type, with which the object can never be created.

    `provisioner: 010`, `name: n`, a label with a number. Of unknown kinds only metadata is checked.
    """
    for rejection in rejections(cluster, manifest):
        if rejection.cause is SchemaFault.WRONG_TYPE:
            return rejection.problem
    paths: list[tuple[str, ...]] = [("name",), ("namespace",)]
    for field in ("labels", "annotations"):
        paths += [(field, key) for key in manifest.mapping("metadata", field)]
    for path in (("metadata", *path) for path in paths):
        if not isinstance(manifest.get(*path), str | None):
            return Problem(manifest.at(*path), f"{'.'.join(path)} must be a string")
    return None


def _of_values(cluster: Cluster, manifest: Manifest, spec: Path) -> Iterator[Rejection]:
    """The single values of a VM spec that only the webhook knows."""
    instance = manifest.get(*spec, "template", "spec")
    if isinstance(instance, dict) and not usual_vm.is_usual(instance):
        from vmsnap_lint.kubevirt.admission import vm_values  # many VMs have only usual values

        yield from vm_values.refusals(cluster, manifest.at(*spec))


def _of_schema(cluster: Cluster, manifest: Manifest) -> Iterator[Rejection]:
    """The faults that the schema of the kind for the target release shows."""
    kind = manifest.group_kind
    release = cluster.release if cluster.release_known else None
    is_defined = cluster.crds.defines(kind)
    bare = None if is_defined else schema.unfit(manifest.value, kind, release)
    if bare is None and not is_defined:
        return
    most = cluster.once(_most_of_object)
    if bare is None:
        problems = cluster.crds.problems(manifest, most)
    else:
        problems = schema.explained(manifest.value, bare, kind, release, most=most)
    meant = {(*problem.path[:-1], problem.suggestion) for problem in problems if problem.key}
    for problem in problems:
        missing = (*problem.path, problem.expected.rpartition(".")[2])
        if problem.fault is SchemaFault.MISSING_FIELD and missing in meant:
            continue  # it is there under a wrong name
        if (
            not _is_filled_in(kind, problem)
            and not _is_pending(manifest, problem)
            and not _is_of_server(manifest, problem)
        ):
            place = manifest.at(*problem.path, key=problem.key)
            message = _of_requoted(manifest, problem) or problem.message
            fixes = _fixes(place, problem) if problem.safety else ()
            yield Rejection.at(place, _cause(kind, problem), message, *fixes)


def _fixes(at: Place, problem: SchemaProblem) -> tuple[Remedy, ...]:
    from vmsnap_lint.kubevirt.admission import schema_fixes  # few objects are rejected

    return schema_fixes.fixes(at, problem)


def _of_requoted(manifest: Manifest, problem: SchemaProblem) -> str:
    """The message about a string that kustomize made of an unquoted scalar, else ""."""
    if problem.fault is not SchemaFault.WRONG_TYPE or problem.key:
        return ""
    text = manifest.document.requoted((*manifest.root, *problem.path))
    if not text:
        return ""
    from vmsnap_lint.schema.words import dotted  # few objects are of kustomize

    use = f"; write {problem.suggestion}" if problem.suggestion else ""
    what = f'{dotted(problem.path)} is {text}, which kustomize writes as the string "{text}"'
    return f"{what}, expected {problem.expected}{use}"


def _most_of_object(cluster: Cluster) -> int:
    """The schema problems that are looked for in an object: by the number of objects alone.

    So it is the same for each, in whatever order and by however many processes they are judged.
    """
    if not cluster.cap:
        return maxsize
    of = cluster.workspace.of
    objects = sum(len(of(Kind(*kind))) for kind in cluster.workspace.kinds())
    return max(_LEAST, min(schema.MOST_PROBLEMS, _MOST_IN_ALL // max(1, objects)))


def _is_filled_in(kind: Kind, problem: SchemaProblem) -> bool:
    """Whether it is a field that the webhook of a VM leaves empty as it writes the spec back."""
    if kind != kinds.VM or problem.fault is not SchemaFault.MISSING_FIELD:
        return False
    path, field = problem.path, problem.expected.rpartition(".")[2]
    return _FILLED_IN in (path[-2:], (*path[-1:], field))


def _is_pending(manifest: Manifest, problem: SchemaProblem) -> bool:
    """Whether a templating tool, or the webhook of a VM, replaces the value before it is checked.

    That webhook writes the spec back, and so trims quantities: kubevirt v1.9.0, pkg/virt-api/
    webhooks/mutating-webhook/mutators/vm-mutator.go.
    """
    written = problem.path[-1] if problem.key and problem.path else manifest.get(*problem.path)
    if isinstance(written, int | float) and not isinstance(written, bool):
        return manifest.group_kind in _DECODED and problem.expected.startswith("a number")
    if not isinstance(written, str):
        return False
    is_quantity = problem.fault is SchemaFault.WRONG_VALUE and manifest.group_kind == kinds.VM
    is_trimmed = is_quantity and written != written.strip() and parse_quantity(written.strip())
    return bool(is_trimmed) or holds_placeholder(written)


def _is_of_server(manifest: Manifest, problem: SchemaProblem) -> bool:
    """Whether the server writes it: a status that it drops, or one that a newer release made."""
    is_of_status = manifest.group_kind == kinds.VM and problem.path[:1] == ("status",)
    if is_of_status and problem.fault is SchemaFault.MISSING_FIELD:
        return True  # the webhook decodes a status, then the API server drops it
    is_read = any(manifest.get("metadata", field) for field in ("uid", "resourceVersion"))
    if not is_read or problem.path[:1] != ("status",):
        return False
    is_new = problem.fault in (SchemaFault.UNKNOWN_FIELD, SchemaFault.TOO_NEW_FIELD)
    return is_new or schema.drops_status(manifest.group_kind)


def _cause(kind: Kind, problem: SchemaProblem) -> RejectionCause | SchemaFault:
    """The cause, which for some kinds is more specific than the fault of the schema."""
    if kind == kinds.VOLUME_SNAPSHOT_CLASS and problem.fault is not SchemaFault.WRONG_TYPE:
        return RejectionCause.SNAPSHOT_CLASS
    is_policy = kind == kinds.RESTORE and problem.path == ("spec", "targetReadinessPolicy")
    if is_policy and problem.fault is SchemaFault.WRONG_VALUE:
        return RejectionCause.RESTORE_POLICY
    if kind in (kinds.BACKUP, kinds.BACKUP_TRACKER) and _is_rule_of_backup(problem):
        return RejectionCause.BACKUP
    return problem.fault


def _is_rule_of_backup(problem: SchemaProblem) -> bool:
    """Whether a CEL rule of the backup CRDs rejects it.

    kubevirt v1.9.0, staging/src/kubevirt.io/api/backup/v1alpha1/types.go.
    """
    if problem.fault is SchemaFault.MISSING_FIELD:
        is_named = problem.expected.startswith("spec.")
        field = problem.expected if is_named else ".".join(map(str, problem.path))
        return field in _BACKUP_FIELDS
    return problem.fault is SchemaFault.WRONG_VALUE and problem.path[:1] == ("spec",)


def _reference(manifest: Manifest, field: str) -> Iterator[Rejection]:
    """The faults of a typed reference that must have group kubevirt.io and kind VirtualMachine."""
    reference = manifest.get("spec", field)
    if not isinstance(reference, dict):
        return
    if reference.get("apiGroup") is None:
        message = f'missing apiGroup in spec.{field}, it must be "{kinds.VM.group}"'
        place = manifest.at("spec", field, key=True)
        from vmsnap_lint.kubevirt.admission.reference_fixes import of_vm  # few have none

        fixes = of_vm(manifest.at("spec", field))
        yield Rejection.at(place, RejectionCause.SOURCE_GROUP_MISSING, message, *fixes)
    target = RejectionCause.RESTORE_TARGET if field == "target" else None
    for name, required, cause in (
        ("apiGroup", kinds.VM.group, target or RejectionCause.SOURCE_GROUP),
        ("kind", kinds.VM.kind, target or RejectionCause.SOURCE_KIND),
    ):
        value = reference.get(name)
        if isinstance(value, str) and value != required and not holds_placeholder(value):
            hint = ", without a version" if value.startswith(f"{required}/") else ""
            message = f'invalid {name} "{cut(value)}", it must be "{required}"{hint}'
            at = manifest.at("spec", field, name)
            from vmsnap_lint.kubevirt.admission.reference_fixes import to_vm  # few are wrong

            yield Rejection.at(at, cause, message, *to_vm(at))


def _duration(
    manifest: Manifest, field: str, cause: RejectionCause | SchemaFault
) -> Iterator[Rejection]:
    """The fault of a field that must be a Go duration."""
    text = manifest.get("spec", field)
    if isinstance(text, str) and not holds_placeholder(text) and parse_duration(text) is None:
        message = (
            f'{field} "{cut(text, LONGEST_VALUE)}" is not a Go duration: write hours, minutes or '
            'seconds with their unit, such as "1h30m", "10m" or "45s"'
        )
        from vmsnap_lint.core.spoken_durations import go_duration  # few are wrong
        from vmsnap_lint.objects import mending

        at, meant = manifest.at("spec", field), go_duration(text)
        fixes = mending.with_value(at, meant, Safety.SAFE) if meant else ()
        yield Rejection.at(at, cause, message, *fixes)


def gate(cluster: Cluster) -> Problem | None:
    """The problem that the feature gate of snapshots is off, if every KubeVirt object has it off.

    Off up to 1.8 unless listed; on since 1.9 unless listed as disabled (kubevirt 6a8dfaf64c).
    """
    of = cluster.workspace.of
    if not (of(kinds.KUBEVIRT) or of(kinds.HYPERCONVERGED)):
        return None
    from vmsnap_lint.kubevirt.admission.gates import snapshot_gate  # many inputs have neither

    return snapshot_gate(cluster)
