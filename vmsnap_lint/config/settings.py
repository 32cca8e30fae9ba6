"""The settings of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.search import Search

if TYPE_CHECKING:
    from vmsnap_lint.config.suppressions.directives import Waiver
    from vmsnap_lint.core.model import ObjectId, Severity
    from vmsnap_lint.core.scope import Scope
    from vmsnap_lint.core.values import Release

    Levels = tuple[tuple[str, Severity], ...]

__all__ = ["Override", "Settings"]


class Override(NamedTuple):
    """What a configuration says of some files or objects: severities by rule, and waivers."""

    scope: Scope
    levels: Levels = ()
    waivers: tuple[Waiver, ...] = ()


class Settings(NamedTuple):
    """What a run is asked for.

    `select` and `ignore` hold rule ids (an empty `select` means all rules). `online` accepts
    snapshots of running VMs. `kubevirt` is the target release, None for what the input says.
    `complete` names the kinds of which the input holds every object, {"all"} for all of them.
    `crds` are the paths of CRDs that say what is valid, instead of what we know of their kinds;
    `crds_from_input` takes those in the input, too.
    `render` builds kustomizations and charts (auto: where the tools are found, never, require) with
    what lies on `tool_path`, a PATH; `helm_values` are values files for all charts.
    `suppressions` lets comments, annotations and `waivers` hide findings until a day that `today`
    (YYYY-MM-DD, "" where nobody knows) is past. `baseline` is a file of accepted findings.
    `docs` reads the pages of documentation in directories, too. `facts` is a file of cluster facts,
    whose age is noted after `facts_max_age` hours (0: never).
    `root` is a directory that is looked at whatever is named: then paths say what is reported.
    `tracked` takes what git tracks, `exclude` names what is passed over, `context` paths that are
    looked at and never reported, `since` a revision that the input is compared with.
    `levels` are the severities of rules, `overrides` those of some files and objects.
    `list_unverified` gives references that cannot be verified as findings; else, where nothing
    else depends on them, they are only counted, which is faster.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    online: bool = False
    kubevirt: Release | None = None
    complete: frozenset[str] | None = None
    all_vms: bool = False
    allow_empty: bool = False
    crds: tuple[str, ...] = ()
    crds_from_input: bool = False
    render: str = "auto"
    tool_path: str = ""
    helm_values: tuple[str, ...] = ()
    render_seconds: float = 60.0
    suppressions: bool = True
    waivers: tuple[Waiver, ...] = ()
    today: str = ""
    docs: bool = False
    facts: str = ""
    facts_max_age: int = 30 * 24
    baseline: str = ""
    levels: Levels = ()
    overrides: tuple[Override, ...] = ()
    root: str = ""
    tracked: bool = False
    exclude: tuple[Scope, ...] = ()
    context: tuple[str, ...] = ()
    since: str = ""
    list_unverified: bool = True

    def search(self) -> Search:
        """How directories are searched."""
        return Search(self.tracked, self.exclude, self.docs, self.allow_empty)

    def severity(self, rule: str, file: str, named: ObjectId | None) -> Severity | None:
        """What is set for the findings of a rule; the last override that fits counts."""
        level = dict(self.levels).get(rule)
        for override in self.overrides:
            for name, here in override.levels:
                if name == rule and override.scope.fits(file, named):
                    level = here
        return level
