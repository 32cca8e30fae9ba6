"""Finds the fields of a clone that its webhook or that of the restore rejects.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmclone-admitter.go, and
`ValidateMacAddress` of pkg/network/link/mac.go.
"""

from __future__ import annotations

import json
import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, verbatim
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.copies.copied_source import SOURCE
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["TARGET", "rejected_fields"]

TARGET = ("spec", "target")
_NEW_MACS = ("spec", "newMacAddresses")
_PATCHES = ("spec", "patches")
_FILTERS = (
    ("spec", "annotationFilters"),
    ("spec", "labelFilters"),
    ("spec", "template", "annotationFilters"),
    ("spec", "template", "labelFilters"),
)
_GROUPS = {kind.kind: kind.group for kind in (VM, SNAPSHOT)}
# Six bytes as Go's net.ParseMAC reads them: all with one separator, or in groups of four digits.
_HEX = "[0-9A-Fa-f]"
_MAC = re.compile(
    rf"{_HEX}{{2}}(?::{_HEX}{{2}}){{5}}|{_HEX}{{2}}(?:-{_HEX}{{2}}){{5}}"
    rf"|{_HEX}{{4}}(?:\.{_HEX}{{4}}){{2}}",
    re.ASCII,
)
_LONGEST_MAC = len("00:00:00:00:00:00")
_OPERATION = ("op", "path")


def rejected_fields(cluster: Cluster, clone: Manifest) -> Iterator[Blocker]:
    """Everything in the spec of a clone, looked at alone, that is rejected."""
    yield from _rejected(CloneCause.SOURCE_INVALID, _kinds(clone))
    yield from _rejected(CloneCause.FILTER_SYNTAX, _filters(clone))
    if cluster.behaviour.clone_same_name_refused:
        yield from _rejected(CloneCause.SAME_NAME, _same_name(clone))
    yield from _macs(cluster, clone)
    if cluster.behaviour.clone_patches:
        yield from _patches(clone)
    if clone.mapping(*TARGET) and not clone.get(*TARGET, "apiGroup"):
        message = (
            f'spec.target has no apiGroup, which must be "{VM.group}": the restore created by the '
            "clone is rejected"
        )
        from vmsnap_lint.kubevirt.admission.reference_fixes import with_group

        of_vm = clone.text(*TARGET, "kind") == VM.kind
        fixes = with_group(clone.at(*TARGET), VM.group) if of_vm else ()
        problem = Problem(clone.at(*TARGET, key=True), message, fixes=fixes)
        yield Blocker(CloneCause.TARGET_API_GROUP, Effect.STUCK, problem)


def _rejected(cause: CloneCause, problems: Iterator[Problem]) -> Iterator[Blocker]:
    for problem in problems:
        effect = Effect.REJECTED if problem.severity is None else Effect.WAITS
        yield Blocker(cause, effect, problem)


def _kinds(clone: Manifest) -> Iterator[Problem]:
    """A source that is neither a VM nor a snapshot, or has no group; a target that is no VM."""
    if clone.mapping(*SOURCE):
        yield from _source(clone)
    kind = clone.text(*TARGET, "kind")
    is_given = clone.get(*TARGET, "kind") is not None
    if is_given and kind != VM.kind and not holds_placeholder(kind):
        message = f'target kind "{cut(kind)}" is rejected, it must be "{VM.kind}"'
        yield _of_choice(clone.at(*TARGET, "kind"), message, kind, (VM.kind,))


def _source(clone: Manifest) -> Iterator[Problem]:
    kind, group = clone.text(*SOURCE, "kind"), clone.get(*SOURCE, "apiGroup")
    if (
        clone.get(*SOURCE, "kind") is not None
        and kind not in _GROUPS
        and not holds_placeholder(kind)
    ):
        hint = nearest_hint(kind, _GROUPS)
        kinds = f'"{VM.kind}" or "{SNAPSHOT.kind}"'
        message = f'source kind "{cut(kind)}" is rejected, it must be {kinds}{hint}'
        yield _of_choice(clone.at(*SOURCE, "kind"), message, kind, _GROUPS)
    if clone.get(*SOURCE, "name") == "":
        yield Problem(clone.at(*SOURCE, "name"), "the source has an empty name")
    expected = _GROUPS.get(kind)
    if group in (None, ""):
        which = f', which must be "{expected}" for a {kind}' if expected else ""
        problem = Problem(clone.at(*SOURCE, key=True), f"spec.source has no apiGroup{which}")
        yield _with_group(problem, clone, expected)
    elif isinstance(group, str) and expected not in (None, group) and not holds_placeholder(group):
        message = f'apiGroup "{cut(group)}" does not match kind {kind}, which has "{expected}"'
        problem = Problem(clone.at(*SOURCE, "apiGroup"), message, severity=Severity.WARNING)
        yield _with_group(problem, clone, expected)


