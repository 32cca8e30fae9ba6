"""A policy of the configuration, as it is written, and the id of its rule."""

from __future__ import annotations

from vmsnap_lint.core.data_files import POLICY
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import SourceSpan

__all__ = ["DEFAULT_KINDS", "PolicySettings"]

DEFAULT_KINDS = ("VirtualMachine",)
"""The kinds of a policy that names none."""


class PolicySettings(NamedTuple):
    """A policy; `labels` has a glob for the value of each label, empty tuples match all.

    `at` is where it is written, None where that is in no file.
    """

    id: str
    require: str
    message: str = ""
    severity: Severity = Severity.ERROR
    kinds: tuple[str, ...] = DEFAULT_KINDS
    labels: tuple[tuple[str, str], ...] = ()
    namespaces: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    at: SourceSpan | None = None

    @property
    def rule(self) -> str:
        """The id of its rule."""
        return POLICY + self.id

    @property
    def told(self) -> str:
        """What its findings say: the message, or what it requires."""
        required = " ".join(self.require.split()).replace('"', "'")
        return self.message or f'does not meet "{required}"'
