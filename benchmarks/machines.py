"""Makes sound objects of ours: a VM, the claim that it mounts, and the snapshot of the VM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.varied import name, sentence, token

if TYPE_CHECKING:
    from random import Random

__all__ = ["Machine", "classes", "compact", "triple"]

_CLASS = "ceph-block"
_DRIVER = "rook-ceph.rbd.csi.ceph.com"
_GIB = (8, 10, 12, 16, 20, 24, 30, 32, 40, 48, 50, 60, 64, 80, 100, 120, 200, 250, 500)
_PACKAGES = (
    "qemu-guest-agent", "nginx", "postgresql", "chrony", "tmux", "git", "curl", "jq", "htop",
    "rsync", "podman", "fail2ban", "ufw", "vim", "python3-pip", "nfs-common", "open-iscsi",
    "auditd", "haproxy", "keepalived", "redis", "mariadb-server", "openjdk-21",
)  # fmt: skip
_SITES = ("registry.example.com", "quay.io/example", "ghcr.io/example", "harbor.internal.example")


class Machine(NamedTuple):
    """What a VM is called, and where it is."""

    name: str
    namespace: str


def classes() -> list[Any]:
    """The storage class and the snapshot class that all share."""
    secret = "csi.storage.k8s.io/snapshotter-secret-"
    return [
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
         "metadata": {"name": _CLASS}, "provisioner": _DRIVER},
        {"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass",
         "metadata": {"name": _CLASS}, "driver": _DRIVER, "deletionPolicy": "Delete",
         "parameters": {"clusterID": "rook-ceph", f"{secret}name": "rook-csi-rbd-provisioner",
                        f"{secret}namespace": "rook-ceph"}},
    ]  # fmt: skip


def triple(chance: Random, machine: Machine) -> list[Any]:
    """Claim, VM and snapshot, as people write them; a part of the VMs make the claim themselves."""
    labels = _labels(chance, machine)
    size = f"{chance.choice(_GIB)}Gi"
    if chance.random() < 0.4:
        template = _template(chance, machine, size)
        return [_vm(chance, machine, labels, template), _snapshot(chance, machine, labels)]
    return [
        {**_head("v1", "PersistentVolumeClaim", f"{machine.name}-root", machine, labels),
         "spec": _claim(chance, size)},
        _vm(chance, machine, labels, None),
        _snapshot(chance, machine, labels),
    ]  # fmt: skip


def compact(chance: Random, machine: Machine) -> list[Any]:
    """Claim, VM and snapshot with as little as they need."""
    size = f"{chance.choice(_GIB)}Gi"
    return [
        {**_head("v1", "PersistentVolumeClaim", f"{machine.name}-root", machine, {}),
         "spec": _claim(chance, size)},
        {**_head("kubevirt.io/v1", "VirtualMachine", machine.name, machine, {}),
         "spec": {"runStrategy": "Halted", "template": {"spec": {
             "domain": {"memory": {"guest": f"{chance.randint(1, 64)}Gi"},
                        "devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}]}},
             "volumes": [_root(machine, own=False)]}}}},
        {**_head("snapshot.kubevirt.io/v1beta1", "VirtualMachineSnapshot",
                 f"{machine.name}-{token(chance, 6)}", machine, {}),
         "spec": {"source": _source(machine)}},
    ]  # fmt: skip


def _head(version: str, kind: str, title: str, machine: Machine, labels: Any) -> dict[str, Any]:
    metadata = {"name": title, "namespace": machine.namespace}
    return {
        "apiVersion": version, "kind": kind,
        "metadata": {**metadata, "labels": labels} if labels else metadata,
    }  # fmt: skip


def _labels(chance: Random, machine: Machine) -> dict[str, str]:
    every = {
        "app.kubernetes.io/name": machine.name,
        "app.kubernetes.io/part-of": name(chance),
        "app.kubernetes.io/version": f"{chance.randrange(9)}.{chance.randrange(40)}",
        "owner": name(chance),
        "cost-center": f"cc-{chance.randrange(10_000)}",
        "tier": chance.choice(("gold", "silver", "bronze", "none-yet")),
        "example.com/change": token(chance, 8),
    }
    return dict(chance.sample(sorted(every.items()), chance.randint(0, 5)))


def _claim(chance: Random, size: str) -> dict[str, Any]:
    return {
        "accessModes": [chance.choice(("ReadWriteMany", "ReadWriteOnce"))],
        "volumeMode": "Block", "storageClassName": _CLASS,
        "resources": {"requests": {"storage": size}},
    }  # fmt: skip


def _template(chance: Random, machine: Machine, size: str) -> dict[str, Any]:
    image = f"{chance.choice(_SITES)}/{name(chance)}"
    source: dict[str, Any] = chance.choice((
        {"registry": {"url": f"docker://{image}@sha256:{token(chance, 64)}"}},
        {"http": {"url": f"https://{image}/{chance.randrange(2020, 2027)}/{token(chance, 8)}.img"}},
        {"blank": {}},
    ))  # fmt: skip
    return {
        "metadata": {"name": f"{machine.name}-root"},
        "spec": {"source": source, "storage": _claim(chance, size)},
    }


def _vm(chance: Random, machine: Machine, labels: Any, template: Any) -> dict[str, Any]:
    vm = _head("kubevirt.io/v1", "VirtualMachine", machine.name, machine, labels)
    if chance.random() < 0.3:
        words = sentence(chance, chance.randint(4, 30))
        vm["metadata"]["annotations"] = {"example.com/description": words}
    pod = {
        **chance.choice(({}, {"nodeSelector": {"zone": f"z{chance.randrange(90)}"}})),
        **chance.choice(({}, {"terminationGracePeriodSeconds": chance.randint(0, 900)})),
        "domain": _domain(chance), "networks": [{"name": "default", "pod": {}}],
        "volumes": [_root(machine, own=bool(template)), _cloud_init(chance, machine)],
    }  # fmt: skip
    spec: dict[str, Any] = {"runStrategy": "Halted"}
    if template:
        spec["dataVolumeTemplates"] = [template]
    vm["spec"] = {**spec, "template": {"metadata": {"labels": {"vm": machine.name}}, "spec": pod}}
    return vm


def _domain(chance: Random) -> dict[str, Any]:
    devices: dict[str, Any] = {
        "disks": [
            {"name": "root", "disk": {"bus": chance.choice(("virtio", "scsi", "sata"))}},
            {"name": "cloudinit", "disk": {"bus": "virtio"}},
        ],
        "interfaces": [{"name": "default", "masquerade": {}}],
    }
    if chance.random() < 0.3:
        devices["rng"] = {}
    return {
        "cpu": {"cores": chance.randint(1, 32), "sockets": chance.randint(1, 2), "threads": 1},
        "memory": {"guest": f"{chance.randint(1, 96)}{chance.choice(('Gi', '00Mi'))}"},
        "devices": devices,
    }  # fmt: skip


def _root(machine: Machine, *, own: bool) -> dict[str, Any]:
    if own:
        return {"name": "root", "dataVolume": {"name": f"{machine.name}-root"}}
    return {"name": "root", "persistentVolumeClaim": {"claimName": f"{machine.name}-root"}}


def _cloud_init(chance: Random, machine: Machine) -> dict[str, Any]:
    packages = "".join(f"  - {one}\n" for one in chance.sample(_PACKAGES, chance.randint(1, 8)))
    lines = [
        "#cloud-config\n", f"hostname: {machine.name}\n",
        f"fqdn: {machine.name}.{machine.namespace}.example.com\n",
        f"ssh_authorized_keys:\n  - ssh-ed25519 {token(chance, 68)} {name(chance)}@example.com\n",
        f"packages:\n{packages}",
        f"write_files:\n  - path: /etc/{name(chance)}\n    content: key={token(chance, 24)}\n",
        f"runcmd:\n  - [systemctl, enable, --now, {chance.choice(_PACKAGES)}]\n",
    ]  # fmt: skip
    kept = [line for at, line in enumerate(lines) if at < 2 or chance.random() < 0.6]
    return {"name": "cloudinit", "cloudInitNoCloud": {"userData": "".join(kept)}}


def _source(machine: Machine) -> dict[str, str]:
    return {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": machine.name}


def _snapshot(chance: Random, machine: Machine, labels: Any) -> dict[str, Any]:
    title = f"{machine.name}-{chance.choice(('nightly', 'weekly', 'before-upgrade'))}"
    version = "snapshot.kubevirt.io/v1beta1"
    snapshot = _head(version, "VirtualMachineSnapshot", title, machine, labels)
    snapshot["spec"] = {"source": _source(machine)}
    if chance.random() < 0.5:
        snapshot["spec"]["failureDeadline"] = f"{chance.randint(2, 30)}m"
    return snapshot
