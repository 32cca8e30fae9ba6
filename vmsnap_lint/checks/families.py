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
    if not world.is_reached(vm):
        return
    for volume in world.volumes(vm):
        for cause in volume.causes:
            if cause.rule == rule:
                yield _problem(vm, world, volume, cause)


def _problem(vm: Manifest, world: World, volume: Volume, cause: Cause) -> Problem:
    where: tuple[Place, ...] = cause.related
    claim = volume.claim
    if claim is not None and claim.spec is not None and claim.spec.manifest is not vm:
        named = claim.spec.manifest.at("metadata", "name", note=f'claim "{claim.name}"')
        where = (named, *where)
    message = f'volume "{volume.name}": {cause.reason}'
    return Problem(volume.at, message, (*where, *world.reaching(vm)), cause.severity)
