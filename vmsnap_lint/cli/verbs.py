"""The verbs of the command line, with what their help says."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DEFAULT", "VERBS", "Verb"]

DEFAULT = "check"
_PATHS = "Files and directories; '-' reads standard input, none means '.'."


class Verb(NamedTuple):
    """What `--help` says of a verb; `argument` is "" where it takes none."""

    summary: str
    argument: str = ""
    argument_help: str = ""
    repeated: bool = False
    examples: tuple[str, ...] = ()


VERBS = {
    "check": Verb(
        "Check manifests (the default verb).",
        "PATH",
        _PATHS,
        repeated=True,
        examples=(
            "vmsnap-lint clusters/prod --kubevirt 1.6",
            "kustomize build overlays/prod | vmsnap-lint -",
            "vmsnap-lint --since origin/main --format concise",
            "vmsnap-lint --facts cluster-facts.yaml apps/",
        ),
    ),
    "plan": Verb(
        "Show which volumes each snapshot would hold, and why not the others.",
        "PATH",
        _PATHS,
        repeated=True,
        examples=("vmsnap-lint plan apps/", "vmsnap-lint plan --all-vms --format json apps/"),
    ),
    "rule": Verb(
        "List all rules, or explain one with its examples.",
        "ID",
        "The rule to explain.",
        examples=("vmsnap-lint rule", "vmsnap-lint rule source-vm-missing"),
    ),
    "facts": Verb(
        "Print the kubectl command that writes a file for --facts.",
        examples=(
            "vmsnap-lint facts | sh > cluster-facts.yaml",
            "vmsnap-lint --facts cluster-facts.yaml apps/",
        ),
    ),
    "config": Verb(
        "Show the settings in force, and where each comes from.",
        examples=(
            "vmsnap-lint config",
            "vmsnap-lint config --schema > vmsnap-lint.schema.json",
        ),
    ),
}
