"""The command that writes a file of cluster facts, for a shell that has a cluster.

Every field is named, so that nothing else can get into the file: no managedFields, no annotation
with the manifest that was last applied, no parameters but the ID of a Ceph cluster. `kubectl get`
of several kinds prints nothing at all where the cluster lacks one of them, hence the loop.
"""

from __future__ import annotations

__all__ = ["COMMAND", "CRDS", "CRD_KINDS", "KINDS"]

KINDS = (
    "storageclasses.storage.k8s.io", "volumesnapshotclasses.snapshot.storage.k8s.io",
    "storageprofiles.cdi.kubevirt.io", "kubevirts.kubevirt.io",
)  # fmt: skip
CRDS = "customresourcedefinitions.apiextensions.k8s.io"
CRD_KINDS = (
    *KINDS[1:],
    "volumesnapshots.snapshot.storage.k8s.io", "volumesnapshotcontents.snapshot.storage.k8s.io",
    "virtualmachinesnapshots.snapshot.kubevirt.io",
)  # fmt: skip


# The path of each field; one that ends in "[]" is written as an array or object.
_FIELDS = {
    "StorageClass": (
        "metadata name",
        "metadata annotations storageclass.kubernetes.io/is-default-class",
        "metadata annotations storageclass.kubevirt.io/is-default-virt-class",
        "provisioner",
        "volumeBindingMode",
        "parameters clusterID",
    ),
    "VolumeSnapshotClass": (
        "metadata name",
        "metadata annotations snapshot.storage.kubernetes.io/is-default-class",
        "driver",
        "deletionPolicy",
        "parameters clusterID",
    ),
    "StorageProfile": (
        "metadata name",
        "spec snapshotClass",
        "spec claimPropertySets[]",
        "status provisioner",
        "status storageClass",
        "status snapshotClass",
        "status claimPropertySets[]",
    ),
    "KubeVirt": (
        "metadata name",
        "metadata namespace",
        "spec configuration developerConfiguration featureGates[]",
        "spec configuration developerConfiguration disabledFeatureGates[]",
        "spec configuration vmStateStorageClass",
        "spec configuration changedBlockTrackingLabelSelectors[]",
        "status phase",
        "status observedKubeVirtVersion",
    ),
}


def _template(kind: str) -> str:
    """The jsonpath template of an object of a kind; kubectl needs the dots in keys escaped."""
    lines = ["---", "apiVersion: {.apiVersion}", f"kind: {kind}"]
    above: list[str] = []
    for field in _FIELDS[kind]:
        *parents, key = field.removesuffix("[]").split(" ")
        for depth, parent in enumerate(parents):
            if parents[: depth + 1] != above[: depth + 1]:
                lines.append(f"{'  ' * depth}{parent}:")
        value = "{." + ".".join(step.replace(".", r"\.") for step in (*parents, key)) + "}"
        quote = "" if field.endswith("[]") else '"'
        lines.append(f"{'  ' * len(parents)}{key}: {quote}{value}{quote}")
        above = parents
    return f'{{range .items[?(@.kind=="{kind}")]}}' + "\n".join(lines) + "\n{end}"


_TEMPLATES = "".join(map(_template, _FIELDS))
_CRD_FIELDS = """{range .items[*]}---
apiVersion: {.apiVersion}
kind: CustomResourceDefinition
metadata:
  name: "{.metadata.name}"
spec:
  group: "{.spec.group}"
  names:
    kind: "{.spec.names.kind}"
  versions:{range .spec.versions[*]}
  - name: "{.name}"
    served: {.served}{end}
{end}"""

COMMAND = f"""\
{{
date -u '+# vmsnap-lint facts %Y-%m-%dT%H:%M:%SZ'
for kind in {" ".join(KINDS)}; do
kubectl get "$kind" --all-namespaces -o jsonpath='{_TEMPLATES}' && echo "# every $kind"
done
kubectl get {CRDS} --ignore-not-found \\
{" ".join(CRD_KINDS)} \\
-o jsonpath='{_CRD_FIELDS}' && echo "# every {CRDS}"
}}"""
