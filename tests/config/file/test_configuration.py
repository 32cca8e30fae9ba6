"""Configuration files become values with their places, or all of their mistakes at once."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.shared import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.config.file.config_schema import schema
from vmsnap_lint.config.file.configuration import from_file, from_variables
from vmsnap_lint.config.file.find import File
from vmsnap_lint.config.file.version import is_met
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import BY_KEY, OPTIONS, ClusterSettings
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from pathlib import Path

RULE = "source-vm-missing"
VALIDATOR = jsonschema.Draft202012Validator(
    schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def values(text: str, name: str = ".vmsnap-lint.yaml") -> dict[str, Any]:
    """What a file without mistakes sets."""
    found, wrong = from_file(File(name, "/repo", text.encode()))
    assert wrong == []
    return {key: one.value for key, one in found.items()}


def mistakes(text: str | bytes, name: str = "c.yaml") -> list[str]:
    """What is wrong with a file, from its line number on."""
    data = text.encode() if isinstance(text, str) else text
    found, wrong = from_file(File(name, "/repo", data))
    assert found == {}
    assert all(line.startswith(f"{name}:") for line in wrong)
    return [line.removeprefix(f"{name}:") for line in wrong]


# --- values


def test_yaml_and_toml_say_the_same() -> None:
    yaml = f"""
complete: [StorageClass]
exit-zero: true
kubevirt: '1.6'
severity: {{{RULE}: info}}
overrides:
  - paths: ["legacy/**"]
    ignore: [{RULE}]
    until: 2030-01-31
"""
    toml = f"""
[tool.vmsnap-lint]
complete = ["StorageClass"]
exit-zero = true
kubevirt = "1.6"
severity.{RULE} = "info"
[[tool.vmsnap-lint.overrides]]
paths = ["legacy/**"]
ignore = ["{RULE}"]
until = 2030-01-31
"""
    said, same = values(yaml), values(toml, "pyproject.toml")
    for one in (said, same):
        (override,) = one.pop("overrides")
        (waiver,) = override.waivers
        assert waiver.where == override.scope == Scope("/repo", ("legacy/**",))
        assert (waiver.rules, waiver.until) == ((RULE,), "2030-01-31")
    assert said == same
    assert said == {
        "complete": ("StorageClass",),
        "exit-zero": True,
        "kubevirt": "1.6",
        "severity": ((RULE, Severity.INFO),),
    }


def test_paths_count_from_the_directory_of_the_file() -> None:
    said = values("crds: [crds, /abs]\nbaseline: b.json\n", "../../.vmsnap-lint.yaml")
    assert said == {"crds": ("../../crds", "/abs"), "baseline": "../../b.json"}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert values(text) == {}


def test_a_pyproject_of_others_sets_nothing() -> None:
    assert values("[tool.other]\nx = 1\n", "pyproject.toml") == {}
    assert mistakes("[[policies]]\nid = 'a'\n", "ours.toml") == [" has no table [tool.vmsnap-lint]"]


def test_each_value_knows_its_line() -> None:
    text = "# mine\nquiet: true\nselect:\n  - claim-missing\n"
    found, _ = from_file(File("c.yaml", "/repo", text.encode()))
    assert {key: one.origin for key, one in found.items()} == {
        "quiet": "c.yaml:2",
        "select": "c.yaml:3",
    }


@pytest.mark.parametrize(
    ("page", "known_by"),
    [
        ("README.md", {"kubevirt", "complete", "clusters"}),
        ("docs/guides/adopting.md", {"severity", "overrides"}),
        ("docs/reference/configuration.md", {"required-version", "severity", "overrides"}),
    ],
)
def test_the_examples_of_the_pages_have_no_mistakes(
    page: str, known_by: set[str], tmp_path: Path
) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?s)```yaml\n(.*?)```", text)
    (example,) = (one for one in blocks if all(f"\n{key}:" in f"\n{one}" for key in known_by))
    named = File(".vmsnap-lint.yaml", str(tmp_path), example.encode())
    for mistake in from_file(named)[1]:
        (missing,) = re.findall(r'no such file or directory "([^"]+)"', mistake)
        (tmp_path / missing).mkdir(parents=True, exist_ok=True)
    found, mistakes = from_file(named)
    assert (set(found) >= known_by, mistakes) == (True, [])


# --- mistakes


def test_all_mistakes_are_reported_at_once_with_lines_and_suggestions() -> None:
    text = """\