def _with_group(problem: Problem, clone: Manifest, group: str | None) -> Problem:
    """The problem with the group of the source's kind, the only thing that the webhook compares."""
    from vmsnap_lint.kubevirt.admission.reference_fixes import with_group

    return problem._replace(fixes=with_group(clone.at(*SOURCE), group)) if group else problem


def _of_choice(at: Place, message: str, value: str, values: Iterable[str]) -> Problem:
    from vmsnap_lint.objects import mending

    return Problem(at, message, fixes=mending.chosen(at, value, values))


def _filters(clone: Manifest) -> Iterator[Problem]:
    """Filters with `!` or `*` where they are not allowed."""
    for path in _FILTERS:
        for text, at in status.strings(clone, *path):
            if fault := _filter_fault(text):
                yield Problem(at, f'filter "{cut(text)}" is rejected: {fault}')


def _filter_fault(text: str) -> str:
    if not text:
        return "it is empty"  # the webhook panics
    if text == "!":
        return 'nothing follows "!"'
    if "!" in text[1:]:
        return '"!" is allowed only at the beginning'
    return '"*" is allowed only at the end' if "*" in text[:-1] else ""


def _same_name(clone: Manifest) -> Iterator[Problem]:
    """Source and target are the same VM."""
    name = clone.text(*TARGET, "name")
    both = clone.text(*SOURCE, "kind") == VM.kind == clone.text(*TARGET, "kind")
    if both and name and name == clone.text(*SOURCE, "name") and not holds_placeholder(name):
        message = f'the target has the same name as the source, "{name}": the clone is rejected'
        where = (clone.at(*SOURCE, "name", note="the source"),)
        yield Problem(clone.at(*TARGET, "name"), message, where)


def _macs(cluster: Cluster, clone: Manifest) -> Iterator[Blocker]:
    """New MAC addresses that are none, or that become patches which are rejected."""
    for interface, mac in clone.mapping(*_NEW_MACS).items():
        if not isinstance(mac, str) or not mac or holds_placeholder(mac):
            continue
        at = clone.at(*_NEW_MACS, interface)
        what = f'MAC address "{cut(mac)}" of interface "{cut(interface)}"'
        if not (len(mac) <= _LONGEST_MAC and _MAC.fullmatch(mac)):
            if cluster.behaviour.clone_macs_checked:
                message = (
                    f'{what} is malformed: it has six pairs of hex digits, as "02-00-00-00-00-01"'
                )
                yield Blocker(CloneCause.MAC_INVALID, Effect.REJECTED, Problem(at, message))
        elif ":" in mac and cluster.behaviour.restore_patches_checked_always:
            known = "" if cluster.release_known else " since KubeVirt 1.4.1"
            fault = f"{what} has colons, which the restore webhook rejects{known}"
            from vmsnap_lint.objects import mending

            dashed = mac.replace(":", "-")
            fixes = mending.with_value(at, dashed, Safety.SAFE)
            problem = Problem(at, f'{fault}: write "{dashed}"', fixes=fixes)
            yield Blocker(CloneCause.MAC_COLONS, Effect.STUCK, problem)


def _patches(clone: Manifest) -> Iterator[Blocker]:
    """Patches that are not JSON, which the webhook rejects, or that no restore can apply."""
    for patch, at in status.strings(clone, *_PATCHES):
        if holds_placeholder(patch):
            continue
        try:
            value = json.loads(patch, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            message = f"the patch is not valid JSON: {verbatim(patch[:80])}"
            yield Blocker(CloneCause.PATCH_MALFORMED, Effect.REJECTED, Problem(at, message))
            continue
        lacking = [key for key in _OPERATION if not isinstance(value, dict) or key not in value]
        if lacking:
            fault = "an operation needs " + " and ".join(f'"{key}"' for key in lacking)
            message = f"the patch is not one JSON Patch operation: {fault}"
            yield Blocker(CloneCause.PATCH_MALFORMED, Effect.STUCK, Problem(at, message))


def _no_constant(name: str) -> None:
    """Python reads NaN and Infinity, which are not JSON."""
    raise ValueError(name)
