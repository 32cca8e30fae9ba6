"""What a run produces: severities, spans, findings and the report, as plain values."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum, StrEnum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Protocol

    class HasFile(Protocol):
        """A manifest, which distinguishes objects of the same name."""

        file: str


__all__ = [
    "Accepted", "Cut", "Edit", "Finding", "Fix", "Judged", "Key", "NotChecked", "ObjectId", "Path",
    "Related", "Report", "Safety", "Severity", "Span", "Subject", "Suppressed", "SuppressionKind",
]  # fmt: skip


Key = str | int
Path = tuple[Key, ...]
"""The keys and indexes that lead from an object to a value in it."""


class Severity(IntEnum):
    """How bad a finding is; comparable, so that a threshold is a plain `>=`."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        """The name as every report writes it: `error`, `warning`, `info`."""
        return self.name.lower()

    @classmethod
    def named(cls, name: str) -> Severity:
        """The severity of that name, as it is written; KeyError for another one."""
        return cls[name.upper()]


class Span(NamedTuple):
    """A stretch of text: 1-based lines and columns in characters, the end one past the last."""

    line: int
    column: int
    end_line: int
    end_column: int


class Edit(NamedTuple):
    """A replacement of one span of one file by `text`."""

    file: str
    span: Span
    text: str


class Safety(StrEnum):
    """What a fix may change; the strongest first."""

    SAFE = "safe"
    """What a cluster does stays, or what was refused is admitted with its plain meaning."""
    UNSAFE = "unsafe"
    """It is a guess at what was meant, or changes what a cluster does."""
    DISPLAY = "display"
    """It is shown, and applied only by hand."""


class Fix(NamedTuple):
    """What would mend a finding: all of the edits together, at least one, in one file or several.

    `title` says it in a few words, as an order: `set runStrategy: Always`.
    """

    title: str
    safety: Safety
    edits: tuple[Edit, ...]


class ObjectId(NamedTuple):
    """Names the object that a finding is about; `namespace` is None where none is set."""

    api_version: str
    kind: str
    namespace: str | None
    name: str | None


class Subject:
    """An object that a finding is about, with its manifest.

    Findings are values: those of two runs are equal, and manifests are not compared.
    """

    __slots__ = ("manifest", "object")  # no dataclass: its import takes 5 ms

    def __init__(self, named: ObjectId, manifest: HasFile) -> None:
        self.object = named
        self.manifest = manifest

    def __eq__(self, other: Any) -> bool:
        """Whether it is the object of that name."""
        return isinstance(other, Subject) and self.object == other.object

    def __hash__(self) -> int:
        """By name, as it is compared."""
        return hash(self.object)


class Related(NamedTuple):
    """Another place that explains a finding, with a short note in reading order."""

    file: str
    span: Span
    message: str


class Finding(NamedTuple):
    """What a user sees: one fault at one place.

    `subjects` are the objects that it is about: several where these are built from the same lines.
    `path` is a JSON Pointer into the object (RFC 6901), `fingerprint` holds no line number and so
    survives edits above the finding. `more` counts further faults that it stands for. `clusters`
    are the declared clusters that it holds in, `applied_to` those that its objects land in. `same`
    are the places of equal findings that it stands for in texts for people (`report.folding`).
    The first of the `fixes` is the one that --fix applies.
    """

    file: str
    span: Span
    rule: str
    severity: Severity
    message: str
    subjects: tuple[Subject, ...]
    path: str
    related: tuple[Related, ...]
    fingerprint: str
    help: str
    fixes: tuple[Fix, ...] = ()
    more: int = 0
    clusters: tuple[str, ...] = ()
    applied_to: tuple[str, ...] = ()
    same: tuple[Related, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether its objects land in clusters that it does not hold in."""
        return not set(self.applied_to) <= set(self.clusters)

    @property
    def object(self) -> ObjectId | None:
        """The name of the (first) object that it is about, None for a finding about a file."""
        return self.subjects[0].object if self.subjects else None


class NotChecked(NamedTuple):
    """An input that was not (wholly) checked, and why."""

    file: str
    reason: str


class SuppressionKind(StrEnum):
    """Who hides a finding, in the words of SARIF 2.1.0."""

    IN_SOURCE = "inSource"
    EXTERNAL = "external"


class Suppressed(NamedTuple):
    """A finding that is hidden, and the reason given for that, or ""."""

    finding: Finding
    kind: SuppressionKind
    reason: str


class Accepted(NamedTuple):
    """A finding that a baseline hides; all but the fingerprint is for people."""

    fingerprint: str
    rule: str
    file: str
    message: str


class Cut(NamedTuple):
    """The number of entries that a list of a report, of that name, leaves out.

    Of findings they are those of a rule and severity in one object, in a file if `object` is None,
    or in the whole run if `file` is "".
    """

    name: str
    number: int
    rule: str = ""
    severity: Severity | None = None
    file: str = ""
    object: ObjectId | None = None


class Judged(NamedTuple):
    """A KubeVirt release that objects are judged for, and the declared clusters that have it.

    `source` says where it comes from, "" for the newest known one.
    """

    release: str
    source: str
    clusters: tuple[str, ...] = ()


class Report(NamedTuple):
    """Everything one run has to say, sorted; equal input in any order gives an equal report.

    `objects` and `snapshots` count what is written, not how often it is applied.
    `stale` is what the baseline hides and nothing finds any more. `unverified` counts references
    that could not be verified and are not among the findings. `unread` are the files that could not
    be read, which `not_checked` lists as well. `cut` is what is counted only. `clusters` are the
    declared ones, `judged` the releases that were assumed; `unjudged_vms` counts the VMs that were
    not judged, as no snapshot names them; `unmatched_policies` are the rules of those for none of
    the objects of their kinds. `below_threshold` counts findings that are not listed for
    their severity. `more_suppressed` counts those that `cut` leaves out of
    `suppressed`: in the source, by configuration, and by the baseline.
    """

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    files: int
    objects: int
    snapshots: int
    suppressed: tuple[Suppressed, ...] = ()
    stale: tuple[Accepted, ...] = ()
    unverified: int = 0
    unread: tuple[NotChecked, ...] = ()
    cut: tuple[Cut, ...] = ()
    clusters: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()
    unjudged_vms: int = 0
    below_threshold: int = 0
    more_suppressed: tuple[int, int, int] = (0, 0, 0)
    unmatched_policies: tuple[str, ...] = ()

    def exit_code(self, threshold: Severity) -> int:
        """1 when a finding is at or above `threshold`, else 0."""
        return int(any(severity >= threshold for severity in self.severities()))

    def severities(self) -> Counter[Severity]:
        """The number of findings by severity, those that are only counted included."""
        counts: Counter[Severity] = Counter()
        for finding in self.findings:
            counts[finding.severity] += _weight(finding)
        for cut in self.cut_findings():
            if cut.severity is not None:
                counts[cut.severity] += cut.number
        return counts

    def cut_findings(self) -> list[Cut]:
        """What is counted only of the findings."""
        return [cut for cut in self.cut if cut.name == "findings"]

    def total(self, name: str) -> int:
        """The length of a list such as "stale", entries that are only counted included."""
        left_out = sum(cut.number for cut in self.cut if cut.name == name)
        return left_out + sum(map(_weight, getattr(self, name)))


def _weight(entry: Finding | Suppressed | Accepted | NotChecked) -> int:
    """The number of faults that an entry of a list stands for."""
    finding = entry.finding if isinstance(entry, Suppressed) else entry
    return 1 + finding.more + len(finding.same) if isinstance(finding, Finding) else 1
