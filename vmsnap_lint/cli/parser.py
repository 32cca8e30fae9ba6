"""Arguments with flags become a Command. Imports typer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vmsnap_lint import __version__
from vmsnap_lint.cli.choices import CardFormat, Color, Drawing, Format, Mode, RenderMode, Threshold
from vmsnap_lint.cli.command_options import (
    VERBS,
    CheckArguments,
    Command,
    Explain,
    FactsArguments,
    PlanArguments,
    ShowConfig,
    Voice,
)
from vmsnap_lint.cli.config_flags import Config, Schema  # noqa: TC001  # typer reads annotations
from vmsnap_lint.cli.flags import Flags, settings
from vmsnap_lint.cli.input_flags import (  # noqa: TC001  # as above
    CrdPaths,
    CrdsFromInput,
    Docs,
    FactsFile,
    FactsMaxAge,
    HelmValues,
)
from vmsnap_lint.cli.layers import configured
from vmsnap_lint.cli.scope_flags import Context, Exclude, Root, Since, Tracked  # noqa: TC001
from vmsnap_lint.cli.usage_errors import in_one_line
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["parse"]

_PROGRAM = "vmsnap-lint"


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Files and directories; '-' reads standard input, none means '.'.",
        show_default=False,
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(metavar="RULES", help="Run these rules alone (comma-separated, repeatable)."),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="RULES", help="Do not run these rules (comma-separated, repeatable)."),
]
SnapshotMode = Annotated[Mode, typer.Option(help="How snapshots are meant to be taken.")]
KubeVirt = Annotated[
    str | None,
    typer.Option(
        "--kubevirt", metavar="RELEASE", help="The KubeVirt release to judge for, such as 1.6."
    ),
]
Complete = Annotated[
    list[str] | None,
    typer.Option(
        metavar="all|KIND,...",
        help="The input holds every object of these kinds: what is not there does not exist.",
    ),
]
AllVms = Annotated[
    bool, typer.Option("--all-vms", help="Judge all VMs, also those that no snapshot names.")
]
AllowEmpty = Annotated[
    bool, typer.Option("--allow-empty", help="Having nothing to check is not an error.")
]
RenderChoice = Annotated[
    RenderMode,
    typer.Option("--render", help="Build kustomizations and charts with the programs on PATH."),
]
Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="FILE", help="Report only what this file does not accept."),
]
WriteBaseline = Annotated[
    str | None,
    typer.Option("--write-baseline", metavar="FILE", help="Accept what is found from now on."),
]
NoSuppressions = Annotated[
    bool, typer.Option("--no-suppressions", help="Report what comments and annotations hide, too.")
]
ColorChoice = Annotated[Color, typer.Option(help="Colour the output.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Nothing but the result and errors.")]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v", "--verbose", help="Also every input that was not checked, and where a defect lies."
    ),
]

_app = typer.Typer(
    name=_PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Click and the copy of it inside newer typers name this base of all refusals differently.
_Refused: type[Exception] = typer.BadParameter.__mro__[2]


def parse(arguments: Sequence[str]) -> Command | None:
    """The Command that the arguments ask for; None where help or the version was all."""
    try:
        command = typer.main.get_command(_app)
        result = command.main(_with_verb(arguments), prog_name=_PROGRAM, standalone_mode=False)
    except _Refused as error:
        raise UsageError(in_one_line(error, _PROGRAM)) from error
    return None if isinstance(result, int) else result


def _with_verb(arguments: Sequence[str]) -> list[str]:
    asks_top = arguments[:1] and arguments[0] in {*VERBS, "-h", "--help", "--version"}
    return list(arguments) if asks_top else ["check", *arguments]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"{_PROGRAM} {__version__}")
        raise typer.Exit


@_app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Say from manifests alone which KubeVirt VM snapshots would not hold.

    The verb may be left out: `vmsnap-lint manifests/` is `vmsnap-lint check manifests/`.

    Exit codes: 0 no finding reaches --fail-on, 1 findings, 2 usage or unreadable input, 3 a
    defect of vmsnap-lint.
    """


