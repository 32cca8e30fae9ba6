"""A card names every severity of its findings, also that of weaker evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import (
    backup,
    claim,
    content,
    in_namespace,
    kubevirt_cr,
    restore,
    saved,
    snap,
    storage_class,
    vm,
    volume,
    yaml_of,
)  # fmt: skip
from vmsnap_lint import engine
from vmsnap_lint.checks import catalog
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from tests.builders import Object

_STATE = {"devices": {"tpm": {"persistent": True}}}
_OLD_MACHINE = {"machine": {"type": "pc"}, "devices": {}}
_MOVED = '{"op":"replace","path":"/metadata/name","value":"copy"}'
_KEPT = saved("root")
_KEPT["persistentVolumeClaim"]["spec"] = {"storageClassName": "fats"}
# What gives a finding of less evidence than the rule has in other cases.
_WEAK: dict[str, tuple[Severity, list[Object]]] = {
    "backend-state-class": (
        Severity.INFO,
        [vm(domain=_STATE), snap(), storage_class(), kubevirt_cr(vmStateStorageClass="fast")],
    ),
    "backup-source-missing": (
        Severity.WARNING,
        [*in_namespace("other", vm()), *in_namespace("prod", backup())],
    ),
    "content-entry-unusable": (Severity.WARNING, [content(vm(), _KEPT), storage_class()]),
    "datavolume-missing": (
        Severity.WARNING,
        [*in_namespace("prod", vm(volume("a", dataVolume={"name": "zoo"})), claim(), snap())],
    ),
    "restore-inplace-new-target": (
        Severity.WARNING,
        [
            snap(),
            restore(
                target="copy", volumeRestorePolicy="InPlace",
                volumeRestoreOverrides=[{"volumeName": "root", "restoreName": "x"}],
            ),
        ],
    ),
    "restore-name-collision": (
        Severity.WARNING,
        [
            vm(), snap(), claim("root"), claim("copy-root"),
            restore(target="copy", volumeRestorePolicy="PrefixTargetName"),
        ],
    ),
    "restore-patch-malformed": (Severity.WARNING, [restore(patches=[f"[{_MOVED}]"])]),
    "restore-patch-path": (Severity.WARNING, [restore(patches=[_MOVED])]),
    "value-not-allowed": (Severity.WARNING, [vm(domain=_OLD_MACHINE), snap()]),
}  # fmt: skip


@pytest.mark.parametrize("rule_id", _WEAK)
def test_weaker_evidence_gives_a_severity_that_the_card_names(rule_id: str) -> None:
    severity, objects = _WEAK[rule_id]
    command = parse(["check", "-"])
    assert command is not None
    findings = engine.lint(("-",), yaml_of(*objects).encode(), command.settings).report.findings
    assert severity in {it.severity for it in findings if it.rule == rule_id}
    assert severity in catalog.rule(rule_id).severities