failon: warning
kubevirt: 1.6
complete: [StorageClas]
color: blue
format: ful
select:
severity:
  source-vm-mising: info
  claim-missing: fatal
overrides:
  - paths: ["sub/**"]
  - ignore: [source-vm-missing]
    path: x
    until: 2026-02-31
  - paths: ["!x"]
    objects: [web]
    ignore: []
quiet: 'true'
"""
    named = 'a glob such as "Kind/namespace/name" or "Kind/name"'
    formats = ", ".join(BY_KEY["format"].choices)
    release = "kubevirt: expected a KubeVirt release, but this is the number 1.6"
    assert mistakes(text) == [
        '1: unknown setting "failon" (did you mean "fail-on"?)',
        f"2: {release}: write it in quotes",
        '3: complete: kind "StorageClas" is not checked (did you mean "StorageClass"?)',
        '4: color: expected one of auto, always, never, not "blue"',
        f'5: format: expected one of {formats}, not "ful" (did you mean "full"?)',
        "6: select: expected an array of rule ids, not null",
        '8: severity: no rule "source-vm-mising" (did you mean "source-vm-missing"?)',
        '9: severity.claim-missing: expected one of error, warning, info, not "fatal"',
        '11: overrides: "ignore" or "severity" is missing',
        '12: overrides: "paths" or "objects" is missing',
        '13: overrides: unknown setting "path" (did you mean "paths"?)',
        '14: overrides.until: expected a date such as 2030-12-31, not "2026-02-31"',
        '15: overrides.paths: expected a glob of "*", "?" and "**", not "!x"',
        f'16: overrides.objects: expected {named}, not "web"',
        "17: overrides.ignore: is empty, expected an array of rule ids",
        '18: quiet: expected a boolean, not "true"',
    ]


def test_mistakes_in_toml_have_lines_too() -> None:
    text = """\
