"""Declared clusters by directories, for tests of what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.deploy import gathering
from vmsnap_lint.deploy.applied import NamedCluster, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pytest

    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["by_directory"]


def by_directory(
    monkeypatch: pytest.MonkeyPatch,
    clusters: Mapping[str, Sequence[str]],
    gaps: Mapping[str, tuple[Gap, ...]] | None = None,
    found: str = "",
    pointers: Iterable[Manifest] = (),
) -> None:
    """Makes each run have these clusters, of the files below their directories.

    `found` is a further directory that each of them applies, without objects that are read;
    `pointers` are objects that the files have as well.
    """
    read = gathering._applied
    more = [Part(f'path "{found}"', "", 0, found, 0, "built")] if found else []

    def with_clusters(*given: object) -> LoadedInput:
        loaded: LoadedInput = read(*given)  # type: ignore[arg-type]
        objects = (m for unit in loaded.units for m in unit.manifests)
        every = tuple(dict.fromkeys((*objects, *pointers)))
        plain = loaded.units[0]._replace(manifests=every, outside=(), doubtful=frozenset())
        used = {directory for directories in clusters.values() for directory in directories}
        rest = [m for m in plain.manifests if m.file.split("/")[0] not in used]
        units = [_unit(plain, name, directories, gaps) for name, directories in clusters.items()]
        named = [
            NamedCluster(name, "configuration", (*_parts(unit), *more), unit.gaps)
            for name, unit in zip(clusters, units, strict=True)
        ]
        outside = plain._replace(manifests=tuple(rest))
        return loaded._replace(
            units=(*units, outside) if rest else tuple(units),
            clusters=tuple(named),
            unused=tuple(sorted({manifest.file for manifest in rest})),
        )

    monkeypatch.setattr(gathering, "_applied", with_clusters)


def _unit(
    plain: Unit,
    name: str,
    directories: Sequence[str],
    gaps: Mapping[str, tuple[Gap, ...]] | None,
) -> Unit:
    own = tuple(m for m in plain.manifests if m.file.split("/")[0] in directories)
    return plain._replace(manifests=own, cluster=name, gaps=(gaps or {}).get(name, ()))


def _parts(unit: Unit) -> list[Part]:
    directories = dict.fromkeys(m.directory for m in unit.manifests)
    return [
        Part(
            f'path "{directory}"',
            ".vmsnap-lint.yaml",
            1,
            directory,
            sum(m.directory == directory for m in unit.manifests),
            "read as written",
        )
        for directory in directories
    ]
