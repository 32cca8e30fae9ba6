"""Values that are to be put in quotes: only where the API server then accepts them."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.operations import ScalarSet, intended
from vmsnap_lint.kubevirt.admission import vm_webhook, webhooks
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC
from vmsnap_lint.objects.manifest import Manifest, Place
from vmsnap_lint.objects.remedies import QuoteScalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster

__all__ = ["only_accepted"]


def only_accepted(
    cluster: Cluster, manifest: Manifest, found: Sequence[Rejection]
) -> tuple[Rejection, ...]:
    """The rejections of an object, without the quotes that would be rejected as well."""
    quoted = {path for rejection in found for path in _quoted(rejection)}
    if not quoted:
        return tuple(found)
    texts = [ScalarSet(path, _text(manifest, path)) for path in quoted]
    made = Manifest(manifest.document, intended(manifest.value, texts), manifest.root)
    wrong = set(_rejected(cluster, made))
    return tuple(each if wrong.isdisjoint(_quoted(each)) else _unfixed(each) for each in found)


def _quoted(rejection: Rejection) -> Iterator[Path]:
    for remedy in rejection.problem.fixes:
        for change in remedy.changes:
            if isinstance(change, QuoteScalar):
                yield change.place.path


def _text(manifest: Manifest, path: Path) -> str:
    """The text of a scalar, as Kubernetes would have it where that is not known."""
    home = manifest.document.home((*manifest.root, *path))
    written = "" if home is None else home.document.written_scalar(home.path)
    return written or str(manifest.get(*path))


def _rejected(cluster: Cluster, made: Manifest) -> Iterator[Path]:
    """The values for which the API server or a webhook rejects an object."""
    found = [*webhooks.rejections(cluster, made)]
    if made.group_kind in VM_SPEC:
        found += vm_webhook.refusals_of(cluster, made)
    for _, problem in found:
        if isinstance(problem.at, Place):
            yield problem.at.path


def _unfixed(rejection: Rejection) -> Rejection:
    return rejection._replace(problem=rejection.problem._replace(fixes=()))
