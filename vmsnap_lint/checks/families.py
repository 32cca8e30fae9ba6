"""What the families of checks share: causes on chains and refusals of objects. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.manifest import Manifest, Place
    from vmsnap_lint.storage import Cause, Volume
    from vmsnap_lint.world import World

__all__ = ["caused", "refused"]


def refused(manifest: Manifest, world: World, rule: str) -> Iterator[Problem]:
    """The refusals of this object that the rule reports."""
    for refusal in world.refusals(manifest):
        if refusal.rule == rule:
            yield refusal.problem


def caused(vm: Manifest, world: World, rule: str) -> Iterator[Problem]:
    """The volumes of a snapshotted VM that the rule has something to say about."""
    for volume, cause in world.causes(vm).get(rule, ()):
        yield _problem(vm, world, volume, cause)


def _problem(vm: Manifest, world: World, volume: Volume, cause: Cause) -> Problem:
    at = cause.at or volume.at
    message = f'volume "{volume.name}": {cause.reason}'
    related = (*_claim_places(vm, volume), *cause.related, *world.reaching(vm))
    return Problem(at, message, related, cause.severity)


def _claim_places(vm: Manifest, volume: Volume) -> tuple[Place, ...]:
    """Where the claim names its class, or itself, if that is in another object."""
    claim = volume.claim
    if claim is None or claim.spec is None or claim.spec.manifest is vm:
        return ()
    note = f'claim "{claim.name}"'
    path = (*claim.spec.path, "storageClassName")
    if claim.spec.manifest.get(*path) is not None:
        return (claim.spec._replace(path=path, note=note),)
    return (claim.spec.manifest.at("metadata", "name", note=note),)
