"""The published schemas mean something, ship with the program, and agree with one another."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given

from tests import output_schemas
from tests.output_schemas import FOLDER, NAMES, check, loaded
from tests.properties import examples
from tests.report.hostile import REPORTS
from tests.report.made import MISSING, rendered, report
from vmsnap_lint.core import data_files
from vmsnap_lint.core.addresses import DOCUMENTATION
from vmsnap_lint.core.model import Severity, SuppressionKind
from vmsnap_lint.kubevirt.restore.restore_plan import VolumeOutcome
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report import json_output
from vmsnap_lint.report.hidden import Hidden
from vmsnap_lint.report.writers import jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Report


_MAY_BE_MISSING = re.compile("missing|Of findings")


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema."""
    if isinstance(schema, list):
        for inner in schema:
            yield from _objects(inner)
    elif isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from _objects(inner)


def test_there_is_one_for_each_output() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)
    assert json.loads(data_files.read_text("schemas", "output", "check.json")) == loaded("check")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema_with_its_address_and_promise(name: str) -> None:
    schema = loaded(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{DOCUMENTATION}/schemas/output/{name}.json"
    assert "Within a schema version fields are only added" in schema["description"]
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_described_and_required_unless_it_says_when_it_is_missing(name: str) -> None:
    for schema in _objects(loaded(name)):
        if not isinstance(schema.get("properties"), dict) or "required" not in schema:
            continue
        assert schema.get("additionalProperties", True) is True  # fields may be added
        for key, field in schema["properties"].items():
            whole = {**output_schemas.resolved(field, loaded(name)), **field}
            assert whole.get("description") or "const" in whole, key
            assert key in schema["required"] or _MAY_BE_MISSING.search(whole["description"]), key


def test_the_definitions_of_jsonl_are_those_of_check_but_for_repositories() -> None:
    ours, theirs = (deepcopy(loaded(name)["$defs"]) for name in ("jsonl", "check"))
    del theirs["repository"]
    for each in theirs.values():
        each["properties"].pop("repository", None)
    assert {**ours, "summary": None} == {**theirs, "summary": None}
    of_lines, of_object = (each["summary"]["properties"] for each in (ours, theirs))
    assert of_lines == {**{key: of_lines[key] for key in ("schema_version", "judged_for")},
                        **of_object}  # fmt: skip


def test_the_values_are_those_of_the_program() -> None:
    defs = loaded("check")["$defs"]
    assert set(defs["finding"]["properties"]["severity"]["enum"]) == set(map(str, Severity))
    kinds = defs["suppressed"]["properties"]["kind"]["enum"]
    assert set(kinds) == {kind.value for kind in SuppressionKind}
    assert defs["hidden"]["required"] == list(Hidden._fields)
    plan = loaded("plan")["$defs"]
    assert set(plan["snapshot"]["properties"]["verdict"]["enum"]) == {v.value for v in Verdict}
    outcomes = plan["restored_volume"]["properties"]["outcome"]["enum"]
    assert set(outcomes) == {outcome.value for outcome in VolumeOutcome}


@pytest.mark.parametrize("name", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("line", 0),
        ("severity", "fatal"),
        ("url", ""),
        ("related", None),
        ("object", {}),
        ("help", 1),
    ],
)
def test_what_does_not_fit_is_refused(name: str, key: str, wrong: object) -> None:
    text = "\n".join(rendered(name, report(MISSING)))
    value = json.loads(text if name == "json" else text.splitlines()[0])
    finding = value["findings"][0] if name == "json" else value
    check(json.dumps(value))
    for spoiled in ({**finding, key: wrong}, {k: v for k, v in finding.items() if k != key}):
        whole = {**value, "findings": [spoiled]} if name == "json" else spoiled
        with pytest.raises(AssertionError, match="not as in schemas/output"):
            check(json.dumps(whole))


def test_the_tests_watch_every_output() -> None:
    with pytest.raises(AssertionError, match="no schema is published"):
        list(json_output.json_lines({"news": 1}))
    with pytest.raises(AssertionError, match=r"not as in schemas/output/plan\.json"):
        list(json_output.json_lines({"snapshots": []}))
    with pytest.raises(AssertionError, match=r"not as in schemas/output/jsonl\.json"):
        vars(jsonl)["json_line"]({"type": "finding"})


@examples(75)
@given(REPORTS)
def test_every_report_fits(of: Report) -> None:
    check("\n".join(rendered("json", of)))
    for line in rendered("jsonl", of):
        check(line)
