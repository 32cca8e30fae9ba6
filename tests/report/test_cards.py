"""A card shows everything it holds, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.report import cards


class Card:
    """The fields of a rule that are shown."""

    id = "source-vm-missing"
    title = "the source VM does not exist"
    severity = Severity.ERROR
    kinds = ("VirtualMachineSnapshot",)
    since = Release(0, 31, 0)
    why = "The snapshot waits for a VM.\n\nIt never becomes Ready."
    fix = "Name a VM."
    references = ("https://example.org/a",)
    good = ("kind: A\n",)
    bad = ("kind: B\n\nname: c\n",)


CARD: Any = Card
TEXT = """\
error[source-vm-missing]: the source VM does not exist

Applies to
  VirtualMachineSnapshot
  from KubeVirt 0.31.0

Why
  The snapshot waits for a VM.

  It never becomes Ready.

Fix
  Name a VM.

References
  https://example.org/a

Found
  kind: B

  name: c

No finding
  kind: A"""


def test_a_card_is_shown_in_full() -> None:
    assert "\n".join(cards.card(CARD, color=False)) == TEXT


def test_a_listing_stands_in_columns() -> None:
    class Other(Card):
        id = "name-invalid"
        severity = Severity.WARNING

    other: Any = Other
    assert list(cards.listing([CARD, other], color=False)) == [
        "source-vm-missing  error    the source VM does not exist",
        "name-invalid       warning  the source VM does not exist",
    ]


def test_json_holds_every_field() -> None:
    value = json.loads("".join(cards.as_json([CARD])))
    assert value["schema_version"] == 1
    (entry,) = value["rules"]
    assert entry["severity"] == "error"
    assert entry["bad"] == ["kind: B\n\nname: c\n"]
    assert list(entry) == [
        "id",
        "title",
        "severity",
        "kinds",
        "since",
        "why",
        "fix",
        "references",
        "good",
        "bad",
    ]
