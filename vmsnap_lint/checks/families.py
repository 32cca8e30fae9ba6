"""How a check is listed: its function and what it is called with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.world import World

    Prefilter = Callable[[Any, World], Container[str]]

    from vmsnap_lint.kubevirt.storage import Cause, Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["ANY", "FILE", "RUN", "SUPPRESSION", "Check", "caused", "refused"]

ANY = "any"
"""Called with every manifest of the input, whatever its kind."""
FILE = "file"
"""Called with every Source."""
RUN = "run"
"""Called once, with the world alone."""
SUPPRESSION = "suppression"
"""Called with every suppression alone, after all others, with what became of it."""


class Check(NamedTuple):
    """A generator of Problems: `function(subject, world)`, or `function(world)` for RUN.

    `on` is ANY, FILE, RUN, SUPPRESSION, or the kinds whose manifests it is called with. `when`
    (see prefilters) is asked once for all checks that share it, and gives the ids of those that may
    have something to say of it; it saves time and decides nothing.
    """

    function: Callable[..., Iterator[Problem]]
    on: tuple[Kind, ...] | str
    when: Prefilter | None = None

    def kinds(self) -> tuple[str, ...]:
        """The kinds as a card lists them."""
        return (self.on,) if isinstance(self.on, str) else tuple(kind.kind for kind in self.on)


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
    related = (*_claim_places(vm, volume), *cause.related, *world.named_at(vm))
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