@_app.command("check")
def _check(  # noqa: PLR0913  # one parameter a flag is how typer is told
    context: typer.Context,
    *,
    paths: Paths = None,
    config: Config = None,  # noqa: ARG001  # its callback has done it
    output: Annotated[
        Format, typer.Option("--format", help="How findings are written.")
    ] = Format.FULL,
    fail_on: Annotated[
        Threshold, typer.Option(help="The lowest severity that makes the exit code 1.")
    ] = Threshold.ERROR,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 in spite of findings.")
    ] = False,
    select: Select = None,
    ignore: Ignore = None,
    snapshot_mode: SnapshotMode = Mode.OFFLINE,
    kubevirt: KubeVirt = None,
    complete: Complete = None,
    all_vms: AllVms = False,
    allow_empty: AllowEmpty = False,
    crds: CrdPaths = None,
    crds_from_input: CrdsFromInput = False,
    rendering: RenderChoice = RenderMode.AUTO,
    helm_values: HelmValues = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = None,
    no_suppressions: NoSuppressions = False,
    root: Root = None,
    tracked: Tracked = False,
    exclude: Exclude = None,
    surroundings: Context = None,
    since: Since = None,
    docs: Docs = False,
    facts: FactsFile = None,
    facts_max_age: FactsMaxAge = "30d",
    color: ColorChoice = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> CheckArguments:
    """Lint manifests (the default verb)."""
    names = [tuple(values or ()) for values in (select, ignore, complete)]
    flags = Flags(names[0], names[1], snapshot_mode, kubevirt, names[2], all_vms, allow_empty)
    flags = flags._replace(crds=tuple(crds or ()), crds_from_input=crds_from_input)
    flags = flags._replace(render=rendering, helm_values=tuple(helm_values or ()))
    flags = flags._replace(baseline=baseline or "", no_suppressions=no_suppressions)
    flags = flags._replace(root=root or "", since=since or "", tracked=tracked)
    flags = flags._replace(exclude=tuple(exclude or ()), context=tuple(surroundings or ()))
    flags = flags._replace(docs=docs, facts=facts or "", facts_max_age=facts_max_age)
    return CheckArguments(
        paths=tuple(paths or ["."]),
        settings=configured(settings(flags), context.obj),
        format=output,
        fail_on=Severity[fail_on.name],
        exit_zero=exit_zero,
        write_baseline=write_baseline or "",
        voice=Voice(color, quiet, verbose),
    )


@_app.command("plan")
def _plan(  # noqa: PLR0913  # as above
    context: typer.Context,
    *,
    paths: Paths = None,
    config: Config = None,  # noqa: ARG001  # its callback has done it
    output: Annotated[
        Drawing, typer.Option("--format", help="How plans are written.")
    ] = Drawing.TREE,
    snapshot_mode: SnapshotMode = Mode.OFFLINE,
    kubevirt: KubeVirt = None,
    complete: Complete = None,
    all_vms: AllVms = False,
    allow_empty: AllowEmpty = False,
    crds: CrdPaths = None,
    crds_from_input: CrdsFromInput = False,
    rendering: RenderChoice = RenderMode.AUTO,
    helm_values: HelmValues = None,
    tracked: Tracked = False,
    exclude: Exclude = None,
    surroundings: Context = None,
    docs: Docs = False,
    facts: FactsFile = None,
    facts_max_age: FactsMaxAge = "30d",
    color: ColorChoice = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> PlanArguments:
    """Show of each snapshot which volumes it would hold, and why not the others."""
    flags = Flags((), (), snapshot_mode, kubevirt, tuple(complete or ()), all_vms, allow_empty)
    flags = flags._replace(crds=tuple(crds or ()), crds_from_input=crds_from_input)
    flags = flags._replace(render=rendering, helm_values=tuple(helm_values or ()), tracked=tracked)
    flags = flags._replace(exclude=tuple(exclude or ()), context=tuple(surroundings or ()))
    flags = flags._replace(docs=docs, facts=facts or "", facts_max_age=facts_max_age)
    return PlanArguments(
        paths=tuple(paths or ["."]),
        settings=configured(settings(flags), context.obj),
        format=output,
        voice=Voice(color, quiet, verbose),
    )


@_app.command("rule")
def _rule(
    rule: Annotated[
        str | None, typer.Argument(metavar="ID", help="The rule to explain.", show_default=False)
    ] = None,
    output: Annotated[
        CardFormat, typer.Option("--format", help="How rules are written.")
    ] = CardFormat.TEXT,
    color: ColorChoice = Color.AUTO,
) -> Explain:
    """List all rules, or explain one with its examples."""
    return Explain(rule, output, Voice(color))


@_app.command("facts")
def _facts(*, quiet: Quiet = False) -> FactsArguments:
    """Print the kubectl command that writes what is known of a cluster, for --facts."""
    return FactsArguments(Voice(quiet=quiet))


@_app.command("config")
def _config(
    context: typer.Context,
    *,
    config: Config = None,  # noqa: ARG001  # its callback has done it
    schema: Schema = False,  # noqa: ARG001  # as above
    output: Annotated[
        CardFormat, typer.Option("--format", help="How settings are written.")
    ] = CardFormat.TEXT,
    color: ColorChoice = Color.AUTO,
) -> ShowConfig:
    """Show the settings in force, and where each comes from."""
    return ShowConfig(context.obj, output, Voice(color))
