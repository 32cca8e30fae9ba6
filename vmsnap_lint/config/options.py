"""The columns of THE TABLE of options, which is in `settings`."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PREFIX", "Group", "Option", "SetBy", "Type"]

PREFIX = "VMSNAP_LINT_"


class Type(Enum):
    """The type of the value of an option; the text is for messages."""

    SWITCH = "a boolean"
    CHOICE = "one of the choices"
    RULES = "an array of rule ids"
    KINDS = "an array of kinds"
    FILES = "an array of paths"
    GLOBS = "an array of globs"
    FILE = "a path"
    RELEASE = "a KubeVirt release"
    REVISION = "a git revision"
    AGE = "an age such as 30d, 2w or 12h"
    VERSION = "versions such as >=0.1"
    SEVERITIES = "an object of rule ids and severities"
    OVERRIDES = "an array of overrides"
    NAMES = "an array of names"
    CLUSTERS = "an object of clusters by name"
    POLICIES = "an array of policies"
    OUTPUTS = "an array of FORMAT=FILE"
    WORKERS = "auto or a number of processes"

    @property
    def is_list(self) -> bool:
        """Whether the flag may be repeated."""
        lists = (Type.RULES, Type.KINDS, Type.FILES, Type.GLOBS, Type.NAMES, Type.OUTPUTS)
        return self in lists


class SetBy(Enum):
    """What can set an option."""

    ANYTHING = "flag, variable and file"
    FILE = "file"
    FLAG = "flag"
    FLAG_AND_VARIABLE = "flag and variable"


class Group(Enum):
    """The headings under which `--help` and the reference list options, in their order."""

    RULES = "Rules"
    INPUT = "Input"
    CLUSTER = "Cluster"
    FIXES = "Fixes"
    OUTPUT = "Output"
    CONFIGURATION = "Configuration"


class Option(NamedTuple):
    """One row of the table.

    `name` is the field of `Settings` with the value, "" if there is none; `key` is the name in
    files and, after "--", on the command line. `verbs` are the commands that have the flag.
    `default` is written as in a file. `read` converts a written value, if its type does not.
    """

    group: Group
    type: Type
    verbs: tuple[str, ...]
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""
    default: Any = None
    read: Callable[[Any], Any] | None = None
    set_by: SetBy = SetBy.ANYTHING
    key: str = ""
    name: str = ""

    @property
    def in_file(self) -> bool:
        """Whether it is a key of configuration files."""
        return self.set_by in (SetBy.ANYTHING, SetBy.FILE)

    @property
    def flags(self) -> tuple[str, ...]:
        """Its spellings on the command line, the short one first."""
        if self.set_by is SetBy.FILE:
            return ()
        return (self.short, f"--{self.key}") if self.short else (f"--{self.key}",)

    @property
    def variable(self) -> str:
        """The environment variable that sets it, or ""."""
        if self.set_by in (SetBy.FILE, SetBy.FLAG):
            return ""
        return PREFIX + self.key.upper().replace("-", "_")

    @property
    def placeholder(self) -> str:
        """The value in help texts; "" for a switch."""
        return self.metavar or "|".join(self.choices)

    def of_field(self, name: str) -> Option:
        """The row, completed for its field of Settings."""
        return self._replace(
            name=name, key=self.key or name.replace("_", "-"), default=self._written_default()
        )

    def _written_default(self) -> Any:
        """The default as in a file: the first choice, an empty array, or null."""
        if self.default is not None:
            return self.default
        if self.choices:
            return self.choices[0]
        if self.type is Type.SWITCH:
            return False
        objects = (Type.CLUSTERS, Type.OVERRIDES, Type.POLICIES, Type.SEVERITIES)
        return () if self.type.is_list or self.type in objects else None