[project]
selct = "not ours"
[tool.vmsnap-lint]
selct = ["x"]
ignore = [
  "claim-missing",
  "claim-mising",  # here
]
severity.nope = "info"
[[tool.vmsnap-lint.overrides]]
paths = ["x"]
ignore = ["claim-missing"]
[[tool.vmsnap-lint.overrides]]
paths = [1]
[tool.vmsnap-lint.overrides.severity]
claim-missing = "bad"
"""
    assert mistakes(text, "pyproject.toml") == [
        '4: unknown setting "selct" (did you mean "select"?)',
        '7: ignore: no rule "claim-mising" (did you mean "claim-missing"?)',
        '9: severity: no rule "nope" (`vmsnap-lint rule` lists them)',
        '14: overrides.paths: expected a glob of "*", "?" and "**", not 1',
        '16: overrides.severity.claim-missing: expected one of error, warning, info, not "bad"',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "1: expected an object of settings, not an array"),
        ("just text\n", '1: expected an object of settings, not "just text"'),
        ("quiet: true\nquiet: false\n", '2: key "quiet" occurs twice in one object'),
        ("quiet: true\n---\nquiet: true\n", "3: only one document"),
        ("quiet: [\n", "2: "),
        (b"quiet: \xff\n", "1: "),
        ("quiet: {{ x }}\n", "1: "),
    ],
)
def test_what_is_no_configuration_has_one_line(text: str | bytes, said: str) -> None:
    (line,) = mistakes(text)
    assert line.startswith(said)


@pytest.mark.parametrize(
    "text", ["[tool.vmsnap-lint]\nx = \n", "[tool.vmsnap-lint]\n\n= 1\n", b"# vmsnap-lint \xff\n"]
)
def test_what_is_no_toml_has_one_line(text: str | bytes) -> None:
    (line,) = mistakes(text, "pyproject.toml")
    assert "invalid TOML: " in line


def test_values_of_charts_are_regular_files_of_the_repository(tmp_path: Path) -> None:
    """A tree could make helm print any other file."""
    base = tmp_path / "repository" / "deploy"
    (base / ".." / ".git").resolve().mkdir(parents=True)
    base.mkdir()
    (tmp_path / "secret.yaml").touch()
    (base.parent / "values.yaml").touch()
    (base / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (base.parent / ".git" / "config").touch()
    (base / "internal.yaml").symlink_to("../.git/config")
    os.mkfifo(base / "pipe")
    given = [
        "../values.yaml",
        "missing.yaml",
        "../../secret.yaml",
        "/dev/zero",
        "link.yaml",
        "pipe",
        "../.git/config",
        "internal.yaml",
    ]
    data = json.dumps({"helm-values": given}).encode()
    found, wrong = from_file(File("c.yaml", str(base), data))
    assert (found, len(wrong)) == ({}, 6)
    assert sum("belongs to git itself" in line for line in wrong) == 2
    assert sum("outside of the repository" in line for line in wrong) == 2
    assert sum("neither a file nor a directory" in line for line in wrong) == 2
    data = json.dumps({"helm-values": given[:2]}).encode()
    assert from_file(File("c.yaml", str(base), data))[1] == []


def test_a_file_of_the_tree_names_no_file_outside_of_its_repository(tmp_path: Path) -> None:
    base = tmp_path / "repository"
    (base / ".git").mkdir(parents=True)
    (base / "link").symlink_to(tmp_path)
    given = {
        "baseline": "../baseline.json", "context": [".", "classes", "..", "link"],
        "crds": [str(base), str(tmp_path)], "facts": ".Git/config", "root": "/",
    }  # fmt: skip
    file = File("c.yaml", str(base), json.dumps(given).encode(), is_chosen=False)
    found, wrong = from_file(file)
    assert found == {}
    assert [line.partition(": ")[2] for line in wrong] == [
        'baseline: "../baseline.json" is outside of the repository; pass it by --baseline',
        'context: ".." is outside of the repository; pass it by --context',
        'context: "link" is outside of the repository; pass it by --context',
        f'crds: "{tmp_path}" is outside of the repository; pass it by --crds',
        'facts: ".Git/config" belongs to git itself; pass it by --facts',
        'root: "/" is outside of the repository; pass it by --root',
    ]
    assert from_file(file._replace(is_chosen=True))[1] == []


def test_an_unknown_release_is_a_mistake() -> None:
    (line,) = mistakes("quiet: true\nkubevirt: '99.1'\n")
    assert line.startswith('2: kubevirt: no KubeVirt release "99.1" is known')


# --- required-version


@pytest.mark.parametrize(
    ("bounds", "version", "met"),
    [
        (">=0.1", "0.1.0", True),
        (">=0.1,<1", "0.9.9", True),
        (">=0.1 , < 1", "1.0", False),
        ("==1", "1.0.0", True),
        ("!=1.2", "1.2.0", False),
        (">1.9", "1.10.0", True),
        ("<=1.9", "1.10.0", False),
        (">=1.2", "1.2.0rc1", True),
    ],
)
def test_versions_compare_by_their_numbers(bounds: str, version: str, met: bool) -> None:
    assert is_met(bounds, version) is met


def test_a_file_for_another_version_is_judged_by_that_alone() -> None:
    assert mistakes("new-key: x\nrequired-version: '>=99'\n") == [
        f"2: required-version: vmsnap-lint >=99 is required, but this is {__version__}"
    ]


def test_what_is_no_version_is_a_mistake() -> None:
    assert mistakes("required-version: '1'\n") == [
        '1: required-version: expected versions such as >=0.1, not "1"'
    ]


# --- variables


def test_variables_set_what_flags_set() -> None:
    found, wrong = from_variables(
        {
            "VMSNAP_LINT_QUIET": "1",
            "VMSNAP_LINT_VERBOSE": "false",
            "VMSNAP_LINT_COMPLETE": "StorageClass, PersistentVolumeClaim",
            "VMSNAP_LINT_KUBEVIRT": "1.6",
            "VMSNAP_LINT_BASELINE": "",
            "VMSNAP_LINT_CONFIG": "read elsewhere",
            "VMSNAP_LINT_VERSION": "of somebody's pipeline",
            "HOME": "/root",
        }
    )
    assert wrong == []
    assert {key: one.value for key, one in found.items()} == {
        "quiet": True,
        "verbose": False,
        "complete": ("StorageClass", "PersistentVolumeClaim"),
        "kubevirt": "1.6",
    }


def test_all_mistakes_of_variables_are_reported() -> None:
    _, wrong = from_variables(
        {
            "VMSNAP_LINT_COLOUR": "never",
            "VMSNAP_LINT_KUBEVIRT": "99.1",
            "VMSNAP_LINT_QUIET": "maybe",
            "VMSNAP_LINT_SELECT": "claim-mising",
        }
    )
    assert [line.partition(": ")[::2] for line in wrong] == [
        (
            "VMSNAP_LINT_COLOUR",
            'unknown variable (did you mean "VMSNAP_LINT_COLOR"?)',
        ),
        ("VMSNAP_LINT_KUBEVIRT", wrong[1].partition(": ")[2]),
        ("VMSNAP_LINT_QUIET", 'expected a boolean, not "maybe"'),
        ("VMSNAP_LINT_SELECT", 'no rule "claim-mising" (did you mean "claim-missing"?)'),
    ]
    assert "no KubeVirt release" in wrong[1]


# --- the schema

TEXTS = st.text("ab*/?1.", min_size=1, max_size=6)
IDS = st.sampled_from(rule_ids())
LEVELS = st.sampled_from(["error", "warning", "info"])
CLUSTER = st.fixed_dictionaries(
    {"paths": st.lists(st.just("/"), max_size=2)},
    optional={
        "facts": TEXTS,
        "kubevirt": st.sampled_from(["1.6", "1.9.0", "soon"]),
        "complete": st.lists(st.sampled_from(["all", "StorageClass", "Thing"]), max_size=2),
        "path": TEXTS,
    },
)
GOOD = {
    Type.CLUSTERS: st.dictionaries(st.sampled_from(["prod", "a/b:c", "${X}", " "]), CLUSTER),
    Type.SWITCH: st.booleans(),
    Type.RULES: st.lists(IDS, max_size=3),
    Type.KINDS: st.lists(st.sampled_from(["all", "StorageClass", "VirtualMachine"]), max_size=3),
    Type.FILES: st.lists(TEXTS, max_size=3),
    Type.GLOBS: st.lists(TEXTS, max_size=3),
    Type.FILE: TEXTS,
    Type.REVISION: TEXTS,
    Type.RELEASE: st.sampled_from(["1.6", "v1.3.0", "1.9.0-rc.2"]),
    Type.AGE: st.sampled_from(["1d", "12h", "6w"]),
    Type.VERSION: st.sampled_from([">=0.1", ">=0, <99", "!=7"]),
    Type.SEVERITIES: st.dictionaries(IDS, LEVELS, max_size=3),
}
ENTRY = st.fixed_dictionaries(
    {"paths": st.lists(TEXTS, max_size=2)},
    optional={
        "objects": st.lists(st.sampled_from(["VirtualMachine/web", "*/*/*", "web"]), max_size=2),
        "ignore": st.lists(IDS, max_size=2),
        "severity": st.dictionaries(IDS, LEVELS, max_size=2),
        "until": st.sampled_from(["2030-12-31", "2030-02-30", "soon"]),
        "reason": TEXTS,
    },
)
BAD = st.one_of(st.none(), st.booleans(), st.integers(-99, 99), TEXTS, st.lists(TEXTS, max_size=2))


def _some(option: Any) -> st.SearchStrategy[Any]:
    good = (
        st.sampled_from(option.choices)
        if option.choices
        else GOOD.get(option.type, st.lists(ENTRY, max_size=2))
    )
    return st.one_of(good, good, BAD)


CONFIGS = st.fixed_dictionaries(
    {}, optional={**{option.key: _some(option) for option in OPTIONS}, "unknown": BAD}
)


@given(CONFIGS)
@examples(300)
def test_the_reader_takes_what_the_schema_takes(config: dict[str, Any]) -> None:
    found, wrong = from_file(File("c.yaml", "/repo", json.dumps(config).encode()))
    assert (wrong == []) is VALIDATOR.is_valid(config), wrong
    assert set(found) == (set() if wrong else set(config))


def _toml(value: object) -> str:
    """The value as TOML writes it in a line."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


