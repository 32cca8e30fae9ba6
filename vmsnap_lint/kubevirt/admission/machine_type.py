"""The machine type of a VM, which the KubeVirt object may allow.

kubevirt v1.9.0, pkg/virt-config/virt-config.go (GetEmulatedMachines and the defaults).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.schema.words import dotted, listed, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["machine_type_fault"]

_TYPE = ("domain", "machine", "type")
_DEFAULTS = {
    "amd64": ("q35*", "pc-q35*"),
    "arm64": ("virt*",),
    "ppc64le": ("pseries*",),
    "s390x": ("s390-ccw-virtio*",),
}
_CONFIGURATION = ("spec", "configuration")
# Of QEMU, so that a KubeVirt object may well allow it.
_ALLOWED_BY_SOME = ("pc", "pc-*")


def machine_type_fault(cluster: Cluster, at: Place) -> Problem | None:
    """The problem of a machine type that neither the defaults nor a KubeVirt object allows."""
    vm = at.manifest
    machine = vm.text(*at.path, *_TYPE)
    if not machine or holds_placeholder(machine):
        return None
    architecture = vm.text(*at.path, "architecture")
    allowed = _defaults(architecture)
    if _fits(machine, allowed):
        return None
    configured = [_configured(one) for one in cluster.workspace.of(kinds.KUBEVIRT)]
    if None in configured or any(_fits(machine, one) for one in configured if one is not None):
        return None
    place = vm.at(*at.path, *_TYPE)
    expected = listed([quoted_value(each) for each in allowed])
    hint = nearest_hint(machine, [pattern.rstrip("*") for pattern in allowed])
    what = f"{dotted(place.path)} is {quoted_value(machine)}"
    may_be_allowed = not configured and _fits(machine, _ALLOWED_BY_SOME)
    rejected = "the VM is rejected" if not may_be_allowed else "only a KubeVirt object can allow it"
    severity = Severity.WARNING if may_be_allowed else None
    message = f"{what}, expected {expected}{hint}: {rejected}"
    return Problem(place, message, severity=severity, fixes=_fixes(place, machine, allowed))


def _fixes(at: Place, machine: str, allowed: tuple[str, ...]) -> tuple[Remedy, ...]:
    from vmsnap_lint.objects import mending

    return mending.named(at, machine, [pattern.rstrip("*") for pattern in allowed])


def _defaults(architecture: str) -> tuple[str, ...]:
    """The patterns of an architecture, or of all where it is not set."""
    if architecture in _DEFAULTS:
        return _DEFAULTS[architecture]
    return tuple(pattern for patterns in _DEFAULTS.values() for pattern in patterns)


def _fits(machine: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(machine, pattern) for pattern in patterns)


def _configured(kubevirt: Manifest) -> tuple[str, ...] | None:
    """The machine types that a KubeVirt object allows, None where they are not known."""
    configuration = kubevirt.mapping(*_CONFIGURATION)
    found = list(_strings(configuration.get("emulatedMachines")))
    architectures = configuration.get("architectureConfiguration")
    for one in architectures.values() if isinstance(architectures, dict) else ():
        found += _strings(one.get("emulatedMachines") if isinstance(one, dict) else None)
    return None if any(map(holds_placeholder, found)) else tuple(found)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
