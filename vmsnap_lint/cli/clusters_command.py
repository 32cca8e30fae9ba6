"""The command `clusters`: writes what is applied to which cluster, and what is not seen of it."""

from __future__ import annotations

import os

from vmsnap_lint import engine
from vmsnap_lint.cli import CLEAN, USAGE, console
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report import cluster_list, summary

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command

__all__ = ["run"]

_DIRECTORY = 'this lists clusters: write "clusters/" to check the directory of that name'


def run(command: Command) -> int:
    """Writes the clusters of the input; returns 2 where a part of it could not be read, else 0.

    Raises UsageError if the input cannot be used.
    """
    settings, paths = command.settings, command.arguments
    stdin = console.read_stdin(paths, settings.allow_empty)
    console.watched(settings)
    loaded = engine.load_input(paths, stdin, console.prepared(settings))
    told = {gap for cluster in loaded.clusters for gap in cluster.gaps}
    others = (unit.gaps for unit in loaded.units if not unit.cluster)
    gaps = dict.fromkeys(gap for unit_gaps in others for gap in unit_gaps if gap not in told)
    listed = cluster_list.Listed(loaded.clusters, tuple(gaps), loaded.unused)
    as_json = settings.text_format == "json"
    color = console.colored(settings.color)
    console.write(cluster_list.as_json(listed) if as_json else cluster_list.as_text(listed, color))
    if not settings.quiet:
        if paths is VERBS["clusters"].default and os.path.isdir("clusters"):  # none was given
            console.write_notes([_DIRECTORY])
        console.write_notes(summary.not_checked(loaded.not_checked, settings.verbose))
    if loaded.unread:
        console.write_errors(summary.unread(loaded.unread))
        return USAGE
    return CLEAN
