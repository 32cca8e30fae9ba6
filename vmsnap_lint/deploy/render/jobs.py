"""What is to be rendered, and what comes of it: plain values that can be compared."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import NotChecked
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure, RenderedTree

__all__ = ["NO_FIELDS", "ChartJob", "Job", "KustomizeJob", "Outcome"]

NO_FIELDS = "{}"


class KustomizeJob(NamedTuple):
    """A directory (real path) with the fields of a kustomization around it, as JSON.

    The paths in `fields` (components, patches) are relative to the directory, as Flux and Argo CD
    read them. Where the directory has no kustomization, one of `files` (real paths) is built; with
    `as_written` these are read and not built, whatever the directory has.
    """

    directory: str
    fields: str = NO_FIELDS
    files: tuple[str, ...] = ()
    as_written: bool = False


class ChartJob(NamedTuple):
    """A chart's directory (real path), installed as a release.

    `values` are the contents of values files, the last one counts most; `settings` are flags such
    as `("--set", "a=b")` or `("--skip-crds",)`. `fields` are those of a kustomization, as JSON,
    that is built around the result (post-renderers).
    """

    directory: str
    release: str = "release-name"
    namespace: str | None = None
    values: tuple[bytes, ...] = ()
    settings: tuple[str, ...] = ()
    fields: str = NO_FIELDS


Job = KustomizeJob | ChartJob


class Outcome(NamedTuple):
    """The objects of a job, with the real paths of the files that they are built from.

    `gaps` are what may make further objects: remote bases, failed builds; `tree` tells where the
    objects come from. Without `is_rendered` some are read as written: those in the files `changed`
    (paths for people) are changed by a build. `release` is that of KubeVirt which a URL among the
    files names, or "".
    """

    manifests: tuple[Manifest, ...] = ()
    files: frozenset[str] = frozenset()
    tree: RenderedTree | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[NotChecked, ...] = ()
    failures: tuple[BuildFailure, ...] = ()
    is_rendered: bool = True
    release: str = ""
    changed: frozenset[str] = frozenset()
