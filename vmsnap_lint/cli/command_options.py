"""What each verb can be told, with the one set of defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.cli.layers import Layers

__all__ = [
    "VERBS",
    "CheckArguments",
    "Command",
    "Explain",
    "FactsArguments",
    "PlanArguments",
    "ShowConfig",
    "Voice",
]

# the first stands for itself where no verb is given
VERBS = ("check", "config", "facts", "plan", "rule")


class Voice(NamedTuple):
    """How much is said beside the result, and whether in colour (auto, always, never)."""

    color: str = "auto"
    quiet: bool = False
    verbose: bool = False


class CheckArguments(NamedTuple):
    """Lint `paths`; `write_baseline` names a file for all that is found, "" for none."""

    paths: tuple[str, ...] = (".",)
    settings: Settings = Settings()
    format: str = "full"
    fail_on: Severity = Severity.ERROR
    exit_zero: bool = False
    write_baseline: str = ""
    voice: Voice = Voice()


class PlanArguments(NamedTuple):
    """Show what each snapshot in `paths` would hold."""

    paths: tuple[str, ...] = (".",)
    settings: Settings = Settings()
    format: str = "tree"
    voice: Voice = Voice()


class Explain(NamedTuple):
    """Show the card of one rule, or list all rules."""

    rule: str | None = None
    format: str = "text"
    voice: Voice = Voice()


class FactsArguments(NamedTuple):
    """Print the command that writes a file of cluster facts."""

    voice: Voice = Voice()


class ShowConfig(NamedTuple):
    """Show the settings that `layers` give."""

    layers: Layers
    format: str = "text"
    voice: Voice = Voice()


Command = CheckArguments | PlanArguments | Explain | FactsArguments | ShowConfig
