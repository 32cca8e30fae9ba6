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


def _default(prefix: str, name: str) -> str:
    """A line with the annotation of a default class; kubectl wants the dots of keys escaped."""
    key = f"{prefix}/{name}"
    escaped = key.replace(".", "\\.")
    return f'    {key}: "{{.metadata.annotations.{escaped}}}"'


_FIELDS = rf"""{{range .items[?(@.kind=="StorageClass")]}}---
apiVersion: {{.apiVersion}}
kind: StorageClass
metadata:
  name: "{{.metadata.name}}"
  annotations:
{_default("storageclass.kubernetes.io", "is-default-class")}
{_default("storageclass.kubevirt.io", "is-default-virt-class")}
provisioner: "{{.provisioner}}"
volumeBindingMode: "{{.volumeBindingMode}}"
parameters:
  clusterID: "{{.parameters.clusterID}}"
{{end}}{{range .items[?(@.kind=="VolumeSnapshotClass")]}}---
apiVersion: {{.apiVersion}}
kind: VolumeSnapshotClass
metadata:
  name: "{{.metadata.name}}"
  annotations:
{_default("snapshot.storage.kubernetes.io", "is-default-class")}
driver: "{{.driver}}"
deletionPolicy: "{{.deletionPolicy}}"
parameters:
  clusterID: "{{.parameters.clusterID}}"
{{end}}{{range .items[?(@.kind=="StorageProfile")]}}---
apiVersion: {{.apiVersion}}
kind: StorageProfile
metadata:
  name: "{{.metadata.name}}"
spec:
  snapshotClass: "{{.spec.snapshotClass}}"
  claimPropertySets: {{.spec.claimPropertySets}}
status:
  provisioner: "{{.status.provisioner}}"
  storageClass: "{{.status.storageClass}}"
  snapshotClass: "{{.status.snapshotClass}}"
  claimPropertySets: {{.status.claimPropertySets}}
{{end}}{{range .items[?(@.kind=="KubeVirt")]}}---
apiVersion: {{.apiVersion}}
kind: KubeVirt
metadata:
  name: "{{.metadata.name}}"
  namespace: "{{.metadata.namespace}}"
spec:
  configuration:
    developerConfiguration:
      featureGates: {{.spec.configuration.developerConfiguration.featureGates}}
      disabledFeatureGates: {{.spec.configuration.developerConfiguration.disabledFeatureGates}}
    vmStateStorageClass: "{{.spec.configuration.vmStateStorageClass}}"
    changedBlockTrackingLabelSelectors: {{.spec.configuration.changedBlockTrackingLabelSelectors}}
status:
  phase: "{{.status.phase}}"
  observedKubeVirtVersion: "{{.status.observedKubeVirtVersion}}"
{{end}}"""
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
kubectl get "$kind" --all-namespaces -o jsonpath='{_FIELDS}' && echo "# every $kind"
done
kubectl get {CRDS} --ignore-not-found \\
{" ".join(CRD_KINDS)} \\
-o jsonpath='{_CRD_FIELDS}' && echo "# every {CRDS}"
}}"""
