"""Policies of a configuration file become settings, or mistakes with their places."""

from __future__ import annotations

import pytest

from tests.config.file.test_configuration import mistakes, values
from vmsnap_lint.config.conversion import settings_of
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Severity

pytest.importorskip("cel_expr_python")

WHOLE = """\
policies:
  - id: gold-is-complete
    match:
      kinds: [VirtualMachine]
      labels: {tier: gold, app.kubernetes.io/name: "*"}
      namespaces: [prod, "shop-*"]
      clusters: ["eu-*"]
    require: >
      plan.complete
      && plan.known
    message: |
      a gold VM needs
      a complete plan
    severity: warning
  - id: short
    require: plan.complete
"""


def test_a_policy_has_all_that_is_written() -> None:
    whole, short = values(WHOLE)["policies"]
    assert whole.rule == "policy/gold-is-complete"
    assert whole.require == "plan.complete && plan.known"
    assert whole.message == "a gold VM needs a complete plan"
    assert whole.told == whole.message
    assert whole.severity is Severity.WARNING
    assert whole.kinds == ("VirtualMachine",)
    assert whole.labels == (("tier", "gold"), ("app.kubernetes.io/name", "*"))
    assert (whole.namespaces, whole.clusters) == (("prod", "shop-*"), ("eu-*",))
    assert whole.at.span.line == 2
    assert (short.kinds, short.severity) == (("VirtualMachine",), Severity.ERROR)
    assert short.told == 'does not meet "plan.complete"'


def test_toml_has_policies_too() -> None:
    toml = """
[[tool.vmsnap-lint.policies]]
id = "a"
require = "plan.complete"
[tool.vmsnap-lint.policies.match]
namespaces = ["prod"]
"""
    (policy,) = values(toml, "pyproject.toml")["policies"]
    assert (policy.id, policy.namespaces, policy.at.span.line) == ("a", ("prod",), 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("policies: {}", "1: policies: expected an array of policies, not an object"),
        ("policies: [{id: a}]", '1: policies: "require" is missing'),
        ("policies: [{require: 'true'}]", '1: policies: "id" is missing'),
        (
            "policies: [{id: A_b, require: 'true'}]",
            "expected an id of lower-case words with dashes",
        ),
        ("policies: [{id: a, require: 'true', macth: {}}]", '(did you mean "match"?)'),
        ("policies: [{id: a, require: 1}]", "expected a CEL expression, not 1"),
        (
            "policies: [{id: a, require: 'true', match: {kinds: [VirtualMachin]}}]",
            '(did you mean "VirtualMachine"?)',
        ),
        (
            "policies: [{id: a, require: 'true', match: {kinds: [Pod]}}]",
            "expected one of VirtualMachine, VirtualMachineSnapshot,",
        ),
        ("policies: [{id: a, require: 'true', severity: fatal}]", "expected one of error, warning"),
        ("policies: [{id: a, require: 'true', match: {labels: []}}]", "an object of labels"),
        ("policies: [{id: a, require: 'true', match: {namespaces: []}}]", "is empty"),
        (
            "policies: [{id: a, require: 'true', match: {namespaces: ['prod/*', '!a', Prod]}}]",
            'expected a namespace, where "*" and "?" are any, not "prod/*"',
        ),
        (
            "policies: [{id: a, require: 'true', match: {clusters: ['eu|us']}}]",
            'expected the name of a cluster, where "*" and "?" are any, not "eu|us"',
        ),
        (
            "policies: [{id: a, require: 'true', match: {labels: {tier: '[gs]*'}}}]",
            'labels.tier: expected the value of a label, where "*" and "?" are any, not "[gs]*"',
        ),
        (
            "policies: [{id: a, require: 'true'}, {id: a, require: 'true'}]",
            'another policy has the id "a": rename one',
        ),
        (
            "policies:\n- id: a\n  require: plan.complet\n",
            '3: policies.require: SnapshotPlan has no field "complet" (did you mean "complete"?)',
        ),
        (
            (
                "policies:\n- {id: a, require: snapshot.name == '', match: {kinds: "
                "[VirtualMachineSnapshot, VirtualMachine]}}"
            ),
            '"snapshot" is not there for VirtualMachine',
        ),
        (
            f"policies: [{{id: a, require: 'true {'|| true ' * 600}'}}]",
            "characters, expected 4,000 at most",
        ),
        (
            "policies: [{id: gold, require: 'true'}]\nignore: [policy/glod]",
            '2: ignore: no policy "policy/glod" (did you mean "policy/gold"?)',
        ),
        (
            "severity: {policy/gold: info}",
            'severity: no policy "policy/gold" (the configuration has none)',
        ),
        (
            "overrides: [{paths: [a], ignore: [policy/x], severity: {policy/y: info}}]",
            'overrides.ignore: no policy "policy/x"',
        ),
        ("ignore: [policy/A!]", 'ignore: no rule "policy/A!"'),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, expected: str) -> None:
    assert expected in "\n".join(mistakes(text))


def test_all_mistakes_are_told_at_once() -> None:
    text = "policies:\n- {id: a, require: foo}\n- {id: b, require: bar}\n- {id: b, require: vm}\n"
    assert len(mistakes(text)) == 4


def test_too_many_policies_are_a_mistake() -> None:
    text = "policies:\n" + "".join(f"- {{id: a{at}, require: 'true'}}\n" for at in range(201))
    assert mistakes(text) == ["2: policies: has 201 policies, expected 200 at most"]


def test_rules_of_policies_are_settings_as_others() -> None:
    text = (
        WHOLE + "ignore: ['policy/gold-*']\nseverity: {policy/short: info}\n"
        "overrides: [{objects: [VirtualMachine/a], ignore: [policy/short]}]\n"
    )
    given = values(text)
    settings = settings_of({"policies": given["policies"], "ignore": given["ignore"]})
    assert settings.ignore == {"policy/gold-is-complete"}
    assert given["severity"] == (("policy/short", Severity.INFO),)
    assert given["overrides"][0].waivers[0].rules == ("policy/short",)


def test_a_flag_names_policies_of_the_configuration() -> None:
    policies = values(WHOLE)["policies"]
    chosen = settings_of({"policies": policies, "select": ["policy/*,name-invalid"]}).select
    assert chosen == {"policy/gold-is-complete", "policy/short", "name-invalid"}
    with pytest.raises(UsageError, match=r'--select: no policy "policy/shrt" \(did you mean "pol'):
        settings_of({"policies": policies, "select": ["policy/shrt"]})
    with pytest.raises(UsageError, match=r'no policy "policy/\*" \(the configuration has none'):
        settings_of({"select": ["policy/*"]})
    assert settings_of({"ignore": ["policy/*"]}).ignore == frozenset()
    assert values("ignore: [policy/*]") == {"ignore": ("policy/*",)}


def test_without_the_extra_the_form_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cel_process, "is_installed", lambda: False)
    assert values("policies: [{id: a, require: plan.complet}]")["policies"][0].id == "a"
    assert mistakes("policies: [{id: a, require: ' '}]")
