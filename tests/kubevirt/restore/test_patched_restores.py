"""Patches are applied to the VM that was saved, and the result is judged as any VM."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import restore
from tests.kubevirt.restore.exported import COMPLETE, JSON, WORDS, Object, base, ended, text_of
from vmsnap_lint import engine
from vmsnap_lint.kubevirt.verdict import Verdict

TEXTS = st.lists(
    st.sampled_from([
        '{"op": "', "add", "remove", "copy", "move", "test", "replace", '", "path": "',
        "/spec/template/spec/volumes/", "/spec/", "/metadata/labels/", "0", "-", "name", "x",
        '", "from": "', '", "value": ', '"a"', "null", "[]", "1", "true", "}", '"}', "[", ",", "~",
    ]),
    max_size=10,
).map("".join) | WORDS  # fmt: skip


def patches(*texts: str, target: str = "copy") -> Object:
    return restore(target=target, patches=list(texts))


@pytest.mark.parametrize(
    ("text", "verdict", "rule"),
    [
        ('{"op":"add","path":"/metadata/labels/a","value":"b"}', "stuck", "inapplicable"),
        ('{"op":"add","path":"/metadata/annotations/a","value":"b"}', "complete", ""),
        ('{"op":"add","path":"/spec/template/metadata/labels","value":{}}', "complete", ""),
        ('{"op":"add","path":"/spec/template/metadata/labels/a","value":"b"}', "stuck",
         "inapplicable"),
        ('{"op":"add","path":"/spec/template/spec/domain/resources/x","value":{}}', "complete", ""),
        ('{"op":"add","path":"/spec/nonsense","value":"b"}', "complete", ""),
        ('{"op":"add","path":"/spec/template/spec/hostname","value":1}', "stuck", "inapplicable"),
        ('{"op":"remove","path":"/spec/template/spec/volumes/0"}', "stuck", "inapplicable"),
        ('{"op":"remove","path":"/spec/template"}', "stuck", "inapplicable"),
        ('{"op":"replace","path":"/spec/template/spec/volumes/0/name","value":"x"}', "stuck",
         "inapplicable"),
        ('{"op":"test","path":"/spec/runStrategy","value":"Halted"}', "complete", ""),
        ('{"op":"test","path":"/metadata/name","value":"copy"}', "rejected", "path"),
        ('{"op":"replace","path":"/spec/running"}', "complete", ""),
        ('{"op":"Add","path":"/spec/running","value":true}', "stuck", "malformed"),
        ('{"op":"remove","path":"/spec/running"', "stuck", "malformed"),
        ('{"op":"add","path":"/spec/running","value":"a:b"}', "rejected", "colon"),
    ],
)  # fmt: skip
def test_a_patch(text: str, verdict: str, rule: str) -> None:
    plan, errors = ended(*base(), patches(text))
    assert plan.verdict is Verdict(verdict), plan.reasons
    assert {one for one in errors if "patch" in one} == (
        {f"restore-patch-{rule}"} - {"restore-patch-"}
    )


def test_patches_follow_one_another() -> None:
    labels = '{"op":"add","path":"/spec/template/metadata/labels","value":{}}'
    label = '{"op":"add","path":"/spec/template/metadata/labels/a","value":"b"}'
    assert ended(*base(), patches(labels, label))[0].verdict is Verdict.COMPLETE
    assert ended(*base(), patches(label, labels))[0].verdict is Verdict.STUCK


def test_patches_to_a_vm_that_exists_are_ignored() -> None:
    bad = '{"op":"remove","path":"/spec/template/spec/nodeSelector"}'
    assert ended(*base(), patches(bad, target="web"))[0].verdict is Verdict.COMPLETE


def test_the_finding_is_at_the_patch_that_makes_the_fault() -> None:
    sound = '{"op":"add","path":"/spec/template/spec/nodeSelector","value":{}}'
    bad = '{"op":"add","path":"/spec/template/spec/hostname","value":7}'
    text = text_of(*base(), patches(sound, bad, sound))
    found = engine.lint(("-",), text.encode(), COMPLETE).report.findings
    (finding,) = (each for each in found if each.rule == "restore-patch-inapplicable")
    assert "hostname" in text.splitlines()[finding.span.line - 1]


@pytest.mark.parametrize("text", [
    '{"op":"add","path":"/metadata/annotations/a%d","value":"b"}',
    '{"op":"add","path":"/spec/template/spec/volumes/0","value":null}',
    '{"op":"copy","path":"/spec/template/spec/x%d","from":"/spec/template/spec"}',
    '{"op":"test","path":"/spec/runStrategy","value":"Halted"}',
])  # fmt: skip
def test_ten_thousand_patches_take_no_time(text: str) -> None:
    many = [text % number if "%d" in text else text for number in range(10_000)]
    plan, _ = ended(*base(), patches(*many))
    assert plan.verdict in (Verdict.COMPLETE, Verdict.STUCK, Verdict.UNKNOWN)


@given(st.lists(TEXTS | JSON, max_size=4) | JSON)
@settings(max_examples=80, deadline=None)
def test_any_patches_have_a_plan(texts: Any) -> None:
    plan, _ = ended(*base(), restore(target="copy", patches=texts))
    assert plan.verdict in Verdict
