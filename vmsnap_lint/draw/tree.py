"""Plans become trees for people: machine, volumes, and what the verdict means. Floor 8."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.display import paint, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.outcome import Plan, VolumePlan
    from vmsnap_lint.restore import RestoredVolume, RestorePlan

__all__ = ["Look", "render"]

# The words of each verdict, and the style they are painted in.
_VERDICTS = {
    "complete": ("complete: it holds every persistent volume", "good"),
    "empty": ("empty: it becomes Ready, and holds no data", "warning"),
    "partial": ("partial: it becomes Ready, and misses a persistent volume", "error"),
    "rejected": ("rejected: the API server refuses it", "error"),
    "stuck": ("stuck: it is accepted, never becomes Ready, and fails at its deadline", "error"),
    "unknown": ("unknown: the input does not hold enough to tell", "warning"),
}
_ENDINGS = {
    "complete": ("complete: every volume is restored", "good"),
    "empty": ("empty: only the settings are restored, there is no disk to restore", "warning"),
    "lossy": ("lossy: it completes, and data is lost or not restored", "error"),
    "partial": ("partial: it completes, and leaves a volume out", "error"),
    "rejected": ("rejected: the API server refuses it", "error"),
    "stuck": ("stuck: it is accepted, and never completes", "error"),
    "unknown": ("unknown: the input does not hold enough to tell", "warning"),
}
# What becomes of one volume.
_OUTCOMES = {
    "created": "good",
    "lost": "error",
    "overwritten": "good",
    "reused": "error",
    "shared": "error",
    "unknown": "warning",
}
_BRANCHES = {True: ("├─ ", "│  ", "└─ "), False: ("|- ", "|  ", "`- ")}


class Look(NamedTuple):
    """What the terminal can show."""

    color: bool = False
    unicode: bool = True


def render(
    snapshots: Iterable[Plan],
    machines: Iterable[Plan],
    look: Look,
    restores: Iterable[RestorePlan] = (),
) -> Iterator[str]:
    """A tree for each snapshot, each machine and each restore, with an empty line after it."""
    for plan in snapshots:
        yield from _tree(_snapshot(plan), plan, look)
    for plan in machines:
        yield from _tree(f"{_named('VirtualMachine', plan)}, if it were snapshotted", plan, look)
    for restore in restores:
        yield from _restore(restore, look)


def _snapshot(plan: Plan) -> str:
    source = f' of VirtualMachine "{plan.source}"' if plan.source else ""
    return _named("VirtualMachineSnapshot", plan) + source


def _named(kind: str, plan: Plan | RestorePlan) -> str:
    return f'{kind} "{plan.name}"' + (f' in namespace "{plan.namespace}"' if plan.namespace else "")


def _tree(title: str, plan: Plan, look: Look) -> Iterator[str]:
    yield paint(visible(title), "bold", look.color)
    words, style = _VERDICTS[plan.verdict.value]
    yield f"  {paint(words, style, look.color)}"
    for reason in plan.reasons:
        yield f"  - {visible(reason)}"
    branch, bar, last = _BRANCHES[look.unicode]
    column = max((width(visible(volume.name)) for volume in plan.volumes), default=0)
    for volume in plan.volumes:
        ending = volume is plan.volumes[-1]
        lead, below = (last, "   ") if ending else (branch, bar)
        yield from _volume(volume, f"  {lead}", f"  {below}", column, look)
    yield ""


def _volume(volume: VolumePlan, lead: str, below: str, column: int, look: Look) -> Iterator[str]:
    name = visible(volume.name)
    padding = " " * (column - width(name))
    answer, style = _answer(volume)
    said = [text for text in (_chain(volume), visible(volume.reason)) if text] or [""]
    label = paint(answer.ljust(3), style, look.color)
    yield f"{lead}{name}{padding}  {label}  {said[0]}".rstrip()
    for text in said[1:]:
        yield f"{below}{' ' * (column + 7)}{text}"


def _answer(volume: VolumePlan) -> tuple[str, str]:
    if volume.included is None:
        return "?", "warning"
    if volume.included:
        return "yes", "good"
    return ("NO", "error") if volume.persistent else ("no", "dim")


def _chain(volume: VolumePlan) -> str:
    """Where its data lies: claim, storage class, snapshot class, as far as they are known."""
    links = [
        ("claim", volume.claim),
        ("class", volume.storage_class),
        ("snapshot class", volume.snapshot_class),
    ]
    return " -> ".join(f"{noun} {visible(name)}" for noun, name in links if name)


def _restore(plan: RestorePlan, look: Look) -> Iterator[str]:
    title = f'{_named("VirtualMachineRestore", plan)} of VirtualMachineSnapshot "{plan.snapshot}"'
    yield paint(visible(f'{title} to VirtualMachine "{plan.target}"'), "bold", look.color)
    words, style = _ENDINGS[plan.verdict.value]
    yield f"  {paint(words, style, look.color)}"
    for reason in plan.reasons:
        yield f"  - {visible(reason)}"
    branch, bar, last = _BRANCHES[look.unicode]
    column = max((width(visible(volume.name)) for volume in plan.volumes), default=0)
    for volume in plan.volumes:
        ending = volume is plan.volumes[-1]
        lead, below = (last, "   ") if ending else (branch, bar)
        yield from _restored(volume, f"  {lead}", f"  {below}", column, look)
    yield ""


def _restored(
    volume: RestoredVolume, lead: str, below: str, column: int, look: Look
) -> Iterator[str]:
    name = visible(volume.name)
    padding = " " * (column - width(name))
    outcome = volume.outcome.value
    label = paint(outcome.ljust(11), _OUTCOMES[outcome], look.color)
    links = [visible(claim) for claim in (volume.source_claim, volume.claim) if claim]
    said = [text for text in (" -> ".join(links), visible(volume.reason)) if text] or [""]
    yield f"{lead}{name}{padding}  {label}  {said[0]}".rstrip()
    for text in said[1:]:
        yield f"{below}{' ' * (column + 15)}{text}"
