"""The validator is imported without what only the date of its build needs."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
before = {*sys.modules}  # coverage imports some of them
from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs
print(*(jsonschema_rs.is_valid({"type": "string"}, value) for value in ("a", 1)))
print(*sorted({"email.utils", "socket", "random", "calendar"} & ({*sys.modules} - before)))
import email.utils
print(email.utils.parsedate_to_datetime("Thu, 12 Nov 2026 07:50:16 +0000").year)
"""
LATE = """
import email.utils
from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs
print(email.utils.parseaddr("a <b@c>")[1], jsonschema_rs.is_valid({}, 1))
"""


def output(code: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stderr == ""
    return run.stdout.splitlines()


def test_a_stand_in_is_there_only_during_the_import() -> None:
    assert output(CODE) == ["True False", "", "2026"]


def test_a_module_that_is_there_already_stays() -> None:
    assert output(LATE) == ["b@c True"]
