"""Sizes of the memory of a VM that KubeVirt's webhook rejects.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder, parse_quantity
from vmsnap_lint.schema.words import dotted, quoted_value, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from vmsnap_lint.objects.manifest import Place

    Fault = tuple[Place, str]

__all__ = ["faults"]

_RESOURCES = ("domain", "resources")
_REQUESTS = (*_RESOURCES, "requests", "memory")
_LIMITS = (*_RESOURCES, "limits", "memory")
_GUEST = ("domain", "memory", "guest")
_HUGEPAGES = ("domain", "memory", "hugepages")
_SMALLEST = 1_000_000
_LARGEST = 2**63 - 1


def faults(at: Place) -> Iterator[Fault]:
    """Each fault of the sizes in the spec of an instance."""
    vm = at.manifest
    for path in (_REQUESTS, _LIMITS) if vm.get(*at.path, *_RESOURCES) else ():
        size = vm.get(*at.path, *path)
        amount = parse_quantity(size) if size is not None else None
        if amount is not None and not _fits(amount, least=path == _REQUESTS):
            place = vm.at(*at.path, *path)
            yield place, f"{dotted(place.path)} is {shown(size)}, expected an amount of memory"
    if isinstance(vm.get(*at.path, *_HUGEPAGES), dict):
        yield from _pages(at)


def _fits(amount: Fraction, *, least: bool) -> bool:
    low = _SMALLEST if least and amount else 0
    return low <= amount <= _LARGEST


def _pages(at: Place) -> Iterator[Fault]:
    """The size of huge pages, of which the memory is a multiple."""
    vm = at.manifest
    place = vm.at(*at.path, *_HUGEPAGES, "pageSize")
    size = vm.get(*place.path)
    if holds_placeholder(size) or isinstance(size, dict | list):
        return
    page = parse_quantity(size) if size is not None else None
    if page is None or page <= 0:
        text = quoted_value(size) if isinstance(size, str) else shown(size)
        is_missing = size is None
        message = f'{dotted(place.path)} is {text}, expected a quantity such as "2Mi"'
        yield place._replace(key=is_missing), message
        return
    for path in (_REQUESTS, _GUEST, _LIMITS):
        memory = vm.get(*at.path, *path)
        amount = parse_quantity(memory) if memory is not None else None
        if amount:
            if amount % page:
                where = vm.at(*at.path, *path)
                what = f"{dotted(where.path)} is {shown(memory)}"
                yield where, f"{what}, which is no multiple of the page size {size}"
            return
        if memory is not None and amount is None:
            return  # a placeholder, or reported by the schema