@given(CONFIGS.filter(lambda config: "null" not in json.dumps(config)))
@examples(100)
def test_toml_is_judged_as_yaml_is(config: dict[str, Any]) -> None:
    lines = [f"{key} = {_toml(value)}" for key, value in config.items()]
    toml = "\n".join(["[tool.vmsnap-lint]", *lines])
    found, wrong = from_file(File("pyproject.toml", "/repo", toml.encode()))
    same, yaml_wrong = from_file(File("c.yaml", "/repo", json.dumps(config).encode()))
    assert set(found) == set(same)
    assert sorted(line.partition(": ")[2] for line in wrong) == sorted(
        line.partition(": ")[2] for line in yaml_wrong
    )
    for line in wrong:  # a key a line: each mistake is reported on the line of its key
        number, key = int(line.split(":")[1]), line.split(": ")[1]
        assert number >= 2
        assert (
            key.startswith("unknown setting") or list(config)[number - 2] == key.partition(".")[0]
        )


@given(st.text("[]{}=:#\"'.-\n ab1!&*|>?,%@`vmsnaplitol", max_size=40), st.booleans())
@examples(300)
def test_no_text_breaks_the_reader(text: str, toml: bool) -> None:
    start, name = ("[tool.vmsnap-lint]\n", "c.toml") if toml else ("", "c.yaml")
    found, wrong = from_file(File(name, "/repo", (start + text).encode()))
    assert not (found and wrong)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    ("config", "valid"),
    [
        ({}, True),
        ({"overrides": [{"objects": ["*/prod/*"], "severity": {RULE: "info"}}]}, True),
        ({"overrides": [{"objects": ["*/prod/*"]}]}, False),
        ({"overrides": [{"ignore": [RULE]}]}, False),
        ({"overrides": [{"paths": [], "ignore": [RULE]}]}, False),
        ({"severity": {RULE: "off"}}, False),
        ({"severity": {"nope": "info"}}, False),
        ({"select": RULE}, False),
        ({"kubevirt": 1.6}, False),
        ([], False),
    ],
)
def test_the_schema_judges(config: object, valid: bool) -> None:
    assert VALIDATOR.is_valid(config) is valid
    assert (from_file(File("c.yaml", "/", json.dumps(config).encode()))[1] == []) is valid


