"""The command `facts`: prints the shell command that writes a file of cluster facts."""

from __future__ import annotations

from vmsnap_lint.cli import console
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.input.facts.facts_script import COMMAND

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command

__all__ = ["run"]

_HOW = "to run it: vmsnap-lint facts | sh > cluster-facts.yaml; then: vmsnap-lint --facts FILE"


def run(command: Command) -> int:
    """Prints the command, and for somebody who reads it how to use it."""
    console.write(COMMAND.split("\n"))
    if console.is_terminal() and not command.settings.quiet:
        console.write_notes([_HOW])
    return 0
