"""Ten thousand findings are written in under two seconds, in every format."""

from __future__ import annotations

import pytest

from tests import output_schemas
from tests.effort import quickest
from tests.report.made import MISSING, SOURCES, rendered, report
from vmsnap_lint.core.model import Severity, Span
from vmsnap_lint.report import BY_NAME

LONG = "Use a StorageClass of a CSI driver that supports snapshots. " * 8
FINDINGS = tuple(
    MISSING._replace(
        file=f"apps/{number // 10}/vm.yaml",
        span=Span(number % 90 + 1, 1, number % 90 + 1, 9),
        severity=Severity(number % 3 + 1),
        message=f'volume "data-{number}": "rancher.io/local-path" is not a CSI driver | `x`',
        help=LONG,
    )
    for number in range(10_000)
)


@pytest.mark.parametrize("name", BY_NAME)
def test_ten_thousand_findings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_schemas, "check", lambda _text: None)  # its time is not theirs
    lines: list[str] = []
    found = report(*FINDINGS)
    assert quickest(lambda: lines.extend(rendered(name, found, SOURCES)), 2) <= 2
    assert lines
