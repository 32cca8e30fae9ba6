"""The settings of a run. Their annotations are THE TABLE of options: one row an option.

The flags and their help, the keys of configuration files and their JSON Schema, the environment
variables, the verb `config` and docs/reference/options.md all come from these rows.
"""

import operator

from vmsnap_lint.config.options import Group, Option, SetBy, Type
from vmsnap_lint.config.output_formats import AUTO, FINDING_FORMATS, PLAN_FORMATS
from vmsnap_lint.config.search import Search
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Annotated, NamedTuple
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.config.file_output import FileOutput
    from vmsnap_lint.config.policies.policy_settings import PolicySettings
    from vmsnap_lint.config.suppressions.directives import Waiver
    from vmsnap_lint.core.scope import Scope
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.objects.manifest import SourceSpan

    Levels = tuple[tuple[str, Severity], ...]

__all__ = ["BY_KEY", "OPTIONS", "ROWS", "SHELLS", "ClusterSettings", "Override", "Settings"]

SHELLS = ("bash", "zsh", "fish")
CHECK = ("check",)
REPORTS = ("check", "merge")
PLAN = ("plan",)
RUNS = ("check", "plan")
READERS = (*RUNS, "clusters")


class Override(NamedTuple):
    """The configuration of some files or objects: severities by rule, and waivers.

    `at` is where these are named, None where that is in no file.
    """

    scope: "Scope"
    levels: "Levels" = ()
    waivers: "tuple[Waiver, ...]" = ()
    at: "SourceSpan | None" = None


class ClusterSettings(NamedTuple):
    """A cluster of the configuration: what is applied to it, and what is known of it."""

    name: str
    paths: tuple[str, ...]
    facts: str = ""
    kubevirt: "Release | None" = None
    complete: "frozenset[str] | None" = None


