"""What one object of Flux, Argo CD or helm applies to a cluster."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.core.model import NotChecked, Path
    from vmsnap_lint.deploy.render.jobs import Job
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

__all__ = [
    "IN_CLUSTER",
    "Applied",
    "FoundCluster",
    "FoundClusters",
    "NamedCluster",
    "Part",
    "Substitution",
    "gap_of",
]


IN_CLUSTER = "in-cluster"
"""The name that Argo CD gives to the cluster that it runs in, which is the one of its objects."""


class Substitution(NamedTuple):
    """The variables of `postBuild` of a Flux Kustomization.

    With `unknown`, some come from objects that the input does not show (a Secret): a variable
    without a value stays as it is written, which is a placeholder. Else it is its default, or "".
    """

    variables: Mapping[str, str]
    unknown: bool = False


class Applied(NamedTuple):
    """One job of a pointer: an object that applies files of the repository to a cluster.

    `cluster` is "" for the cluster of the pointer, else the name of another one. `job` is None
    where nothing can be built: its `gaps` say why. `namespace` is what objects without one get
    (Argo CD). `uncertain` says why the objects may differ from what is applied, "" if they do not:
    these are seen by others and not judged themselves.
    """

    pointer: Manifest
    job: Job | None = None
    cluster: str = ""
    gaps: tuple[Gap, ...] = ()
    substitution: Substitution | None = None
    namespace: str | None = None
    uncertain: str = ""


class Part(NamedTuple):
    """What one pointer, path or tree brings to a cluster, for people.

    `file` is "" and `line` 0 for a path, which no object names.

    `what` names it: `Kustomization "apps"`; `file` and `line` are where it is written, `directory`
    is what it applies, with the number of its `objects` that rules read. `state` is "built",
    "read as written" or the reason why its objects are not known.
    """

    what: str
    file: str
    line: int
    directory: str
    objects: int
    state: str


class NamedCluster(NamedTuple):
    """A cluster of the run, who declares it ("configuration", "Flux", "Argo CD"), and its parts."""

    name: str
    origin: str
    parts: tuple[Part, ...] = ()
    gaps: tuple[Gap, ...] = ()


class FoundCluster(NamedTuple):
    """A cluster with the objects that are applied to it.

    Those `outside` are seen and not judged; `files` are the real paths of all that was read for it.
    `appliers` has the pointers by the positions of the objects that they apply.
    What is read as written from the files `changed` (paths for people) is changed by a build; Flux
    replaces variables in objects of the files `replaced` (as well).
    `release` is that of KubeVirt which a URL in it names, or "".
    """

    known: NamedCluster
    manifests: tuple[Manifest, ...]
    outside: tuple[Manifest, ...]
    trees: tuple[RenderedTree, ...]
    files: frozenset[str]
    notes: tuple[NotChecked, ...]
    failures: tuple[BuildFailure, ...]
    appliers: Mapping[object, Manifest]
    changed: frozenset[str] = frozenset()
    release: str = ""
    replaced: frozenset[str] = frozenset()


class FoundClusters(NamedTuple):
    """The declared clusters, and releases that are applied to that of their surroundings."""

    clusters: tuple[FoundCluster, ...] = ()
    releases: tuple[FoundCluster, ...] = ()

    def every(self) -> tuple[FoundCluster, ...]:
        """The clusters and the releases."""
        return self.clusters + self.releases

    @property
    def files(self) -> frozenset[str]:
        """The real paths of what was read for them."""
        return frozenset().union(*(cluster.files for cluster in self.every()))


def gap_of(pointer: Manifest, reason: str, at: Path, namespace: str | None) -> Gap:
    """What a pointer applies and is not seen, in a namespace as far as that is known."""
    is_known = bool(namespace) and not holds_placeholder(namespace)
    return Gap(pointer.title, reason, pointer.at(*at), namespace if is_known else None)
