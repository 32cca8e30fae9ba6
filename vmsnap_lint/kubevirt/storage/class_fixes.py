"""What would give the volumes of a StorageClass one VolumeSnapshotClass that exists."""

from __future__ import annotations

from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Span
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.objects import mending
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.remedies import Remedy, ReplaceText

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from vmsnap_lint.document import Document
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["as_default", "other_class", "with_snapshot_class"]

_SECRETS = {
    f"csi.storage.k8s.io/snapshotter-{part}": f"csi.storage.k8s.io/provisioner-{part}"
    for part in ("secret-name", "secret-namespace")
}
_LONGHORN = "driver.longhorn.io"


def with_snapshot_class(storage_class: Manifest, taken: Container[str]) -> tuple[Remedy, ...]:
    """A document behind that of the class; none where it has no text of its own to stand behind."""
    name, driver = storage_class.name, storage_class.text("provisioner")
    parameters = _parameters(storage_class, driver)
    if parameters is None or name in taken or not _is_plain(name) or not _is_plain(driver):
        return ()
    at = _behind(storage_class)
    if at is None:
        return ()
    lines = [
        "---",
        "apiVersion: snapshot.storage.k8s.io/v1",
        "kind: VolumeSnapshotClass",
        "metadata:",
        f"  name: {name}",
        f"driver: {driver}",
        "deletionPolicy: Delete",
        *(["parameters:"] if parameters else []),
        *(f"  {key}: {value}" for key, value in parameters.items()),
    ]
    is_open = bool(at.source.line(at.span.line)[: at.span.column - 1])
    text = ("\n" if is_open else "") + "".join(f"{line}\n" for line in lines)
    title = f"add a VolumeSnapshotClass for driver {driver}"
    return (Remedy(title, Safety.UNSAFE, (ReplaceText(at, text),)),)


def as_default(matching: Sequence[Manifest], annotation: str) -> tuple[Remedy, ...]:
    """Each class as the default: nothing shows which one is meant.

    None where the classes are for several Ceph clusters, as one default cannot be right.
    """
    if len({candidate.text("parameters", "clusterID") for candidate in matching}) > 1:
        return ()
    path = ("metadata", "annotations", annotation)
    return tuple(
        remedy._replace(title=f'make VolumeSnapshotClass "{candidate.name}" the default')
        for candidate in matching
        for remedy in mending.set_at(candidate, path, "true", Safety.DISPLAY)
    )


def other_class(cluster: Cluster, at: Place, name: str) -> tuple[Remedy, ...]:
    """The class that a StorageProfile was to have; its status is no place where people write."""
    if at.path[0] == "status":
        return ()
    return mending.named(at, name, cluster.workspace.vocabulary(None, VOLUME_SNAPSHOT_CLASS))


def _parameters(storage_class: Manifest, driver: str) -> dict[str, str] | None:
    """What the driver needs to find its storage, None where the StorageClass does not tell it."""
    if driver == _LONGHORN:
        return {"type": "snap"}
    if not drivers.needs_ceph_parameters(driver):
        return {}
    named = {"clusterID": "clusterID", **_SECRETS}
    found = {key: storage_class.text("parameters", field) for key, field in named.items()}
    return found if all(map(_is_plain, found.values())) else None


def _is_plain(text: str) -> bool:
    """Whether YAML reads the text, without quotes, as a string."""
    is_word = bool(text) and text.replace("-", "").replace(".", "").replace("/", "").isalnum()
    return is_word and text[0].isalpha() and text.isascii() and not holds_placeholder(text)


def _behind(storage_class: Manifest) -> SourceSpan | None:
    """Where the document of the class ends, if that is one of a YAML file."""
    home = storage_class.document.home(())
    if home is None or home.holds is not None or storage_class.root:
        return None
    document: Document = home.document
    source, piece = document.source, document.source.piece(document.index)
    text = source.lines.text
    rest = text[piece.end : piece.end + 3]
    if source.is_excerpt or piece.json or rest not in ("", "---"):
        return None
    span = source.lines.span(piece.end, piece.end)
    return SourceSpan(source, Span(span.line, span.column, span.line, span.column))
