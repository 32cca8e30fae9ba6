"""A card shows everything it holds, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.report import cards


class Card:
    """The fields of a rule that are shown."""

    id = "source-vm-missing"
    title = "the source VM does not exist"
    severity = Severity.ERROR
    severities = (Severity.ERROR, Severity.INFO)
    fixable: Safety | None = None
    kinds: tuple[str, ...] = ("VirtualMachineSnapshot",)
    since = Release(0, 31, 0)
    added = "0.2.0"
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

Severity
  error; info in some cases

Why
  The snapshot waits for a VM.

  It never becomes Ready.

Fix
  Name a VM.

Wrong
  kind: B

  name: c

Right
  kind: A

Suppress
  # vmsnap-lint: ignore[source-vm-missing] the reason

Since
  vmsnap-lint 0.2.0

References
  https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/
  https://example.org/a"""


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
        "fixable",
        "kinds",
        "since",
        "why",
        "fix",
        "references",
        "good",
        "bad",
        "added",
        "severities",
        "url",
    ]
    assert entry["severities"] == ["error", "info"]
    assert entry["url"] == "https://vmsnap-lint.github.io/vmsnap-lint/rules/source-vm-missing/"


def test_what_is_no_kind_is_told_in_words() -> None:
    class OfARun(Card):
        kinds = ("run", "VirtualMachine")

    rule: Any = OfARun
    assert cards.subjects(rule) == ["all objects of a run together", "VirtualMachine"]


def test_the_marks_of_the_tests_become_comments_for_readers() -> None:
    example = (
        "# with: --since HEAD\n# before: vm.yaml\nkind: A\n# file: vm.yaml\n"
        "# finding(error): of below\nkind: B  # also: name-invalid\n"
        "name: c  # finding: wrong # also(info): other-rule\n# also: other-rule\n"
    )
    assert cards.shown(example) == (
        "# run with --since HEAD\n# file: vm.yaml, before the change\nkind: A\n# file: vm.yaml\n"
        "# next line: of below\nkind: B\nname: c  # <- wrong\n"
    )