class Settings(NamedTuple):
    """The settings of a run.

    Fields without a row are set by the program: `tool_path` is the PATH for kustomize and helm,
    `render_seconds` their time limit, `today` the date (YYYY-MM-DD, "" for unknown) for the ends of
    suppressions, `world` what is read where only some of it is reported. `list_unverified` reports
    references that cannot be verified as findings; otherwise they are only counted if nothing else
    depends on them, which is faster. `with_fixes` gives findings their fixes.
    """

    # fmt: off
    select: Annotated[frozenset[str], Option(
        Group.RULES, Type.RULES, CHECK, metavar="RULES",
        help="Run only these rules (comma-separated, repeatable).")] = frozenset()
    ignore: Annotated[frozenset[str], Option(
        Group.RULES, Type.RULES, CHECK, metavar="RULES",
        help="Do not run these rules (comma-separated, repeatable).")] = frozenset()
    levels: Annotated["Levels", Option(
        Group.RULES, Type.SEVERITIES, RUNS, set_by=SetBy.FILE, key="severity",
        help="The severity of all findings of a rule.")] = ()
    overrides: Annotated[tuple[Override, ...], Option(
        Group.RULES, Type.OVERRIDES, RUNS, set_by=SetBy.FILE,
        help="Severities and ignored rules for some paths or objects.")] = ()
    policies: Annotated["tuple[PolicySettings, ...]", Option(
        Group.RULES, Type.POLICIES, (*CHECK, "rule"), set_by=SetBy.FILE,
        help="Rules of your own: what objects must reach, as expressions in CEL.")] = ()
    baseline: Annotated[str, Option(
        Group.RULES, Type.FILE, CHECK, metavar="FILE",
        help="Report only findings that are not in this baseline.")] = ""
    write_baseline: Annotated[str, Option(
        Group.RULES, Type.FILE, CHECK, metavar="FILE", set_by=SetBy.FLAG,
        help="Write all findings to this baseline.")] = ""
    suppressions: Annotated[bool, Option(
        Group.RULES, Type.SWITCH, CHECK, read=operator.not_, key="no-suppressions",
        help="Also report suppressed findings.")] = True
    all_vms: Annotated[bool, Option(
        Group.INPUT, Type.SWITCH, RUNS,
        help="Check all VMs, including those without a snapshot.")] = False
    allow_empty: Annotated[bool, Option(
        Group.INPUT, Type.SWITCH, READERS,
        help="Exit 0 if there is nothing to check.")] = False
    context: Annotated[tuple[str, ...], Option(
        Group.INPUT, Type.FILES, RUNS, metavar="PATH",
        help="Read as context, do not report (repeatable).")] = ()
    docs: Annotated[bool, Option(
        Group.INPUT, Type.SWITCH, READERS,
        help="Also read Markdown and AsciiDoc pages in directories.")] = False
    exclude: Annotated["tuple[Scope, ...]", Option(
        Group.INPUT, Type.GLOBS, READERS, metavar="GLOB",
        help="Files and directories to skip (repeatable).")] = ()
    helm_values: Annotated[tuple[str, ...], Option(
        Group.INPUT, Type.FILES, READERS, metavar="FILE",
        help="Values for the charts (repeatable).")] = ()
    render: Annotated[str, Option(
        Group.INPUT, Type.CHOICE, READERS, choices=("auto", "never", "require"),
        help="Build kustomizations and charts with the programs on PATH.")] = "auto"
    root: Annotated[str, Option(
        Group.INPUT, Type.FILE, CHECK, metavar="DIR",
        help="Read all of this directory; report only what concerns the PATHs.")] = ""
    since: Annotated[str, Option(
        Group.INPUT, Type.REVISION, CHECK, metavar="REF",
        help="Also check what changed since the merge base with this git revision.")] = ""
    stdin_filename: Annotated[str, Option(
        Group.INPUT, Type.FILE, RUNS, metavar="FILE", set_by=SetBy.FLAG,
        help="Read this file from standard input, and report only it.")] = ""
    tracked: Annotated[bool, Option(
        Group.INPUT, Type.SWITCH, READERS,
        help="Read only files that git tracks.")] = False
    workers: Annotated[int, Option(
        Group.INPUT, Type.WORKERS, READERS, metavar="N", default="auto",
        set_by=SetBy.FLAG_AND_VARIABLE,
        help="Processes for large inputs: auto is one for each core.")] = 0
    cluster: Annotated[tuple[str, ...], Option(
        Group.CLUSTER, Type.NAMES, READERS, metavar="NAME", set_by=SetBy.FLAG,
        help="Judge only this cluster (repeatable); `vmsnap-lint clusters` lists them."
        )] = ()
    clusters: Annotated[tuple[ClusterSettings, ...], Option(
        Group.CLUSTER, Type.CLUSTERS, READERS, set_by=SetBy.FILE,
        help="Clusters by name, each with paths, and its own facts, kubevirt and complete."
        )] = ()
    complete: Annotated[frozenset[str] | None, Option(
        Group.CLUSTER, Type.KINDS, RUNS, metavar="all|KIND,...",
        help="The input contains every object of these kinds; others do not exist.")] = None
    crds: Annotated[tuple[str, ...], Option(
        Group.CLUSTER, Type.FILES, RUNS, metavar="PATH",
        help="CRDs to validate against, instead of the built-in schemas (repeatable).")] = ()
    crds_from_input: Annotated[bool, Option(
        Group.CLUSTER, Type.SWITCH, RUNS,
        help="Also validate against the CRDs in the input.")] = False
    facts: Annotated[str, Option(
        Group.CLUSTER, Type.FILE, RUNS, metavar="FILE",
        help="A file with cluster facts (see `vmsnap-lint facts`).")] = ""
    facts_max_age: Annotated[int, Option(
        Group.CLUSTER, Type.AGE, RUNS, metavar="TIME", default="30d",
        help="The age from which cluster facts are reported as out of date.")] = 30 * 24
    kubevirt: Annotated["Release | None", Option(
        Group.CLUSTER, Type.RELEASE, RUNS, metavar="RELEASE",
        help="The KubeVirt release to check for (1.6), or that of OpenShift (4.20).")] = None
    online: Annotated[bool, Option(
        Group.CLUSTER, Type.CHOICE, RUNS, choices=("offline", "online"), read="online".__eq__,
        key="snapshot-mode",
        help="Whether VMs are stopped (offline) or may run (online) for a snapshot.")] = False
    cache: Annotated[bool, Option(
        Group.INPUT, Type.SWITCH, READERS, read=operator.not_, key="no-cache",
        help="Neither use nor keep what kustomize and helm made in earlier runs.")] = True
    cache_dir: Annotated[str, Option(
        Group.INPUT, Type.FILE, READERS, metavar="DIR", set_by=SetBy.FLAG_AND_VARIABLE,
        help="Keep what kustomize and helm make in this directory.")] = ""
    fix: Annotated[bool, Option(
        Group.FIXES, Type.SWITCH, CHECK, set_by=SetBy.FLAG,
        help="Apply safe fixes to the files, and report what is left.")] = False
    unsafe_fixes: Annotated[bool, Option(
        Group.FIXES, Type.SWITCH, CHECK, set_by=SetBy.FLAG,
        help="With --fix, --fix-only or --diff: also fixes that may change what is meant.")] = False
    fix_only: Annotated[bool, Option(
        Group.FIXES, Type.SWITCH, CHECK, set_by=SetBy.FLAG,
        help="Apply fixes, and report nothing but their number.")] = False
    diff: Annotated[bool, Option(
        Group.FIXES, Type.SWITCH, CHECK, set_by=SetBy.FLAG,
        help="Print what --fix would change as a patch, and write nothing.")] = False
    color: Annotated[str, Option(
        Group.OUTPUT, Type.CHOICE, (*READERS, "merge", "rule", "config"),
        choices=("auto", "always", "never"),
        help="Color the output.")] = "auto"
    cap: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, REPORTS, set_by=SetBy.FLAG, read=operator.not_, key="no-cap",
        help="List all findings, even over 100 of a rule in an object or 1000 in all.")] = True
    exit_zero: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, REPORTS,
        help="Exit 0 even with findings.")] = False
    fail_on: Annotated[Severity, Option(
        Group.OUTPUT, Type.CHOICE, REPORTS, choices=("error", "warning", "info"),
        read=Severity.named,
        help="The lowest severity that gives exit code 1.")] = Severity.ERROR
    format: Annotated[str, Option(
        Group.OUTPUT, Type.CHOICE, REPORTS,
        choices=(AUTO, *(row.name for row in FINDING_FORMATS)),
        help="The output format: full on a terminal, else concise, unless set.")] = AUTO
    min_severity: Annotated[Severity, Option(
        Group.OUTPUT, Type.CHOICE, CHECK, choices=("info", "warning", "error"),
        read=Severity.named,
        help="The lowest severity that is listed; the exit code counts all.")] = Severity.INFO
    output: Annotated["tuple[FileOutput, ...]", Option(
        Group.OUTPUT, Type.OUTPUTS, (*RUNS, "merge"), metavar="FORMAT=FILE",
        set_by=SetBy.FLAG_AND_VARIABLE,
        help="Also write the result to a file, in that format (repeatable).")] = ()
    plan_format: Annotated[str, Option(
        Group.OUTPUT, Type.CHOICE, PLAN, choices=tuple(row.name for row in PLAN_FORMATS),
        set_by=SetBy.FLAG, key="format",
        help="The output format.")] = "tree"
    statistics: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, CHECK, set_by=SetBy.FLAG,
        help="Show numbers by rule, cluster and verdict instead of the findings.")] = False
    timings: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, RUNS, set_by=SetBy.FLAG,
        help="Also write to standard error what time and memory the run took.")] = False
    text_format: Annotated[str, Option(
        Group.OUTPUT, Type.CHOICE, ("rule", "config", "clusters"), choices=("text", "json"),
        set_by=SetBy.FLAG, key="format",
        help="The output format.")] = "text"
    quiet: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, (*READERS, "merge", "facts"), short="-q",
        help="Print only the result and errors.")] = False
    verbose: Annotated[bool, Option(
        Group.OUTPUT, Type.SWITCH, (*READERS, "merge"), short="-v",
        help="List all: equal findings, unverified references, inputs that were not checked."
        )] = False
    # fmt: on
    list_unverified: bool = True
    with_fixes: bool = False
    render_seconds: float = 60.0
    today: str = ""
    tool_path: str = ""
    world: tuple[str, ...] = ()

    @property
    def waivers(self) -> "tuple[Waiver, ...]":
        """The waivers of all overrides."""
        return tuple(waiver for override in self.overrides for waiver in override.waivers)

    def search(self) -> Search:
        """How directories are searched."""
        return Search(self.tracked, self.exclude, self.docs, self.allow_empty)


