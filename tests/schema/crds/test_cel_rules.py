"""CEL rules of a CRD are evaluated as on a create; what cannot be evaluated is never a finding."""

from __future__ import annotations

import pytest

from tests.schema.crds.made import crd, crds, object_of
from vmsnap_lint.core import cel_process
from vmsnap_lint.schema.crds import cel_rules
from vmsnap_lint.schema.crds.cel_rules import Judgement, judge
from vmsnap_lint.schema.crds.cel_value import encoded, escaped

pytest.importorskip("cel_expr_python")


def judged(schema: str, spec: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The failures, each with its place, and the reasons of what was not checked."""
    one = object_of(spec)
    found: Judgement = judge(crds(crd(schema)), [one])
    failures = found.failures.get(one, [])
    messages = [
        (".".join(map(str, path)), text.partition(": ")[2].strip('"')) for path, text in failures
    ]
    return messages, [reason for _, reason in found.not_checked]


def ruled(rule: str, fields: str = "", more: str = "") -> str:
    return (
        f"{{type: object, properties: {{{fields}}}, x-kubernetes-validations: "
        f'[{{rule: "{rule}"{more}}}]}}'
    )


SIZE = "size: {type: integer}"
HOLDS = [
    ("self.size > 2", SIZE, "{size: 3}"),
    ("!has(self.size) || self.size > 2", SIZE, "{}"),
    ("self.size == 3", "size: {type: integer, default: 3}", "{}"),
    ("self.size == 3.0", "size: {type: number}", "{size: 3}"),
    ("!has(self.size)", SIZE, "{size: null}"),
    ("self.size == null", "size: {type: integer, nullable: true}", "{size: null}"),
    ("self.__namespace__ == 'a'", "namespace: {type: string}", "{namespace: a}"),
    ("self.a__dash__b == 'a'", "a-b: {type: string}", "{a-b: a}"),
    ("self.names.all(n, n.startsWith('a'))", "names: {type: array, items: {type: string}}",
     "{names: [a, ab]}"),
    ("self.map.exists(k, k == 'a-b')",
     "map: {type: object, additionalProperties: {type: string}}", "{map: {a-b: c}}"),
    ("type(self.size) == string || self.size > 1", "size: {x-kubernetes-int-or-string: true}",
     "{size: 10%}"),
    ("self.?size.orValue(1) == 1", SIZE, "{}"),
    ("self.name.lowerAscii() == 'ab'", "name: {type: string}", "{name: AB}"),
    ("size(self.name) == 2", "name: {type: string}", "{name: hé}"),
    ("self.key == b'a'", "key: {type: string, format: byte}", "{key: YQ==}"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "fields", "spec"), HOLDS)
def test_rules_see_what_the_api_server_shows_them(rule: str, fields: str, spec: str) -> None:
    assert judged(ruled(rule, fields), spec) == ([], [])
    denied = f"!({rule})"
    assert judged(ruled(denied, fields), spec) == ([("spec", f"failed rule: {denied}")], [])


@pytest.mark.parametrize(("more", "path", "message"), [
    (", message: too small", "spec", "too small"),
    (", messageExpression: \"'is ' + string(self.size)\", message: no", "spec", "is 1"),
    (', messageExpression: "self.nothing", message: too small', "spec", "too small"),
    (", messageExpression: 1, message: too small", "spec", "too small"),
    (", message: too small, fieldPath: .size", "spec.size", "too small"),
    (", message: too small, fieldPath: \".a['b'][0]\"", "spec.a.b.0", "too small"),
])  # fmt: skip
def test_a_failure_speaks_as_the_crd_asks(more: str, path: str, message: str) -> None:
    assert judged(ruled("self.size > 2", SIZE, more), "{size: 1}") == ([(path, message)], [])


@pytest.mark.parametrize("rule", ["self == oldSelf", "self.size > oldSelf.size"])
def test_rules_about_a_change_do_not_speak_of_a_create(rule: str) -> None:
    assert judged(ruled(rule, SIZE), "{size: 1}") == ([], [])


def test_a_rule_that_only_quotes_the_word_is_asked() -> None:
    assert judged(ruled("self.size > 2 || 'oldSelf' == ''", SIZE), "{size: 1}")[0]


@pytest.mark.parametrize(("rule", "reason"), [
    ("quantity('1Gi').isGreaterThan(quantity('1Mi'))", "undeclared reference to 'quantity'"),
    ("self.size >", "Syntax error"),
    ("self.nothing == 1", "nothing"),
    ("self.size", "its result is not a boolean"),
    ("self.map(a, a)[0] == 1 && self.ttl < duration('1h')", "it reads a time or a duration"),
    ("(" * 100 + "true" + ")" * 100, "recursion limit"),
])  # fmt: skip
def test_what_cannot_be_evaluated_is_listed(rule: str, reason: str) -> None:
    fields = f"{SIZE}, ttl: {{type: string, format: duration}}"
    failures, [message] = judged(ruled(rule, fields), "{size: 1, ttl: 5m}")
    assert failures == []
    assert message.startswith("the rule ")
    assert reason in message


def test_bytes_with_a_nul_cannot_be_told() -> None:
    """The library ends them there, so that `size` is wrong."""
    schema = ruled("size(self.key) == 3", "key: {type: string, format: byte}")
    failures, [told] = judged(schema, "{key: YQBi}")
    assert failures == []
    assert "has a NUL" in told
    assert judged(schema, "{key: YWFi}") == ([], [])


def test_a_rule_that_costs_too_much_is_listed() -> None:
    numbers = ", ".join(map(str, range(300)))
    list_of_numbers = "of: {type: array, items: {type: integer}}"
    schema = ruled("self.of.all(a, self.of.all(b, a + b >= 0))", list_of_numbers)
    failures, [message] = judged(schema, f"{{of: [{numbers}]}}")
    assert (failures, "budget" in message) == ([], True)


def test_a_rule_that_eats_memory_harms_nobody() -> None:
    """Each step doubles a text of a million characters: a thousand gigabytes in the end."""
    rule = f"size([self.text]{'.map(x, x + x)' * 20}[0]) == 0"
    failures, not_checked = judged(ruled(rule, "text: {type: string}"), f"{{text: {'a' * 10**6}}}")
    assert (failures, len(not_checked)) == ([], 1)


def test_time_is_limited() -> None:
    answers, stopped = cel_process.evaluated([[{"m": {}}, [["true", None]]]], 0.001)
    assert (answers, stopped) == ([], "they took longer than 0.001 seconds")


def test_an_object_of_the_wrong_shape_is_not_asked_about() -> None:
    assert judged(ruled("false", SIZE), "{size: big}") == ([], [])


@pytest.mark.parametrize(("format_", "text", "rule"), [
    ("date-time", "2026-01-31T12:00:00Z", "self < timestamp('2026-02-01T00:00:00Z')"),
    ("date", "2026-01-31", "self < timestamp('2026-02-01T00:00:00Z')"),
    ("duration", "90m", "self < duration('24h')"),
])  # fmt: skip
def test_times_and_durations_are_no_texts(format_: str, text: str, rule: str) -> None:
    for holds, failures in (("", 0), ("!", 1)):
        schema = (
            f"{{type: object, properties: {{at: {{type: string, format: {format_}, "
            f'x-kubernetes-validations: [{{rule: "{holds}({rule})"}}]}}}}}}'
        )
        messages, not_checked = judged(schema, f"{{at: '{text}'}}")
        assert (len(messages), not_checked) == (failures, [])


def test_what_is_not_rendered_yet_breaks_no_rule() -> None:
    assert judged(ruled("self.a == 'b'", "a: {type: string}"), "{a: '${A}'}") == ([], [])


def test_rules_stand_at_every_level() -> None:
    schema = (
        "{type: object, properties: {a: {type: array, items: {type: object, properties: {b: "
        "{type: string, x-kubernetes-validations: [{rule: \"self != 'x'\", message: no x}]}}}}}}"
    )
    assert judged(schema, "{a: [{b: w}, {b: x}, {}]}") == ([("spec.a.1.b", "no x")], [])


def test_without_the_library_the_rules_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cel_rules, "is_installed", lambda: False)
    given = crds(crd(ruled("false", SIZE)))
    found = judge(given, [object_of("{size: 1}"), object_of("{size: 2}")])
    assert found.failures == {}
    assert found.not_checked == (
        ("crd.yaml", "1 validation rule in CEL: install vmsnap-lint[cel]"),
    )


@pytest.mark.parametrize(("name", "ours"), [
    ("size", "size"), ("namespace", "__namespace__"), ("a-b", "a__dash__b"),
    ("a.b/c", "a__dot__b__slash__c"), ("a__b", "a__underscores__b"), ("1a", None), ("ü", None),
])  # fmt: skip
def test_names_are_escaped(name: str, ours: str | None) -> None:
    assert escaped(name) == ours


def test_self_holds_what_is_specified_alone() -> None:
    source = {"type": "object", "properties": {"a": {"type": "string"}}}
    value = {"kind": "K", "metadata": {"name": "n", "labels": {}}, "a": "b", "c": "d"}
    metadata = {"m": {"name": "n"}}
    assert encoded(value, source) == {"m": {"a": "b"}}
    assert encoded(value, source, root=True) == {"m": {"a": "b", "kind": "K", "metadata": metadata}}
