"""Interfaces and networks of a VM that do not match each other.

kubevirt v1.9.0, pkg/network/admitter (validator.go, binding.go, netiface.go, netsource.go); older
releases have the same in vmi-create-admitter.go, but for the number of bindings.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.schema.words import quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy

    Fault = tuple[Place, str, *tuple[Remedy, ...]]
    _Named = tuple[Place, str, dict[str, Any]]

__all__ = ["faults"]

_INTERFACES = ("domain", "devices", "interfaces")
_NAME = re.compile("[A-Za-z0-9-_]+")
_BINDINGS = ("binding", "bridge", "masquerade", "passtBinding", "sriov")
# Accepted by older releases, or by the gate of their time.
_OLD_BINDINGS = frozenset(("macvtap", "passt", "slirp"))
_SOURCES = ("multus", "pod", "resourceClaim")
# v1.9.0 has validateInterfaceBindingExists first.
_ONE_BINDING = Release(1, 9, 0)


def faults(cluster: Cluster, at: Place) -> Iterator[Fault]:
    """Each fault of the interfaces and networks in the spec of an instance."""
    interfaces, networks = _entries(at, _INTERFACES), _entries(at, ("networks",))
    if interfaces is None or networks is None or not (interfaces or networks):
        return
    names = [name for _, name, _ in (*interfaces, *networks)]
    if any(map(holds_placeholder, names)):
        return
    yield from _matches(interfaces, networks)
    for place, name, network in networks:
        yield from _network(place, name, network)
    prefers = at.manifest.get(*at.path[:-2], "preference") is not None  # which may set a binding
    has_one = cluster.release >= _ONE_BINDING and not prefers
    by_name = {name: network for _, name, network in networks}
    for place, name, interface in interfaces:
        yield from _interface(place, name, interface, by_name.get(name, {}))
        if has_one:
            yield from _binding(place, name, interface)
    yield from _of_pod(networks)


def _entries(at: Place, path: tuple[str, ...]) -> list[_Named] | None:
    """The entries, each with its place and name; None where that is no list of objects."""
    value = at.manifest.get(*at.path, *path)
    if value is None:
        return []
    if not isinstance(value, list):
        return None
    found = []
    for index, entry in enumerate(value):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            return None  # told by the schema
        found.append((at._replace(path=(*at.path, *path, index)), name, entry))
    return found


def _matches(interfaces: list[_Named], networks: list[_Named]) -> Iterator[Fault]:
    """Names that occur twice, or on one side only."""
    for what, other, here, there in (
        ("interface", "network", interfaces, networks),
        ("network", "interface", networks, interfaces),
    ):
        known, seen = {name for _, name, _ in there}, set[str]()
        for place, name, _ in here:
            at = place._replace(path=(*place.path, "name"))
            shown = quoted_value(name)
            if name in seen:
                yield at, f"two {what}s have the name {shown}: the VM is rejected"
            elif name not in known:
                hint = nearest_hint(name, known)
                message = f"{what} {shown} has no {other} of that name{hint}: the VM is rejected"
                # of two names that do not match, one is mended
                unmatched = known - {each for _, each, _ in here} if here is interfaces else ()
                yield at, message, *_renamed(at, name, unmatched)
            seen.add(name)


def _renamed(at: Place, name: str, unmatched: Iterable[str]) -> tuple[Remedy, ...]:
    from vmsnap_lint.objects import mending

    return mending.named(at, name, unmatched)


def _network(place: Place, name: str, network: dict[str, Any]) -> Iterator[Fault]:
    """The source of a network, of which there is one."""
    sources = [source for source in _SOURCES if network.get(source) is not None]
    if not sources and not set(network) - {"name", *_SOURCES}:
        yield place, f"network {quoted_value(name)} has no source, expected {quoted(_SOURCES[:2])}"
    elif len(sources) > 1:
        at = place._replace(path=(*place.path, sources[1]), key=True)
        yield at, f"network {quoted_value(name)} has several sources: {quoted(sources)}; keep one"


def _interface(
    place: Place, name: str, interface: dict[str, Any], network: dict[str, Any]
) -> Iterator[Fault]:
    """The characters of the name, and the network that masquerade needs."""
    if not _NAME.fullmatch(name):
        what = f"interface name {quoted_value(name)} is not of letters, digits, dashes"
        at = place._replace(path=(*place.path, "name"))
        yield at, f"{what} and underscores: the VM is rejected"
    if interface.get("masquerade") is not None and network and network.get("pod") is None:
        at = place._replace(path=(*place.path, "masquerade"), key=True)
        yield at, f"masquerade needs a pod network, which {quoted_value(name)} is not"


def _binding(place: Place, name: str, interface: dict[str, Any]) -> Iterator[Fault]:
    """The binding of an interface, of which there is one."""
    if not _OLD_BINDINGS.isdisjoint(interface):
        return
    given = [binding for binding in _BINDINGS if interface.get(binding) is not None]
    what = f"interface {quoted_value(name)} has"
    if not given:
        yield place, f"{what} no binding, such as masquerade or bridge: the VM is rejected"
    elif len(given) > 1:
        at = place._replace(path=(*place.path, given[1]), key=True)
        yield at, f"{what} several bindings: {quoted(given)}; keep one"


def _of_pod(networks: list[_Named]) -> Iterator[Fault]:
    """Networks after the one of the pod, which is that of Multus where it is the default."""
    found: Place | None = None
    for place, name, network in networks:
        multus = network.get("multus")
        is_default = isinstance(multus, dict) and multus.get("default") is True
        if network.get("pod") is None and not is_default:
            continue
        if found is not None:
            what = f"network {quoted_value(name)} is a second one of the pod"
            yield place, f"{what}: the VM is rejected"
        found = place
