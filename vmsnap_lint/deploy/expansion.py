"""Follows pointers, round by round: what one applies may hold further ones."""

from __future__ import annotations

import os
from itertools import chain

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.kinds import ARGO_APPLICATION, ARGO_APPLICATION_SET
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import POINTERS, Relevance, of_kind
from vmsnap_lint.deploy.applied import IN_CLUSTER, Applied, FoundCluster, NamedCluster, Part
from vmsnap_lint.deploy.around import Around
from vmsnap_lint.deploy.attribution import attributed
from vmsnap_lint.deploy.render.jobs import KustomizeJob, Outcome
from vmsnap_lint.deploy.render.scopes import placed
from vmsnap_lint.deploy.render.tree_gaps import oldest
from vmsnap_lint.deploy.substitution import substituted
from vmsnap_lint.input.files import shown
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.checkout import Checkout
    from vmsnap_lint.deploy.config_maps import ConfigMaps
    from vmsnap_lint.deploy.render.build import Renderer
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Draft", "Expansion", "applied_by"]

_ARGO = (ARGO_APPLICATION, ARGO_APPLICATION_SET)
_OWN = ("", IN_CLUSTER)
"""Names for the cluster that the pointers themselves are in."""
_MOST_ROUNDS = 20
_MOST_POINTERS = 10_000


def applied_by(pointer: Manifest, around: Around) -> Iterator[Applied]:
    """What a pointer applies."""
    if pointer.group_kind in _ARGO:
        from vmsnap_lint.deploy.argocd import applied  # most runs have either
    else:
        from vmsnap_lint.deploy.flux import applied
    return applied(pointer, around)


class Draft:
    """A cluster that is being put together. Of an object that is applied twice the first counts."""

    def __init__(self, name: str, origin: str) -> None:
        self.name = name
        self.origin = origin
        self.files: set[str] = set()
        self.objects: dict[object, Manifest] = {}
        self._outside: dict[object, Manifest] = {}
        self._appliers: dict[object, Manifest] = {}
        self._outcomes: dict[int, Outcome] = {}
        self._gaps: dict[Gap, None] = {}
        self._replaced: set[str] = set()
        self._parts: list[Part] = []
        self._notes: dict[NotChecked, None] = {}

    def see(self, manifest: Manifest) -> None:
        """Adds an object that others may look at."""
        self._outside.setdefault(_identity(manifest), manifest)

    def add(self, manifests: Iterable[Manifest]) -> None:
        """Adds objects of the cluster."""
        for manifest in manifests:
            self.objects.setdefault(_identity(manifest), manifest)

    def add_outcome(self, applied: Applied, outcome: Outcome, built: tuple[Manifest, ...]) -> None:
        """Adds what came of a job of the cluster."""
        if not _is_path(applied.pointer):
            self.see(applied.pointer)
        self.files |= outcome.files
        self._outcomes[id(outcome)] = outcome
        self._gaps |= dict.fromkeys((*applied.gaps, *outcome.gaps))
        if applied.substitution is not None:
            self._replaced |= {
                new.file
                for new, old in zip(built, outcome.manifests, strict=True)
                if new.value is not old.value
            }
        if applied.uncertain:
            self._notes |= dict.fromkeys(_unjudged(applied, built))
            for manifest in built:
                self.see(manifest)
        else:
            self.add(built)
        for manifest in () if _is_path(applied.pointer) else built:
            self._appliers.setdefault(manifest.position, applied.pointer)
        self._parts.append(_part(applied, outcome, built))

    def add_unbuilt(self, what: str, directory: str, outcome: Outcome) -> None:
        """Adds a chart whose pointers are not known."""
        self._outcomes[id(outcome)] = outcome
        self._gaps |= dict.fromkeys(outcome.gaps)
        reason = next((gap.reason for gap in outcome.gaps), "")
        self._parts.append(Part(what, "", 0, directory, 0, reason))

    def found(self, everywhere: tuple[Gap, ...] = ()) -> FoundCluster:
        """The cluster, as far as it is known, with gaps that every cluster has."""
        outcomes = self._outcomes.values()
        gaps = tuple(dict.fromkeys((*self._gaps, *everywhere)))
        return FoundCluster(
            NamedCluster(self.name, self.origin, tuple(sorted(self._parts)), gaps),
            tuple(self.objects.values()),
            tuple(each for key, each in self._outside.items() if key not in self.objects),
            tuple(outcome.tree for outcome in outcomes if outcome.tree is not None),
            frozenset(self.files),
            (*self._notes, *chain.from_iterable(outcome.notes for outcome in outcomes)),
            tuple(dict.fromkeys(failure for outcome in outcomes for failure in outcome.failures)),
            self._appliers,
            frozenset().union(*(outcome.changed for outcome in outcomes)),
            oldest(outcome.release for outcome in outcomes),
            frozenset(self._replaced),
        )


