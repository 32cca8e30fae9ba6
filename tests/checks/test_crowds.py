"""Work for an object does not grow with the number of those it has something in common with."""

from __future__ import annotations

import cProfile
import pstats
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from vmsnap_lint import engine
from vmsnap_lint.checks import clones
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.kubevirt.restore import subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_VM = """---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: {name}, namespace: prod{metadata}}}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {{devices: {{}}}}
      volumes: [{volumes}]
{status}"""
_SNAPSHOT = """---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {{name: {name}, namespace: prod}}
spec: {{source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: {source}}}}}
"""
_RESTORE = """---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineRestore
metadata: {{name: {name}, namespace: prod}}
spec:
  target: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: {target}}}
  virtualMachineSnapshotName: {snapshot}
"""
_LOCKED = "status: {snapshotInProgress: other}\n"


def _vm(name: str, volumes: str = "", *, locked: bool = False) -> str:
    more, status = (", uid: u", _LOCKED) if locked else ("", "")
    return _VM.format(name=name, volumes=volumes, metadata=more, status=status)


def _volume(name: str, claim: str) -> str:
    return f"{{name: {name}, persistentVolumeClaim: {{claimName: {claim}}}}}"


def _copies(number: int) -> str:
    copies = (_vm("web", _volume(f"d{n}", "c"), locked=n % 2 == 0) for n in range(number))
    return "".join(copies) + _SNAPSHOT.format(name="s", source="web")


def _sharing(number: int) -> str:
    return "".join(
        _vm(f"w{n}", _volume("d", "c")) + _SNAPSHOT.format(name=f"s{n}", source=f"w{n}")
        for n in range(number)
    )


def _gates(number: int) -> str:
    kubevirt = (
        "---\napiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {{name: k{}}}\nspec: {{}}\n"
    )
    return "".join(
        kubevirt.format(n)
        + _SNAPSHOT.format(name=f"s{n}", source="web")
        + _RESTORE.format(name=f"r{n}", target="web", snapshot=f"s{n}")
        for n in range(number)
    ) + _vm("web")


def _classes(number: int) -> str:
    marked = '{storageclass.kubernetes.io/is-default-class: "true"}'
    return "".join(
        "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\n"
        f"metadata: {{name: c{n}, annotations: {marked}}}\nprovisioner: ebs.csi.aws.com\n"
        "---\napiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\n"
        f"metadata: {{name: v{n}}}\ndriver: ebs.csi.aws.com\ndeletionPolicy: Delete\n"
        "---\napiVersion: v1\nkind: PersistentVolumeClaim\n"
        f"metadata: {{name: p{n}, namespace: prod}}\nspec: {{accessModes: [ReadWriteOnce]}}\n"
        + _vm(f"w{n}", _volume("d", f"p{n}"))
        + _SNAPSHOT.format(name=f"s{n}", source=f"w{n}")
        for n in range(number)
    )


def _contents(number: int) -> str:
    """Snapshots that all name one content with as many volumes."""
    entries = ", ".join(f"{{volumeName: v{n}, volumeSnapshotName: x{n}}}" for n in range(number))
    volumes = ", ".join(_volume(f"d{n}", f"p{n}") for n in range(number))
    status = "status: {readyToUse: false, virtualMachineSnapshotContentName: c}\n"
    snapshots = (_SNAPSHOT.format(name=f"s{n}", source="web") + status for n in range(number))
    vm = f"{{metadata: {{name: web}}, spec: {{template: {{spec: {{volumes: [{volumes}]}}}}}}}}"
    content = (
        "---\napiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshotContent\n"
        f"metadata: {{name: c, namespace: prod}}\nspec: {{source: {{virtualMachine: {vm}}}, "
        f"virtualMachineSnapshotName: s0, volumeBackups: [{entries}]}}\n"
    )
    return "".join(snapshots) + content


def _restored(number: int) -> str:
    """A snapshot, and restores of it to as many new VMs."""
    restores = (
        _RESTORE.format(name=f"r{n}", target=f"new{n}", snapshot="s") for n in range(number)
    )
    return _SNAPSHOT.format(name="s", source="web") + "".join(restores)


_COPY = """---
apiVersion: {api}
kind: {kind}
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: {source}}}{more}}}
"""


