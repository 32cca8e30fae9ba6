"""The commands of the program, with their help."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["DEFAULT", "VERBS", "Verb"]

DEFAULT = "check"
_PATHS = "Files and directories (default '.'); '-' reads standard input."


class Verb(NamedTuple):
    """The help of a command; `argument` is "" if it has none, `default` what it is if not given."""

    summary: str
    argument: str = ""
    argument_help: str = ""
    repeated: bool = False
    default: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


VERBS = {
    "check": Verb(
        "Check manifests (the default command).",
        "PATH",
        _PATHS,
        repeated=True,
        default=(".",),
        examples=(
            "vmsnap-lint clusters/prod --kubevirt 1.6",
            "kustomize build overlays/prod | vmsnap-lint -",
            "vmsnap-lint --since origin/main --format concise",
            "vmsnap-lint --facts cluster-facts.yaml apps/",
        ),
    ),
    "plan": Verb(
        "Show which volumes each snapshot, restore, clone and export has, and why.",
        "PATH",
        _PATHS,
        repeated=True,
        default=(".",),
        examples=("vmsnap-lint plan apps/", "vmsnap-lint plan --all-vms --format json apps/"),
    ),
    "clusters": Verb(
        "List the clusters, what is applied to them, and what is not seen of them.",
        "PATH",
        _PATHS,
        repeated=True,
        default=(".",),
        examples=("vmsnap-lint clusters", "vmsnap-lint clusters --format json ."),
    ),
    "merge": Verb(
        "Make one report of many.",
        "REPORT",
        "Reports of check (all json or all sarif), or directories of them; NAME=REPORT names the "
        "repository.",
        repeated=True,
        examples=(
            "vmsnap-lint merge --format json reports/ > all.json",
            "vmsnap-lint merge --format markdown shop=shop.json infra=infra.json",
        ),
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
    "lsp": Verb(
        "Run a language server, for editors (needs the extra lsp).",
        examples=("vmsnap-lint lsp",),
    ),
    "config": Verb(
        "Show the settings and their origins.",
        examples=("vmsnap-lint config", "vmsnap-lint config --schema > vmsnap-lint.schema.json"),
    ),
}