# Rows without a field: the origin of the settings, and flags that only print something.
# fmt: off
_OTHERS = (
    Option(
        Group.CONFIGURATION, Type.FILE, (*READERS, "config", "rule", "lsp"), metavar="FILE|none",
        key="config", set_by=SetBy.FLAG_AND_VARIABLE,
        help="The configuration file to use instead of the nearest one."),
    Option(
        Group.CONFIGURATION, Type.SWITCH, ("config",), key="schema", set_by=SetBy.FLAG,
        help="Print the JSON Schema of configuration files."),
    Option(
        Group.CONFIGURATION, Type.VERSION, READERS, key="required-version", set_by=SetBy.FILE,
        help="The required versions of vmsnap-lint."),
    Option(
        Group.CONFIGURATION, Type.CHOICE, ("",), key="install-completion", set_by=SetBy.FLAG,
        choices=SHELLS, help="Install the completion of this shell, of yours if none is named."),
    Option(
        Group.CONFIGURATION, Type.CHOICE, ("",), key="show-completion", set_by=SetBy.FLAG,
        choices=SHELLS, help="Print the completion script of this shell."),
    Option(
        Group.INPUT, Type.SWITCH, ("lsp",), key="stdio", set_by=SetBy.FLAG,
        help="Use standard input and output, as it always does; editors pass it."),
    Option(
        Group.CONFIGURATION, Type.SWITCH, ("",), key="version", short="-V", set_by=SetBy.FLAG,
        help="Show the version."),
)
# fmt: on
ROWS = (
    *(
        annotation.__metadata__[0].of_field(name)
        for name, annotation in Settings.__annotations__.items()
        if hasattr(annotation, "__metadata__")
    ),
    *_OTHERS,
)
"""Every option, by group."""
OPTIONS = tuple(sorted((row for row in ROWS if row.in_file), key=operator.attrgetter("key")))
"""The options that configuration files can set, by key."""
BY_KEY = {row.key: row for row in OPTIONS}