# --- clusters

CLUSTERS = """\
kubevirt: "1.9"
clusters:
  prod: {paths: [clusters/prod, infra/], facts: prod.yaml, kubevirt: "1.6.2", complete: [all]}
  staging:
    paths: [clusters/staging]
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path in (".git", "repo/clusters/prod", "repo/clusters/staging", "repo/infra"):
        (tmp_path / path).mkdir(parents=True)
    return tmp_path / "repo"


def told(repository: Path, text: str, *, is_chosen: bool = False) -> list[str]:
    """What is wrong with a configuration that lies in the repository."""
    found, wrong = from_file(File("c.yaml", str(repository), text.encode(), is_chosen))
    assert bool(found) is not bool(wrong)
    return [line.removeprefix("c.yaml:") for line in wrong]


def test_clusters_have_paths_and_what_is_known_of_them(repository: Path) -> None:
    file = File("../c.yaml", str(repository), CLUSTERS.encode(), is_chosen=False)
    found, wrong = from_file(file)
    assert wrong == []
    prod, staging = found["clusters"].value
    assert prod == ClusterSettings(
        "prod",
        ("../clusters/prod", "../infra"),
        "../prod.yaml",
        Release(1, 6, 2),
        frozenset(("all",)),
    )
    assert staging == ClusterSettings("staging", ("../clusters/staging",))
    assert found["clusters"].origin == "../c.yaml:2"


def test_clusters_in_toml_are_the_same(repository: Path) -> None:
    text = '[tool.vmsnap-lint.clusters.staging]\npaths = ["clusters/staging"]\n'
    found, _ = from_file(File("pyproject.toml", str(repository), text.encode(), is_chosen=False))
    assert found["clusters"].value == (ClusterSettings("staging", ("clusters/staging",)),)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("prod: {}", '2: clusters.prod: "paths" is missing'),
        ("prod: {paths: []}", "2: clusters.prod.paths: is empty, expected an array of paths"),
        ("prod: [infra]", "2: clusters.prod: expected an object with paths, facts, kubevirt "),
        ("prod: {paths: [infra], fact: x}",
         '2: clusters.prod: unknown setting "fact" (did you mean "facts"?)'),
        ("prod: {paths: [infra], kubevirt: 1.6}",
         "2: clusters.prod.kubevirt: expected a KubeVirt release, but this is the number 1.6"),
        ("prod: {paths: [infra], complete: [sc]}",
         '2: clusters.prod.complete: kind "sc" is not checked (did you mean "StorageClass"?)'),
        ("${CLUSTER}: {paths: [infra]}",
         '2: clusters: expected a name of letters, digits and -._:/@, not "${CLUSTER}"'),
        ("prod: {paths: [../../etc]}",
         '2: clusters.prod.paths: "../../etc" is outside of the repository'),
        ("prod: {paths: [infra], facts: /etc/passwd}",
         '2: clusters.prod.facts: "/etc/passwd" is outside of the repository'),
        ("prod: {paths: [../.git]}", '2: clusters.prod.paths: "../.git" belongs to git itself'),
        ("prod: {paths: [clusters/prd]}",
         '2: clusters.prod.paths: no such file or directory "clusters/prd" (did you mean '),
        ("prod: {paths: [infra]}\n  Prod: {paths: [infra]}",
         '3: clusters: "Prod" and "prod" differ only in case: rename one'),
        ("prod: {paths: [infra]}\n  prod: {paths: [infra]}", '3: key "prod" occurs twice'),
    ],
)  # fmt: skip
def test_mistakes_in_clusters_have_their_line(repository: Path, entry: str, expected: str) -> None:
    (line,) = told(repository, f"clusters:\n  {entry}\n")
    assert line.startswith(expected)


def test_a_release_of_a_cluster_must_be_known(repository: Path) -> None:
    (line,) = told(repository, 'clusters:\n  prod: {paths: [infra], kubevirt: "1.77"}\n')
    assert line.startswith('2: clusters.prod.kubevirt: no KubeVirt release "1.77" is known')


def test_many_clusters_are_read_in_time(repository: Path) -> None:
    names = "".join(f"  c{number}: {{paths: [gone]}}\n" for number in range(5_000))
    assert len(told(repository, f"clusters:\n{names}")) == 101


# --- hostile files


def test_a_path_holds_no_nul_and_a_release_few_digits() -> None:
    assert mistakes('facts: "a\\0b"\ncontext: [a, "\\0"]\n') == [
        '1: facts: expected a path, not "a\0b"',
        '2: context: expected a path, not "\0"',
    ]
    (wrong,) = mistakes(f'kubevirt: "1.{"6" * 5_000}"\n')
    assert wrong.startswith('1: kubevirt: expected a KubeVirt release, not "1.666')


@pytest.mark.parametrize("name", ["c.yaml", "pyproject.toml"])
def test_a_device_or_a_pipe_is_not_named(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = 'facts: "pipe"\ncontext: [".", "pipe"]\nbaseline: "missing"\n'
    if name == "pyproject.toml":
        text = "[tool.vmsnap-lint]\n" + text.replace(": ", " = ")
    found, wrong = from_file(File(name, str(tmp_path), text.encode()))
    assert found == {}
    assert [line.partition(": ")[2] for line in wrong] == [
        'facts: "pipe" is neither a file nor a directory',
        'context: "pipe" is neither a file nor a directory',
    ]


@pytest.mark.parametrize("name", ["c.yaml", "pyproject.toml"])
def test_many_mistakes_are_told_in_part(name: str) -> None:
    rules = ",\n".join(f'"wrong-{number}"' for number in range(5_000))
    is_toml = name == "pyproject.toml"
    text = f"[tool.vmsnap-lint]\nignore = [\n{rules}\n]\n" if is_toml else f"ignore: [\n{rules}]\n"
    wrong = mistakes(text, name)
    assert len(wrong) == 101
    assert wrong[99].startswith(f"{102 if is_toml else 101}: ignore: no rule")
    assert wrong[-1] == " and more mistakes"
