"""THE TABLE of what can be set: key, flag, environment variable, type, default, help.

The flags of the command line, the JSON Schema, the reader of configuration files and the verb
`config` are derived from it, or held against it by tests.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["BY_KEY", "OPTIONS", "PREFIX", "Option", "Type"]

PREFIX = "VMSNAP_LINT_"


class Type(Enum):
    """What the value of an option is."""

    SWITCH = "true or false"
    CHOICE = "one of a few words"
    RULES = "a list of rule ids"
    KINDS = "a list of kinds"
    FILES = "a list of paths"
    GLOBS = "a list of globs"
    FILE = "a path"
    RELEASE = "a KubeVirt release"
    REVISION = "a git revision"
    AGE = "a time such as 30d, 2w or 12h"
    VERSION = "versions such as >=0.1"
    SEVERITIES = "a mapping of rule ids to error, warning or info"
    OVERRIDES = "a list of overrides"


class Option(NamedTuple):
    """One option; `structured` ones stand in files alone, for a flag could not hold them."""

    key: str
    type: Type
    help: str
    default: object = None
    choices: tuple[str, ...] = ()

    @property
    def structured(self) -> bool:
        """Whether it has neither flag nor variable."""
        return self.type in (Type.VERSION, Type.SEVERITIES, Type.OVERRIDES)

    @property
    def variable(self) -> str:
        """The environment variable that sets it, or ""."""
        return "" if self.structured else PREFIX + self.key.upper().replace("-", "_")


_LEVELS = ("error", "warning", "info")
OPTIONS = (
    Option("all-vms", Type.SWITCH, "Judge all VMs, also those that no snapshot names.", False),
    Option("allow-empty", Type.SWITCH, "Having nothing to check is not an error.", False),
    Option("baseline", Type.FILE, "Report only what this file does not accept."),
    Option("color", Type.CHOICE, "Colour the output.", "auto", ("auto", "always", "never")),
    Option(
        "complete", Type.KINDS, "Kinds of which the input holds every object, or all of them.", ()
    ),
    Option("context", Type.FILES, "What is looked at, too, and never reported.", ()),
    Option("crds", Type.FILES, "CRDs that say what is valid, instead of what is built in.", ()),
    Option("crds-from-input", Type.SWITCH, "Take the CRDs in the input, too.", False),
    Option("docs", Type.SWITCH, "Read the Markdown and AsciiDoc pages in directories, too.", False),
    Option("exclude", Type.GLOBS, "Files and directories that are passed over.", ()),
    Option("exit-zero", Type.SWITCH, "Exit with 0 in spite of findings.", False),
    Option("facts", Type.FILE, "A file with what is known of the cluster."),
    Option("facts-max-age", Type.AGE, "The age from which cluster facts are noted as old.", "30d"),
    Option(
        "fail-on",
        Type.CHOICE,
        "The lowest severity that makes the exit code 1.",
        "error",
        _LEVELS,
    ),
    Option("format", Type.CHOICE, "How findings are written.", "full", ("full", "concise", "json")),
    Option("helm-values", Type.FILES, "Values files for the charts.", ()),
    Option("ignore", Type.RULES, "Rules that do not run.", ()),
    Option("kubevirt", Type.RELEASE, "The KubeVirt release to judge for, in quotes: '1.6'."),
    Option(
        "no-suppressions", Type.SWITCH, "Report what comments and annotations hide, too.", False
    ),
    Option("overrides", Type.OVERRIDES, "Settings of rules for some paths or objects.", ()),
    Option("quiet", Type.SWITCH, "Nothing but the result and errors.", False),
    Option(
        "render",
        Type.CHOICE,
        "Build kustomizations and charts with the programs on PATH.",
        "auto",
        ("auto", "never", "require"),
    ),
    Option("required-version", Type.VERSION, "The versions of vmsnap-lint that this is for."),
    Option("root", Type.FILE, "What is looked at whole, whatever part of it is reported."),
    Option("select", Type.RULES, "Rules that run; without it all do.", ()),
    Option("severity", Type.SEVERITIES, "The severity of all findings of a rule.", ()),
    Option("since", Type.REVISION, "The git revision that changes are judged against."),
    Option(
        "snapshot-mode",
        Type.CHOICE,
        "How snapshots are meant to be taken.",
        "offline",
        ("offline", "online"),
    ),
    Option("tracked", Type.SWITCH, "Look at the files that git tracks, not at all files.", False),
    Option(
        "verbose",
        Type.SWITCH,
        "Also every input that was not checked, and where a defect lies.",
        False,
    ),
)
BY_KEY = {option.key: option for option in OPTIONS}