def _copy(api: str, kind: str, number: int, source: str, more: str = "") -> str:
    return _COPY.format(
        api=api, kind=kind, name=f"x{number}", namespace="prod", source=source, more=more
    )


def _clone(number: int, source: str) -> str:
    target = f", target: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: t{number}}}"
    return _copy("clone.kubevirt.io/v1beta1", "VirtualMachineClone", number, source, target)


def _clones_of_one(number: int) -> str:
    return _vm("web", _volume("d", "c")) + "".join(_clone(n, "web") for n in range(number))


def _clones(number: int) -> str:
    return "".join(_vm(f"w{n}", _volume("d", f"c{n}")) + _clone(n, f"w{n}") for n in range(number))


def _exports(number: int) -> str:
    """VMs with an export each, and as many exports of VMs that do not exist."""
    api, kind = "export.kubevirt.io/v1beta1", "VirtualMachineExport"
    return "".join(
        _vm(f"w{n}", _volume("d", f"c{n}"))
        + _copy(api, kind, n, f"w{n}")
        + _copy(api, kind, n + number, f"v{n}")
        for n in range(number)
    )


def _backups(number: int) -> str:
    """Backups of VMs, with a selector of namespaces, and as many of those."""
    selector = "{namespaceLabelSelector: {matchLabels: {backup: daily}}}"
    kubevirt = (
        "---\napiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {name: k}\n"
        f"spec: {{configuration: {{changedBlockTrackingLabelSelectors: {selector}}}}}\n"
    )
    return kubevirt + "".join(
        f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{n}}}\n"
        + _vm(f"w{n}", _volume("d", f"c{n}"))
        + _copy("backup.kubevirt.io/v1alpha1", "VirtualMachineBackup", n, f"w{n}")
        for n in range(number)
    )


def _anywhere(number: int) -> str:
    """VMs of as many namespaces, each with the choice of as many PVCs without any."""
    pvc = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {}\n"
    objects = "".join(
        pvc + _vm(f"w{n}", _volume("d", "c")) + _SNAPSHOT.format(name=f"s{n}", source=f"w{n}")
        for n in range(number)
    )
    first, *others = objects.split("namespace: prod")
    homes = (f"namespace: n{place // 2}{rest}" for place, rest in enumerate(others))
    return first + "".join(homes)


_CROWDS = [
    _anywhere, _copies, _sharing, _gates, _classes, _contents, _clones, _clones_of_one, _exports,
    _backups,
]  # fmt: skip


@pytest.mark.parametrize("crowd", _CROWDS)
def test_twice_as_many_objects_cost_twice_as_many_calls(
    crowd: Callable[[int], str], tmp_path: Path
) -> None:
    calls = []
    for number in (60, 60, 120, 240):  # the first run imports and compiles
        file = tmp_path / "objects.yaml"
        file.write_text(crowd(number))
        with cProfile.Profile() as profile:
            engine.lint((str(file),), None, Settings())
        calls.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined] # not in its types
    _, quarter, half, whole = calls
    assert whole - half < 2.6 * (half - quarter)


def test_addresses_of_a_vm_are_looked_up_once_for_all_of_its_restores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    macs = mock.Mock(side_effect=clones._macs)
    monkeypatch.setattr(clones, "_macs", macs)
    interface = 'interfaces: [{name: a, macAddress: "02:00:00:00:00:01", bridge: {}}]'
    vm = _vm("web").replace("devices: {}", f"devices: {{{interface}}}")
    file = tmp_path / "all.yaml"
    file.write_text(vm + _restored(9))
    run = engine.lint((str(file),), None, Settings(select=frozenset(["mac-duplicated"])))
    assert (len(run.report.findings), macs.call_count) == (9, 1)


def test_volumes_of_a_snapshot_are_looked_up_once_for_all_of_its_restores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = mock.Mock(side_effect=subject.saved_volumes)
    monkeypatch.setattr(subject, "saved_volumes", saved)
    file = tmp_path / "all.yaml"
    vm = _vm("web", _volume("d", "c"))
    file.write_text(vm + _restored(9))
    engine.lint((str(file),), None, Settings())
    assert saved.call_count == 1
