"""Writes plans as one HTML page that needs nothing else and can be searched.

All content is in the HTML; the script only filters it. The page lets only its own script and style
run: their hashes are in its Content Security Policy, and no text of a manifest is in either.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Template

from vmsnap_lint import __version__
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import counted
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.findings import where
from vmsnap_lint.report.pictures import page_filter
from vmsnap_lint.report.pictures.page_chain import place
from vmsnap_lint.report.pictures.page_entry import entries_of, entry_lines
from vmsnap_lint.report.pictures.page_text import attribute, html, named, own
from vmsnap_lint.report.portable import from_root
from vmsnap_lint.report.summary import judged_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.pictures.page_chain import WhereIs
    from vmsnap_lint.report.pictures.page_entry import PageEntry
    from vmsnap_lint.report.plans import Plans

__all__ = ["render"]

_MOST_OPEN = 50  # objects that show their chains at once
_MOST_FILES = 20  # that were not checked, and are listed at once
_OUTSIDE = "In no cluster"


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """The page, line by line, in ASCII."""
    entries, renamed = entries_of(plans), cache(from_root())
    values = _values(entries, plans)
    blocks = {
        "<!-- releases -->": _releases(plans),
        "<!-- counts -->": page_filter.numbers(entries),
        "<!-- clusters -->": page_filter.cluster_choice(plans),
        "<!-- choices -->": page_filter.choices(entries),
        "<!-- objects -->": _sections(entries, plans, renamed),
        "<!-- unchecked -->": _unchecked(plans, renamed),
    }
    for line in _data("page.html").splitlines():
        block = blocks.get(line)
        yield from block or Template(line).substitute(values).split("\n")


def _data(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _values(entries: Sequence[PageEntry], plans: Plans) -> dict[str, str]:
    """What the template names."""
    style, script = (f"\n{_data(name)}" for name in ("page.css", "page.js"))
    lead = _lead(entries)
    hint = "" if entries or plans.vms is not None else " (--all-vms shows every VM)"
    return {
        "policy": (
            f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "generator": own(f"vmsnap-lint {__version__}"),
        "title": own(f"{lead} - plan of VM snapshots"),
        "lead": own(f"{lead}{hint}."),
        "shown": own(f"{len(entries)} of {len(entries)} shown"),
        "made": own(f"Written by vmsnap-lint {__version__}."),
        "style": style,
        "script": script,
    }


def _hash(text: str) -> str:
    """The source expression of an inline script or style (https://www.w3.org/TR/CSP3/)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _lead(entries: Sequence[PageEntry]) -> str:
    """The answer in one sentence."""
    if not entries:
        return "No snapshot, restore, clone or export in the input"
    left = sum(entry.plan.verdict is not Verdict.COMPLETE for entry in entries)
    if not left:
        return f"All complete: {counted(len(entries), 'object')}"
    return (
        f"{left} of {counted(len(entries), 'object')} {'is' if left == 1 else 'are'} not complete"
    )


def _releases(plans: Plans) -> Iterator[str]:
    """The releases of KubeVirt that were assumed."""
    for line in judged_for(plans.judged):
        yield f'<p class="soft">{html(line[:1].upper() + line[1:])}.</p>'


def _sections(
    entries: Sequence[PageEntry], plans: Plans, renamed: Callable[[str], str]
) -> Iterator[str]:
    """The objects of each cluster, then those in none."""
    where_is = _where_is(renamed)
    broken = sum(entry.plan.verdict is not Verdict.COMPLETE for entry in entries)
    by_cluster: dict[str, list[PageEntry]] = {}
    for entry in entries:
        by_cluster.setdefault(entry.plan.cluster, []).append(entry)
    for cluster, listed in by_cluster.items():
        yield f"<section{attribute('data-cluster', cluster)}>"
        heading = f"Cluster {named(cluster)}" if cluster else _OUTSIDE
        yield f"<h2>{heading if plans.clusters else 'Objects'}</h2>"
        for entry in listed:
            is_open = broken <= _MOST_OPEN and entry.plan.verdict is not Verdict.COMPLETE
            yield from entry_lines(entry, where_is, is_open=is_open)
        yield "</section>"


def _where_is(renamed: Callable[[str], str]) -> WhereIs:
    """What writes a place as `file:line`, with the path from the root of the repository."""

    @cache
    def where_is(place: Place) -> str:
        file, span = where(place)
        return f"{renamed(file)}:{span.line}"

    return where_is


def _unchecked(plans: Plans, renamed: Callable[[str], str]) -> Iterator[str]:
    """The files that were not (wholly) checked, and why."""
    skipped = plans.not_checked
    if not skipped:
        return
    yield '<section aria-labelledby="unchecked">'
    yield '<h2 id="unchecked">Not checked</h2>'
    yield "<details open>" if len(skipped) <= _MOST_FILES else "<details>"
    yield f"<summary>{own(counted(len(skipped), 'input'))}</summary>"
    yield '<table><thead><tr><th scope="col">File</th><th scope="col">Why</th></tr></thead><tbody>'
    for each in skipped:
        yield f'<tr><td>{place(renamed(each.file))}</td><td dir="ltr">{html(each.reason)}</td></tr>'
    yield "</tbody></table>"
    yield "</details>"
    yield "</section>"