class Expansion:
    """The clusters of a run, in the order in which they are found.

    Paths of pointers are relative to the root of `checkout`.
    """

    def __init__(self, renderer: Renderer, checkout: Checkout, config_maps: ConfigMaps) -> None:
        self._renderer = renderer
        self._checkout = checkout
        self._config_maps = config_maps
        self._drafts: list[Draft] = []
        self._queue: list[tuple[Draft, Manifest]] = []
        self._met: set[object] = set()
        self._everywhere: dict[Gap, None] = {}
        self._made: dict[object, _Made] = {}
        self._is_trial = False
        self.reached: set[object] = set()

    def trial(self) -> Expansion:
        """One of the same repository that knows no cluster; what it makes is not made again."""
        trial = Expansion(self._renderer, self._checkout, self._config_maps)
        trial._made = self._made
        trial._is_trial = True
        return trial

    def cluster(self, name: str, origin: str = "") -> Draft:
        """The cluster of that name, a new one declared by `origin`; without a name always new."""
        known = next((draft for draft in self._drafts if name and draft.name == name), None)
        if known is not None:
            return known
        draft = Draft(name, origin)
        self._drafts.append(draft)
        return draft

    def drafts(self) -> list[Draft]:
        """The clusters so far."""
        return list(self._drafts)

    def holds(self, location: str) -> bool:
        """Whether a file (real path) is applied to a cluster that has a name."""
        return any(location in draft.files for draft in self._drafts if draft.name)

    def add(self, draft: Draft, objects: Iterable[Manifest]) -> None:
        """Adds the pointers among the objects of a cluster, which `follow` then follows."""
        for pointer in (each for each in objects if each.group_kind in POINTERS):
            self.reached.add(pointer.position)
            key = draft, pointer.ref
            if key not in self._met and len(self._met) < _MOST_POINTERS:
                self._met.add(key)
                self._queue.append((draft, pointer))

    def apply(self, draft: Draft, applied: Applied) -> None:
        """Adds what one job makes, whose pointers `follow` then follows."""
        jobs = [] if applied.job is None else [applied.job]
        outcomes = self._renderer.run(jobs).values()
        self._add(draft, applied, next(iter(outcomes), Outcome()))

    def follow(self) -> None:
        """Adds everything that the pointers apply, and what these objects apply, and so on."""
        for _ in range(_MOST_ROUNDS):
            if not self._queue:
                return
            self._round()
        for left, pointer in self._queue:
            reason = f"more than {_MOST_ROUNDS} objects apply each other"
            gap = Gap(pointer.title, reason, pointer.at())
            left.add_outcome(Applied(pointer, gaps=(gap,)), Outcome(), ())
        self._queue.clear()

    def found(self) -> tuple[FoundCluster, ...]:
        """The clusters."""
        return tuple(draft.found(tuple(self._everywhere)) for draft in self._drafts)

    def _round(self) -> None:
        queue, self._queue = self._queue, []
        pointers: dict[Draft, list[Manifest]] = {}
        for draft, pointer in queue:
            pointers.setdefault(draft, []).append(pointer)
        around = {draft: self._around(draft, own) for draft, own in pointers.items()}
        applied = [
            (draft, each) for draft, pointer in queue for each in applied_by(pointer, around[draft])
        ]
        outcomes = self._renderer.run(each.job for _, each in applied if each.job is not None)
        for draft, each in applied:
            outcome = outcomes[each.job] if each.job is not None else Outcome()
            self._add(draft, each, outcome)

    def _around(self, draft: Draft, pointers: Sequence[Manifest]) -> Around:
        objects = [*draft.objects.values(), *pointers, *self._config_maps.named_by(pointers)]
        return Around(self._checkout, objects)

    def _add(self, draft: Draft, applied: Applied, outcome: Outcome) -> None:
        if applied.pointer.group_kind == ARGO_APPLICATION_SET:
            self._everywhere |= dict.fromkeys(applied.gaps)  # for which clusters is not known
        if applied.cluster not in _OWN:
            draft = self.cluster(applied.cluster, draft.origin)
        outcome, built = self._objects(applied, outcome)
        if (
            _is_path(applied.pointer)
            and isinstance(applied.job, KustomizeJob)
            and applied.job.files
        ):
            outcome = outcome._replace(tree=None)  # nobody wrote a kustomization
        draft.add_outcome(applied, outcome, built)
        if applied.job is not None:
            draft.files |= self._renderer.files(applied.job)
        self.add(draft, built)

    def _objects(self, applied: Applied, outcome: Outcome) -> tuple[Outcome, tuple[Manifest, ...]]:
        """The outcome for a pointer, with its objects as they are applied."""
        key = applied.pointer, applied.job
        known = self._made.pop(key, None)
        if known is None or known.applied != applied or known.of is not outcome:
            known = _made(applied, outcome)
        if self._is_trial:
            self._made[key] = known
        return known.outcome, known.objects


