"""What a lint of a few clean files imports: hooks run at every commit, and half of that is imports.

Who needs a module for a finding, an option, a format or a rare object imports it there.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.shared import ROOT, unmeasured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CODE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
before = {*sys.modules}
from vmsnap_lint import cli
cli.run(sys.argv[1:])
print(*{*sys.modules} - before)
"""
FILES = {
    "classes.yaml": """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ceph
provisioner: rook-ceph.rbd.csi.ceph.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: ceph
driver: rook-ceph.rbd.csi.ceph.com
deletionPolicy: Delete
parameters:
  clusterID: rook-ceph
  csi.storage.k8s.io/snapshotter-secret-name: rook-csi
  csi.storage.k8s.io/snapshotter-secret-namespace: rook-ceph
""",
    "db.yaml": """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: root
  namespace: prod
  labels:
    app: db
spec:
  accessModes:
    - ReadWriteMany
  volumeMode: Block
  storageClassName: ceph
  resources:
    requests:
      storage: 20Gi
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: db
  namespace: prod
spec:
  runStrategy: Halted
  template:
    spec:
      domain:
        devices:
          disks:
            - name: root
              disk:
                bus: virtio
        memory:
          guest: 4Gi
      volumes:
        - name: root
          persistentVolumeClaim:
            claimName: root
""",
    "nightly.yaml": """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
  namespace: prod
spec:
  failureDeadline: 10m
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: db
""",
}
# Of Python, by their first names, but for what starts with an underscore.
FOREIGN = {
    "array", "collections", "copyreg", "enum", "errno", "functools", "genericpath", "importlib",
    "itertools", "json", "keyword", "operator", "os", "posixpath", "re", "reprlib", "stat",
    "types", "warnings",
}  # fmt: skip
OURS = {
    "checks": """
        calling catalog causes clone_sources coverage crd_rules cross_object data_volumes excess
        exported_snapshots families gitops hygiene identity in_use instancetypes_of_vms
        kustomize_builds parsing prefilters revisions runner running_vms shapes snapshot_classes
        snapshot_settings storage_chain volume_lists
    """,
    "cli": """
        check_command command console exit_codes layers outputs reporting verbs
    """,
    "config": """
        file file.find options output_formats search settings suppressions
    """,
    "core": """
        abridged bounded_files buffers data_files errors file_names kinds light_typing memo messages
        model possessive real_paths releases relevance repository stages values vocabulary workers
    """,
    "deploy": """
        assembly clusters decoding gathering load units unread with_facts
    """,
    "document": """
        encoding faults plain plain_flow plain_lines reader scalars source split
    """,
    "input": """
        borders classify facts facts.cluster_facts files gitignore own_files readings
        relevant_files selection sources walk
    """,
    "kubevirt": """
        admission admission.flattened admission.immutable admission.metadata_names
        admission.rejection admission.type_meta admission.usual_vm admission.vm_webhook
        admission.webhooks blocker cluster copied_vms dependents policy run_state sharing
        snapshot snapshot.links snapshot.outcomes_index
        snapshot.snapshot_blockers snapshot.snapshot_cause snapshot.source_vm snapshot.status
        snapshot.vm_blockers stated_release storage storage.backend_state storage.ceph
        storage.claim_class storage.claim_outcome storage.claim_status storage.claims
        storage.deleted_classes storage.drivers storage.provisioners storage.snapshot_class
        storage.unmade_claims storage.volume storage.volume_status storage.volumes verdict world
        worlds
    """,
    "objects": """
        history manifest partial problem references sync_order workspace
    """,
    "report": """
        finding_places findings look result summary terminal writers writers.concise
    """,
    "schema": """
        bundled certain crds crds.registry validate
    """,
}  # by room, without the rooms themselves
MODULES = {f"{room}.{name}" for room, names in OURS.items() for name in names.split()}


FOLLOWED = {
    "cluster/apps.yaml": """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  path: ./apps
  targetNamespace: prod
  sourceRef:
    kind: GitRepository
    name: flux-system
""",
    "apps/kustomization.yaml": """\
kind: Kustomization
resources:
  - classes.yaml
  - db.yaml
""",
    "apps/classes.yaml": FILES["classes.yaml"],
    "apps/db.yaml": FILES["db.yaml"],
}
BUILDING = {"dataclasses", "gzip", "hashlib", "inspect", "shutil", "subprocess", "tempfile"}
"""What only runs need that start programs."""


def _ran(
    folder: Path, files: Mapping[str, str], *flags: str, isolated: Sequence[str] = ("-I", "-S")
) -> tuple[set[str], str]:
    """The modules of a run, and what it says on standard error."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    ran = subprocess.run(
        [sys.executable, *isolated, "-c", CODE, str(ROOT), ".", *flags],
        check=True, capture_output=True, text=True, cwd=folder, env=unmeasured(),
    )  # fmt: skip
    *_, modules = ran.stdout.splitlines()
    return set(modules.split()), ran.stderr


def _imported(folder: Path, files: Mapping[str, str], *flags: str) -> set[str]:
    """The modules of a run that has no findings."""
    modules, said = _ran(folder, files, *flags)
    assert f"no findings in {len(files)} files" in said
    return modules


def test_a_clean_lint_imports_only_what_is_listed(tmp_path: Path) -> None:
    imported = _imported(tmp_path, FILES)
    ours = {name.removeprefix("vmsnap_lint.") for name in imported if "vmsnap_lint." in name}
    assert {name for name in ours if "." in name} - MODULES == set()
    assert MODULES - ours == set(), "these are no longer imported"
    others = {name.partition(".")[0] for name in imported} - {"vmsnap_lint"}
    assert {name for name in others if name[0] != "_"} <= FOREIGN


def test_following_what_applies_files_imports_nothing_to_start_programs(tmp_path: Path) -> None:
    imported = _imported(tmp_path, FOLLOWED, "--render", "never")
    assert "vmsnap_lint.deploy.discovery" in imported
    assert imported.isdisjoint(BUILDING)


def test_a_run_with_findings_does_not_load_openssl(tmp_path: Path) -> None:
    typo = FILES["nightly.yaml"].replace("name: db", "name: dc")
    modules, said = _ran(tmp_path, FILES | {"nightly.yaml": typo}, isolated=["-I"])
    assert "1 error" in said
    assert modules.isdisjoint({"_hashlib", "ssl"})
