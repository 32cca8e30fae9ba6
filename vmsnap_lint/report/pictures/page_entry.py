"""Writes one object of a plan: its verdict, the reasons, and the chain of each volume."""

from __future__ import annotations

from collections import Counter

from vmsnap_lint.core.kinds import (
    CLONE,
    EXPORT,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.kubevirt.chain_link import ChainLink
from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.report.pictures.page_chain import chain, place
from vmsnap_lint.report.pictures.page_text import attribute, html, named, own
from vmsnap_lint.report.plans.verdict_words import answer, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
    from vmsnap_lint.report.pictures.page_chain import WhereIs
    from vmsnap_lint.report.plans import Plan, Plans

    PlannedVolume = VolumePlan | RestoredVolume | ExportedVolume

__all__ = ["KINDS", "VERDICTS", "PageEntry", "entries_of", "entry_lines", "verdict_mark"]

KINDS = (SNAPSHOT, RESTORE, CLONE, EXPORT, VM)
VERDICTS = (
    Verdict.REJECTED, Verdict.FAILED, Verdict.STUCK, Verdict.PARTIAL, Verdict.UNKNOWN,
    Verdict.EMPTY, Verdict.COMPLETE,
)  # fmt: skip
"""What a reader has to look at first."""

# The words for an answer, and the class that gives its colour and shape.
_ANSWERS = {"yes": "saved", "NO": "left out", "no": "not persistent", "?": "not known"}
_CLASSES = (STORAGE_CLASS.kind, STORAGE_PROFILE.kind, VOLUME_SNAPSHOT_CLASS.kind)
_EXPORTED = {"yes": "exported", "NO": "left out", "?": "not known"}
_SHAPES = {"good": "yes", "error": "bad", "warning": "unknown", "dim": "no"}


class PageEntry(NamedTuple):
    """A plan and the kind of its object; of a VM it is the preview of a snapshot."""

    kind: Kind
    plan: Plan


def entries_of(plans: Plans) -> list[PageEntry]:
    """All plans: by cluster, and what is not complete first."""
    by_kind = plans.by_kind()
    every = [PageEntry(kind, plan) for kind in KINDS for plan in by_kind[kind]]
    names = (*dict.fromkeys(plans.clusters), "")
    clusters = {name: number for number, name in enumerate(names)}
    verdicts = {verdict: number for number, verdict in enumerate(VERDICTS)}

    def order(entry: PageEntry) -> tuple[int, int]:
        return clusters.get(entry.plan.cluster, len(clusters)), verdicts[entry.plan.verdict]

    return sorted(every, key=order)


def entry_lines(entry: PageEntry, where_is: WhereIs, *, is_open: bool) -> Iterator[str]:
    """The lines of one object."""
    kind, plan = entry
    verdict = plan.verdict.value
    data = f"{attribute('data-verdict', verdict)}{attribute('data-kind', kind.kind)}"
    yield f'<article class="{verdict}"{data}>'
    title = f'{verdict_mark(plan.verdict)} <span class="k">{own(kind.kind)}</span>'
    yield f"<h3>{title} {named(plan.name)}</h3>"
    yield f"<p>{own(_sentence(words(kind, plan.verdict).text))}</p>"
    yield f'<p class="soft">{"; ".join(_facts(entry, where_is))}</p>'
    if plan.reasons:
        yield '<ul class="why">'
        yield from (f'<li dir="ltr">{html(reason)}</li>' for reason in plan.reasons)
        yield "</ul>"
    yield "<details open>" if is_open else "<details>"
    summary, of = own(_summary(entry)), f'<span class="off"> of {named(plan.name)}</span>'
    yield f"<summary>{summary}{of}</summary>"
    yield from _drawing(entry, where_is)
    yield "</details>"
    yield "</article>"


def verdict_mark(verdict: Verdict) -> str:
    """A verdict as a word with its colour and shape."""
    return f'<span class="v {verdict.value}">{verdict.value}</span>'


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _facts(entry: PageEntry, where_is: WhereIs) -> Iterator[str]:
    """Where the object is, and what it is about."""
    kind, plan = entry
    if plan.namespace:
        yield f"namespace {named(plan.namespace)}"
    first = plan.trail.links[0] if plan.trail.links else None
    if first is not None and first.at is not None:
        yield place(where_is(first.at))
    if kind == VM:
        yield "preview of a snapshot"
    elif isinstance(plan, SnapshotPlan):
        yield f"of VirtualMachine {named(plan.source)}"
    elif isinstance(plan, RestorePlan):
        yield f"of VirtualMachineSnapshot {named(plan.snapshot)}"
    else:
        yield f"of {named(plan.source_kind or 'nothing')} {named(plan.source)}"
    if isinstance(plan, RestorePlan | ClonePlan):
        yield f"to VirtualMachine {named(plan.target)}" if plan.target else "to a new name"


def _summary(entry: PageEntry) -> str:
    """How many volumes there are, by what becomes of them."""
    volumes = entry.plan.volumes
    if not volumes:
        return "No volumes"
    numbers = Counter(_answer(entry.kind, volume)[0] for volume in volumes)
    told = ", ".join(f"{number} {word}" for word, number in numbers.items())
    return f"{counted(len(volumes), 'volume')}: {told}"


def _answer(kind: Kind, volume: PlannedVolume) -> tuple[str, str]:
    """The word for what becomes of a volume, and its shape."""
    text, style = answer(volume)
    table = _EXPORTED if kind == EXPORT else _ANSWERS
    return table.get(text, text), _SHAPES[style]


def _drawing(entry: PageEntry, where_is: WhereIs) -> Iterator[str]:
    """The object with what it is about, and below it the chain of each volume."""
    links = entry.plan.trail.links
    if entry.kind == VM:
        links = links[:1]
    if links:
        yield from chain(links, _missing(links[1:2]), where_is)
    if entry.plan.volumes:
        yield '<ul class="volumes" role="list">'
        for volume in entry.plan.volumes:
            yield from _volume(entry.kind, volume, where_is)
        yield "</ul>"


def _missing(links: Iterable[ChainLink]) -> str:
    """The kind of the object that is not there, or ""."""
    gone = (Absence.ABSENT, Absence.GUESSED)
    return next((link.kind for link in links if link.absence in gone), "")


def _volume(kind: Kind, volume: PlannedVolume, where_is: WhereIs) -> Iterator[str]:
    word, shape = _answer(kind, volume)
    yield f'<li><span class="v {shape}">{own(word)}</span>'
    links, breaks_at = _links(kind, volume)
    breaks_at = breaks_at if shape in ("bad", "unknown") else ""
    yield from chain(links, breaks_at, where_is, is_certain=shape == "bad")
    if volume.reason:
        yield f'<p class="reason" dir="ltr">{html(volume.reason)}</p>'
    yield "</li>"


def _links(kind: Kind, volume: PlannedVolume) -> tuple[tuple[ChainLink, ...], str]:
    """The objects of a volume, and the kind of the one at which its chain breaks."""
    trail = volume.trail
    links = (*(trail.links or _named_links(volume)), *_restored(volume))
    if kind == EXPORT:  # classes do not matter to it
        links = tuple(link for link in links if link.kind not in _CLASSES)
        return links, links[-1].kind
    return links, trail.breaks_at or links[-1].kind


def _named_links(volume: PlannedVolume) -> Iterator[ChainLink]:
    """The objects of a volume by their names only."""
    yield ChainLink("Volume", None, volume.name)
    names: tuple[tuple[Kind, str | None], ...] = ((PVC, volume.claim),)
    if isinstance(volume, RestoredVolume):
        names = ((PVC, volume.source_claim),)
    elif isinstance(volume, VolumePlan):
        classes = (
            (STORAGE_CLASS, volume.storage_class),
            (VOLUME_SNAPSHOT_CLASS, volume.snapshot_class),
        )
        names = (*names, *classes)
    yield from (ChainLink(kind.kind, None, name) for kind, name in names if name)


def _restored(volume: PlannedVolume) -> Iterator[ChainLink]:
    """The PVC that a restored VM uses."""
    if isinstance(volume, RestoredVolume) and volume.claim:
        note = "" if volume.existing else volume.outcome.value
        yield ChainLink(f"{PVC.kind} of the VM", None, volume.claim, volume.existing, note=note)