class _Made(NamedTuple):
    """What a pointer makes of the outcome of its job."""

    applied: Applied
    of: Outcome
    outcome: Outcome
    objects: tuple[Manifest, ...]


def _made(applied: Applied, of: Outcome) -> _Made:
    outcome = attributed(of, applied)
    objects = outcome.manifests
    if applied.substitution is not None:
        objects = substituted(objects, applied.substitution)
    if applied.namespace:
        objects = tuple(placed(manifest, applied.namespace) for manifest in objects)
    return _Made(applied, of, outcome, objects)


def _identity(manifest: Manifest) -> object:
    return (*manifest.position, manifest.ref)


def _is_path(pointer: Manifest) -> bool:
    """Whether it stands for a path, as of the configuration, and is in no file."""
    return bool(pointer.file) and pointer.file == pointer.text("spec", "path")


def _unjudged(applied: Applied, built: Iterable[Manifest]) -> Iterator[NotChecked]:
    """That VMs, or what saves them, are not judged."""
    if any(of_kind(*manifest.group_kind) >= Relevance.MARKER for manifest in built):
        what = f"the objects of {applied.pointer.title} are not judged, as {applied.uncertain}"
        yield NotChecked(applied.pointer.file, what)


def _part(applied: Applied, outcome: Outcome, built: tuple[Manifest, ...]) -> Part:
    pointer, job = applied.pointer, applied.job
    state = "built" if outcome.is_rendered else "read as written"
    gaps = [gap.reason for gap in (*applied.gaps, *outcome.gaps)]
    if applied.uncertain or job is None:
        state = applied.uncertain or next(iter(gaps), state)
    elif gaps and not built:
        state = gaps[0]
    count = sum(1 for manifest in built if of_kind(*manifest.group_kind))
    directory = shown(os.path.relpath(job.directory)) if job is not None else ""
    file, span = pointer.document.where(pointer.root)
    if _is_path(pointer):
        return Part(f'path "{abridged(file)}"', "", 0, directory, count, state)
    return Part(pointer.title, file, span.line, directory, count, state)
