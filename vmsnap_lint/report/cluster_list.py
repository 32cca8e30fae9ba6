"""Writes the clusters of a run with their parts and gaps, as text or JSON, schema version 1."""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core.abridged import abridged, shortened
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import counted, either
from vmsnap_lint.report.findings import where
from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.portable import from_root
from vmsnap_lint.report.terminal import paint, visible, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.applied import NamedCluster, Part
    from vmsnap_lint.objects.gaps import Gap

    Renamed = Callable[[str], str]

__all__ = ["SCHEMA_VERSION", "Listed", "as_json", "as_text"]

SCHEMA_VERSION = 1
_MOST_KINDS = 8
_NONE = (
    "no cluster is declared: Flux, Argo CD or `clusters` of the configuration can do that; "
    "without them what shares a namespace is judged together"
)


class Listed(NamedTuple):
    """The clusters, the gaps of what is in none, and the files with objects that none uses."""

    clusters: tuple[NamedCluster, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unused: tuple[str, ...] = ()


def as_text(listed: Listed, color: bool) -> Iterator[str]:
    """Each cluster with its parts and gaps, then what is in none."""
    if not listed.clusters:
        yield _NONE
    for cluster in listed.clusters:
        heading = paint(f"cluster {_shown(cluster.name)}", "bold", color)
        yield f"{heading} (declared by {_shown(cluster.origin)})"
        yield from _columns(list(dict.fromkeys(map(_cells, cluster.parts))))
        yield from _gaps(cluster.gaps, color)
        yield ""
    yield from _gaps(listed.gaps, color)
    if listed.clusters and listed.unused:
        yield paint("files with objects that no cluster uses", "bold", color)
        yield from (f"  {visible(shortened(file))}" for file in listed.unused)


def as_json(listed: Listed) -> Iterator[str]:
    """The same as one JSON object (schemas/output/clusters.json).

    `namespace` is null, and the arrays are empty, for any. Paths are those of the repository.
    """
    renamed = cache(from_root())
    return json_lines(
        {
            "schema_version": SCHEMA_VERSION,
            "clusters": [_cluster(cluster, renamed) for cluster in listed.clusters],
            "gaps": [_gap(gap, renamed) for gap in listed.gaps],
            "unused": [shortened(renamed(file)) for file in listed.unused],
        }
    )


def _gaps(gaps: Iterable[Gap], color: bool) -> Iterator[str]:
    return (f"  {paint('gap', 'warning', color)}: {_told(gap)}" for gap in gaps)


def _cells(part: Part) -> tuple[str, ...]:
    place = f"{part.file}:{part.line}" if part.file else ""
    number = counted(part.objects, "object")
    return tuple(map(_shown, (part.what, place, part.directory, number, part.state)))


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows, their cells one below the other."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell}{' ' * (w - width(cell))}" for cell, w in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _told(gap: Gap) -> str:
    """What the gap is, its place, why its objects are not seen, and which these may be."""
    file, line = _place(gap)
    at = f" ({file}:{line})" if file else ""
    return _shown(f"{gap.what}{at}: {gap.reason}; it may make {_scope(gap)}")


def _scope(gap: Gap) -> str:
    kinds = sorted({kind.kind for kind in gap.kinds})
    if len(kinds) > _MOST_KINDS + 1:
        kinds = [*kinds[:_MOST_KINDS], f"{len(kinds) - _MOST_KINDS} other kinds"]
    names = [f'"{name}"' for name in sorted(gap.names)]
    what = either(kinds) if kinds else "any object"
    named = f" {either(names)}" if names else ""
    within = f' in namespace "{gap.namespace}"' if gap.namespace else ""
    return f"{what}{named}{within}"


def _place(gap: Gap) -> tuple[str, int]:
    """The file and line of a gap, "" and 0 where it has none."""
    if gap.at is None:
        return "", 0
    file, span = where(gap.at)
    return file, span.line


def _cluster(cluster: NamedCluster, renamed: Renamed) -> dict[str, Any]:
    return {
        "name": abridged(cluster.name),
        "origin": abridged(cluster.origin),
        "units": [_unit(part, renamed) for part in dict.fromkeys(cluster.parts)],
        "gaps": [_gap(gap, renamed) for gap in cluster.gaps],
    }


def _unit(part: Part, renamed: Renamed) -> dict[str, Any]:
    places = {"file": renamed(part.file), "directory": renamed(part.directory)}
    fields = {**part._asdict(), **places}
    return {key: abridged(value) if type(value) is str else value for key, value in fields.items()}


def _gap(gap: Gap, renamed: Renamed) -> dict[str, Any]:
    file, line = _place(gap)
    scope = {
        "namespace": gap.namespace and abridged(gap.namespace),
        "kinds": sorted(kind.kind for kind in gap.kinds),
        "names": sorted(map(abridged, gap.names)),
    }
    return {
        "what": abridged(gap.what),
        "reason": abridged(gap.reason),
        "scope": scope,
        "file": shortened(renamed(file)) or None,
        "line": line or None,
    }


def _shown(text: str) -> str:
    return visible(abridged(text))
