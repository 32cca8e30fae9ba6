"""References that kustomize leaves as they are become what makes it rewrite them."""

from __future__ import annotations

from itertools import groupby

from vmsnap_lint.core.kinds import DATA_VOLUME
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.objects import mending
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.remedies import NewFile, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.provenance import Transformer
    from vmsnap_lint.objects.unrewritten import Unrewritten

__all__ = ["advice", "with_configuration", "without_namespaces"]

_FILE = "kubevirt-names.yaml"
_LIST = "configurations"


def advice(references: Sequence[Unrewritten]) -> str:
    """A configuration that makes kustomize rewrite these references, ready to be pasted."""
    head = [
        f"Save this as {_FILE} next to the kustomization, and list it there under",
        f'"{_LIST}:". kustomize then rewrites these references too:',
        "",
    ]
    return "\n".join((*head, *(f"  {line}" for line in _lines(references))))


def with_configuration(by: Transformer, references: Sequence[Unrewritten]) -> tuple[Remedy, ...]:
    """The same as a file, which the kustomization lists; not where it has one of that name."""
    source = by.at.source
    documents = [each for each in source.documents if isinstance(each.value, dict)]
    if by.is_given or source.is_excerpt or len(documents) != 1:
        return ()
    kustomization = Manifest(documents[0], documents[0].value, ())
    if _FILE in (kustomization.get(_LIST) or ()):
        return ()
    directory = source.file.rpartition("/")[0]
    text = "".join(f"{line}\n" for line in _lines(references))
    written = NewFile(f"{directory}/{_FILE}" if directory else _FILE, text)
    return tuple(
        Remedy(f"add {_FILE}", Safety.UNSAFE, (written, *listed.changes))
        for listed in mending.listed(kustomization, (_LIST,), _FILE, Safety.UNSAFE)
    )


def without_namespaces(references: Sequence[Unrewritten]) -> tuple[Remedy, ...]:
    """The source without its namespace, so that it is in that of the DataVolume.

    CDI rejects a DataVolume that clones a PVC or VolumeSnapshot without one.
    """
    places = [each.owner.original.at(*each.path) for each in references]
    if not all(map(_may_be_left_out, places, references)):
        return ()
    return mending.without(*places, safety=Safety.UNSAFE, what="the namespace of the source")


def _may_be_left_out(at: Place, reference: Unrewritten) -> bool:
    is_written = at.manifest.get(*at.path) == reference.target.original.namespace
    return is_written and (at.manifest.group_kind != DATA_VOLUME or "sourceRef" in at.path)


def _lines(references: Sequence[Unrewritten]) -> Iterator[str]:
    """The configuration of these references."""
    fields = sorted({(left.target.original.group_kind, left.edge) for left in references})
    yield "nameReference:"
    for target, edges in groupby(fields, key=lambda field: field[0]):
        yield from _kind_lines(target, "")
        yield "  fieldSpecs:"
        for _, edge in edges:
            yield from _kind_lines(edge.owner, "  ")
            yield f"    path: {edge.field}"


def _kind_lines(kind: Kind, indent: str) -> list[str]:
    lines = [f"{indent}- kind: {kind.kind}", f"{indent}  group: {kind.group}"]
    return lines if kind.group else lines[:1]
