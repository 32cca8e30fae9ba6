"""The JSON format has the shape that schema version 1 promises."""

from __future__ import annotations

import json

from tests.report.made import MISSING, SOURCES, UNSURE, rendered, report
from vmsnap_lint.core.model import (
    Accepted,
    Cut,
    Edit,
    Fix,
    Judged,
    Safety,
    Severity,
    Span,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.report.hidden import BY_BASELINE, Hidden

FINDING = {
    "rule": "source-vm-missing",
    "severity": "error",
    "message": 'no VirtualMachine "wbe" in namespace "prod"',
    "file": "snapshot.yaml",
    "line": 10,
    "column": 11,
    "end_line": 10,
    "end_column": 14,
    "object": {
        "api_version": "snapshot.kubevirt.io/v1beta1",
        "kind": "VirtualMachineSnapshot",
        "namespace": "prod",
        "name": "nightly",
    },
    "path": "/spec/source/name",
    "related": [{"file": "vm.yaml", "line": 4, "column": 9, "message": "this one is declared"}],
    "fingerprint": "4f1c",
    "help": "Name a VirtualMachine of the same namespace.",
    "url": "https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/",
}


def test_everything_of_a_report_is_in_it() -> None:
    text = "\n".join(rendered("json", report(MISSING, UNSURE, skipped=1), SOURCES))
    value = json.loads(text)
    assert list(value) == [
        "schema_version", "findings", "suppressed", "stale", "not_checked", "cut", "judged_for",
        "summary",
    ]  # fmt: skip
    assert value["schema_version"] == 1
    assert value["findings"][:1] == [FINDING]
    assert [entry["object"] for entry in value["findings"][1:]] == [None]
    assert value["not_checked"] == [{"file": "chart-0.yaml", "reason": "a template"}]
    assert value["summary"] == {
        "errors": 1,
        "warnings": 0,
        "infos": 1,
        "suppressed": 0,
        "stale": 0,
        "not_checked": 1,
        "files": 2,
        "objects": 2,
        "snapshots": 1,
        "unjudged_vms": 0,
        "hidden": dict.fromkeys(Hidden._fields, 0),
    }


def test_it_is_ascii_and_reads_back() -> None:
    """So that no locale can break it, and no terminal acts on it."""
    finding = MISSING._replace(message="虚拟机 \x1b[31m \u202e")
    text = "\n".join(rendered("json", report(finding), SOURCES, color=True))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["findings"][0]["message"] == finding.message


def test_what_is_hidden_is_in_it_with_who_hides_it() -> None:
    hidden = Suppressed(MISSING, SuppressionKind.IN_SOURCE, "by hand")
    gone = Accepted("77aa", "reference-unverified", "vm.yaml", "its class is not in the input")
    text = "\n".join(
        rendered("json", report()._replace(suppressed=(hidden,), stale=(gone,)), SOURCES)
    )
    value = json.loads(text)
    assert value["findings"] == []
    assert value["suppressed"] == [{**FINDING, "kind": "inSource", "reason": "by hand"}]
    assert value["stale"] == [gone._asdict()]
    assert (value["summary"]["errors"], value["summary"]["suppressed"]) == (0, 1)
    assert value["summary"]["stale"] == 1


def test_a_run_with_declared_clusters_says_where_a_finding_holds() -> None:
    here = MISSING._replace(clusters=("prod", "staging"))
    hidden = Suppressed(here, SuppressionKind.IN_SOURCE, "by hand")
    judged = (Judged("1.6.2", "--kubevirt", ("prod",)), Judged("1.9.0", "", ("staging",)))
    told = report(here, UNSURE)._replace(
        clusters=("prod", "staging"), suppressed=(hidden,), judged=judged
    )
    value = json.loads("\n".join(rendered("json", told, SOURCES)))
    assert [entry["clusters"] for entry in value["findings"]] == [["prod", "staging"], []]
    assert value["suppressed"][0]["clusters"] == ["prod", "staging"]
    assert value["judged_for"] == [
        {"kubevirt": "1.6.2", "source": "--kubevirt", "clusters": ["prod"]},
        {"kubevirt": "1.9.0", "source": None, "clusters": ["staging"]},
    ]


def test_the_summary_counts_what_is_not_listed_by_why() -> None:
    reasons = ("by hand", BY_BASELINE, "an override")
    kinds = (SuppressionKind.IN_SOURCE, SuppressionKind.EXTERNAL, SuppressionKind.EXTERNAL)
    told = report()._replace(
        suppressed=tuple(
            Suppressed(MISSING._replace(more=number), kind, reason)
            for number, (kind, reason) in enumerate(zip(kinds, reasons, strict=True))
        ),
        below_threshold=4,
        unverified=5,
        cut=(Cut("findings", 6, "source-vm-missing", Severity.ERROR),),
    )
    value = json.loads("\n".join(rendered("json", told)))
    assert value["summary"]["hidden"] == {
        "in_source": 1, "by_baseline": 2, "by_configuration": 3,
        "by_threshold": 4, "unverified": 5, "beyond_cap": 6,
    }  # fmt: skip


def test_the_fixes_of_a_finding_are_in_it_where_a_rule_has_some() -> None:
    edit = Edit("snapshot.yaml", Span(10, 11, 10, 14), "web")
    finding = MISSING._replace(fixes=(Fix("name web", Safety.UNSAFE, (edit,)),))
    value = json.loads("\n".join(rendered("json", report(finding, MISSING))))
    assert [entry.get("fixes") for entry in value["findings"]] == [
        [{"title": "name web", "safety": "unsafe", "edits": [{"file": "snapshot.yaml", "line": 10,
          "column": 11, "end_line": 10, "end_column": 14, "text": "web"}]}],
        None,
    ]  # fmt: skip
