"""A few words above each VM and each snapshot: what it comes to."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.editor.named_fields import NAME
from vmsnap_lint.editor.plans_of_objects import PLANNED, in_words, plan_of
from vmsnap_lint.report.finding_places import where

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Span
    from vmsnap_lint.editor.view import View

__all__ = ["Lens", "lenses"]

_MOST = 500  # of a file


class Lens(NamedTuple):
    """The words, and the name of the object that they are about."""

    span: Span
    text: str


def lenses(view: View, file: str) -> list[Lens]:
    """The verdicts of the VMs, snapshots, restores, clones and exports of a file.

    Where clusters (or namespaces) differ, each verdict has the names of its own. That of a VM is
    the one of a snapshot which would be taken of it.
    """
    told: dict[Span, dict[str, list[str]]] = {}
    planned = [each for each in view.objects(file) if each[1].group_kind in PLANNED]
    for world, manifest in planned[:_MOST]:
        plan = plan_of(world, manifest)
        at, span = where(manifest.at(*NAME))
        if plan is not None and at == file:
            text = in_words(manifest.group_kind, plan)
            told.setdefault(span, {}).setdefault(text, []).append(
                world.name or manifest.namespace or ""
            )
    return [Lens(span, _joined(told[span])) for span in sorted(told)]


def _joined(words: dict[str, list[str]]) -> str:
    """The verdicts, with the clusters where there are several."""
    if len(words) == 1:
        return next(iter(words))
    return "; ".join(
        f"{text} (in {quoted(dict.fromkeys(filter(None, names)))})" if any(names) else text
        for text, names in words.items()
    )
