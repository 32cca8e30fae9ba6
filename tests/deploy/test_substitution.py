"""Variables of Flux are replaced as its controller does it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.deploy.applied import Substitution
from vmsnap_lint.deploy.envsubst import BadSubstitutionError, Expander
from vmsnap_lint.deploy.substitution import substituted
from vmsnap_lint.objects.manifest import Manifest, manifests

VARIABLES = {"a": "one", "file": "backup.tar.gz", "path": "/srv/vm/disk", "empty": "", "n": "3",
             "yes": "true"}  # fmt: skip


def replaced(text: str, **more: str) -> str:
    values = {**VARIABLES, **more}
    return Expander(lambda name: values.get(name, ""), 2**20).replaced(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no variable", "no variable"),
        ("$a and $", "$a and $"),
        ("x-${a}-y", "x-one-y"),
        ("${none}", ""),
        ("${none:=web}", "web"),
        ("${none:-web}", "web"),
        ("${none=web}", "web"),
        ("${none:=}", ""),
        ("${empty:-web}", "web"),
        ("${empty=web}", "web"),
        ("${a:=web}", "one"),
        ("${none:=${a}-${n}-z}", "one-3-z"),
        ("${none:=${none:=x}}", "x"),
        ("${none:=a:b=c}", "a:b=c"),
        ("${#file}", "13"),
        ("${a^}${a^^}", "OneONE"),
        ("${up,}${up,,}", "uP" + "up"),
        ("${file:7}", "tar.gz"),
        ("${file:7:3}", "tar"),
        ("${file:0:99}", "backup.tar.gz"),
        ("${file:99}", ""),
        ("${file:x}", "backup.tar.gz"),
        ("${file: -2}", "backup.tar.gz"),
        ("${file#*.}", "tar.gz"),
        ("${file##*.}", "gz"),
        ("${file%.*}", "backup.tar"),
        ("${file%%.*}", "backup"),
        ("${file#zip}", "backup.tar.gz"),
        ("${file/a/A}", "bAckup.tar.gz"),
        ("${file//a/A}", "bAckup.tAr.gz"),
        ("${file/#back/front}", "frontup.tar.gz"),
        ("${file/%gz/xz}", "backup.tar.xz"),
        ("${file/.tar/}", "backup.gz"),
        (r"${path//\//-}", "-srv-vm-disk"),
        ("$${a}", "${a}"),
        ("$$a", "$a"),
        ("a$$${a}", "a$one"),
        ("$${a} ${a}", "${a} one"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert replaced(text, up="UP") == expected


@pytest.mark.parametrize(
    "text",
    ["${", "${a", "${a-b}", "${}", "${a:}", "${a#}", "${a/}", "${a/x}", "${a b}", "${#}",
     "${arr[@]}", "${a:=${", "${a:0:-2}", "${a:=" * 30 + "x" + "}" * 30],
)  # fmt: skip
def test_what_flux_cannot_read_is_an_error(text: str) -> None:
    with pytest.raises(BadSubstitutionError):
        replaced(text)


def built(value: dict[str, Any]) -> Manifest:
    (part,) = document.read("a.yaml", json.dumps(value).encode()).documents
    (made,) = manifests(part)
    return made


def value_of(text: Any, unknown: bool = False) -> Any:
    one = built({"kind": "X", "metadata": {"name": "x"}, "spec": text})
    (made,) = substituted([one], Substitution(VARIABLES, unknown))
    assert made.document is one.document
    assert made.root == one.root
    return made.value["spec"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${n}", 3),
        ("${yes}", True),
        ("${none}", None),
        ("${none:=1Gi}", "1Gi"),
        ("'${n}'", "'3'"),
        ("x${n}", "x3"),
        ("${none:=[a, b]}", ["a", "b"]),
        ('${none:="}${n}${none:="}', "3"),
        ("${n}: ${n}", "3: 3"),
        ("a\n${n}\n", "a\n3\n"),
        ("${none:=: :}", ": :"),
        ({"${a}": {"b": ["${n}", 7, None]}}, {"one": {"b": [3, 7, None]}}),
        ({"${n}": 1}, {"3": 1}),
        ("${a", "${a"),
    ],
)
def test_a_value_is_read_again(text: Any, expected: Any) -> None:
    assert value_of(text) == expected


def test_a_variable_that_is_not_known_stays_as_it_is_written() -> None:
    assert value_of("x-${none}-${a}", unknown=True) == "x-${none}-one"
    assert value_of("${none:=web}", unknown=True) == "${none:=web}"
    assert value_of("${a:=${none}}", unknown=True) == "one"
    assert value_of("${empty:=${none}}", unknown=True) == "${empty:=${none}}"


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_an_object_can_be_left_alone(field: str) -> None:
    setting = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    one = built({"kind": "X", "metadata": {"name": "${a}", field: setting}})
    assert substituted([one], Substitution(VARIABLES)) == (one,)


def test_an_object_without_variables_is_itself() -> None:
    one = built({"kind": "X", "metadata": {"name": "x"}, "spec": {"a": ["$b", {"c": 1}]}})
    assert substituted([one], Substitution(VARIABLES))[0] is one


def test_names_and_namespaces_follow() -> None:
    one = built({"kind": "X", "metadata": {"name": "${a}", "namespace": "${a}-ns"}})
    (made,) = substituted([one], Substitution(VARIABLES))
    assert (made.name, made.namespace) == ("one", "one-ns")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${a}" * 20_000, "x" * 10_000),
        ("${a^^}" * 20_000, "x" * 100_000),
        ("${a%%*b}" * 20_000, "x" * 299),
        ("${#a}" * 20_000, "x" * 1_000_000),
        ("${a//x/${a}}" * 2_000, "x" * 1_000),
        ("${none:=" * 20 + "${a}" * 1000 + "}" * 20, "x" * 10_000),
    ],
)
def test_a_text_that_grows_without_end_is_left_alone(text: str, value: str) -> None:
    one = built({"kind": "X", "metadata": {"name": "x"}, "spec": {"a": text, "b": text + "."}})
    start = time.process_time()
    (made,) = substituted([one], Substitution({"a": value}))
    assert made.get("spec", "b") == text + "."
    assert time.process_time() - start < 5


TEXTS = st.text(st.sampled_from("${}:=-#%/^,\\ ab0[*?]\n'\""), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
)


@examples(300)
@given(VALUES, st.dictionaries(st.sampled_from("ab"), TEXTS), st.booleans())
def test_no_value_makes_it_fail(value: Any, variables: dict[str, str], unknown: bool) -> None:
    one = built({"kind": "X", "metadata": {"name": "x"}, "spec": value})
    (made,) = substituted([one], Substitution(variables, unknown))
    json.dumps(made.value)


@examples(300)
@given(st.text(max_size=40))
def test_a_text_without_expressions_only_loses_its_escapes(text: str) -> None:
    if "${" not in text:
        assert replaced(text) == text.replace("$$", "$")
