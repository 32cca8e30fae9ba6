"""An Application or ApplicationSet of Argo CD becomes what it applies.

The fields are those of argo-cd v3.5.1, pkg/apis/application/v1alpha1/types.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import ARGO_APPLICATION, ARGO_APPLICATION_SET
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.applied import IN_CLUSTER, Applied, gap_of
from vmsnap_lint.deploy.argo_helm import chart_job
from vmsnap_lint.deploy.argo_source import (
    AbsentSourceError,
    ApplicationSource,
    Made,
    SourceType,
    directory_job,
    kustomize_job,
    located,
    source_type,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["applied"]

_IN_CLUSTER_SERVER = "https://kubernetes.default.svc"


def applied(pointer: Manifest, around: Around) -> Iterator[Applied]:
    """What the object applies; nothing for other kinds."""
    if pointer.group_kind == ARGO_APPLICATION:
        yield from _application(pointer, around)
    elif pointer.group_kind == ARGO_APPLICATION_SET:
        from vmsnap_lint.deploy.application_set import applications  # few runs have one

        made = applications(pointer, around)
        for application in made.applications:
            yield from _application(application, around)
        if made.gaps:
            yield Applied(pointer, gaps=made.gaps)


def _application(application: Manifest, around: Around) -> Iterator[Applied]:
    """What each source of an Application applies.

    Source: GetSources, argo-cd v3.5.1, pkg/apis/application/v1alpha1/types.go.
    """
    cluster = _cluster(application)
    namespace = application.text("spec", "destination", "namespace") or None
    sources = list(_sources(application))
    references = {f"${source.text('ref')}": source for source in sources if source.text("ref")}
    for source in sources:
        if source.text("ref") and not source.text("path") and not source.text("chart"):
            continue  # only holds values files of others
        seen = around.seen_from(application, source.text("path"))
        try:
            made = _made(located(source, seen), references, seen)
        except AbsentSourceError as error:
            gap = _gap(source, error.reason, *error.at)
            yield Applied(application, cluster=cluster, gaps=(gap,), namespace=namespace)
            continue
        gaps = (_gap(source, made.gap, "path"),) if made.gap else ()
        yield Applied(application, made.job, cluster, gaps, None, namespace, made.uncertain)


def _made(
    source: ApplicationSource, references: dict[str, ApplicationSource], around: Around
) -> Made:
    """What a source comes to. Raises AbsentSourceError where it cannot be read."""
    kind = source_type(source, around)
    if kind is SourceType.PLUGIN:
        raise AbsentSourceError("a plugin of Argo CD makes its objects", "plugin")
    if kind is SourceType.HELM:
        return chart_job(source, references, around)
    if kind is SourceType.KUSTOMIZE:
        return kustomize_job(source, around)
    return directory_job(source, around)


def _sources(application: Manifest) -> Iterator[ApplicationSource]:
    """The sources: what a hydrator starts from, else `sources`, else `source`."""
    hydrated = application.get("spec", "sourceHydrator", "drySource")
    if isinstance(hydrated, dict):
        at: Path = ("spec", "sourceHydrator", "drySource")
        yield ApplicationSource(application, hydrated, at)
        return
    several = [
        ApplicationSource(application, value, ("spec", "sources", index))
        for index, value in application.items("spec", "sources")
    ]
    yield from several
    single = application.get("spec", "source")
    if not several and isinstance(single, dict):
        yield ApplicationSource(application, single, ("spec", "source"))


def _cluster(application: Manifest) -> str:
    """The name of the destination, "" for the cluster that Argo CD runs in."""
    name = application.text("spec", "destination", "name")
    server = application.text("spec", "destination", "server").rstrip("/")
    return "" if name == IN_CLUSTER or server == _IN_CLUSTER_SERVER else name or server


def _gap(source: ApplicationSource, reason: str, *at: str | int) -> Gap:
    application = source.application
    namespace = application.text("spec", "destination", "namespace")
    return gap_of(application, reason, (*source.at, *at), namespace)
