"""Both bindings of libyaml give the same documents, places and faults; what differs is listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.shared import SHARED, needs_shared
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.document import Budget, libyaml, split, yaml_text
from vmsnap_lint.document.encoding import decode
from vmsnap_lint.document.faults import Allowance, FaultKind, RawFault, RejectedError
from vmsnap_lint.document.nodes import Builder
from vmsnap_lint.document.recorder import Recorder

SHOP = Path(__file__).parents[2] / "examples" / "shop"

try:
    BINDINGS = {"ruamel.yaml.clib": libyaml.ruamel(), "PyYAML": libyaml.pyyaml()}
except ImportError:
    BINDINGS = {"PyYAML": libyaml.pyyaml()}
needs_both = pytest.mark.skipif(len(BINDINGS) < 2, reason="ruamel.yaml.clib is not installed")
each_binding = pytest.mark.parametrize("binding", BINDINGS.values(), ids=BINDINGS)

Result = RawFault | tuple[Any, bool, list[RawFault]]


def _result(text: str, binding: libyaml.Binding, limits: Budget | None = None) -> Result:
    """The value of a text with all its places, or the fault it is rejected for."""
    try:
        builder = _composed(text, binding, limits or Budget())
    except RejectedError as error:
        return error.fault
    left = Allowance(Budget(), len(text))
    places = yaml_text.compose(text, 0, Budget(), left, lambda: Recorder(Budget()), binding).places
    assert list(places.starts) == sorted(places.starts)
    written = [places.starts, places.ends, places.nexts, places.codes, repr(places.values)]
    # repr tells 1 from True and 1.0, and the order of keys
    value = None if builder.root is None else repr(builder.root.value)
    return (value, builder.end, *written), builder.odd, builder.faults


def _composed(text: str, binding: libyaml.Binding, limits: Budget) -> Builder:
    left = Allowance(limits, len(text))
    return yaml_text.compose(text, 0, limits, left, lambda: Builder(limits, left), binding)


def _assert_alike(text: str) -> None:
    one, other = (_result(text, binding) for binding in BINDINGS.values())
    if isinstance(one, RawFault) and "hold a colon" in one.message:
        return  # the older libyaml alone refuses "[x:y]": it is asked again, but not often
    if isinstance(one, RawFault) and "nested deeper" in one.message and "[" * 1000 in text:
        assert isinstance(other, RawFault)
        other = other._replace(start=one.start, end=one.end)  # see DIFFERENCES
    assert one == other


_pieces = st.sampled_from(
    """{ } [ ] , : a a: b!x & &x * *x !!str !a - ' " \\ # #c | |2 >- << <<: --- ... %TAG %YAML @ `
    http://x/y=z a:b 08 é \ufeff \x85 \u2028""".split()  # noqa: SIM905 - one word a line
)
_jumble = st.lists(st.one_of(_pieces, st.sampled_from([" ", "\n", "\n  ", "\t", "\r\n"])))
_texts = st.one_of(
    yamlish, near_plain, _jumble.map("".join), _jumble.map(lambda words: f"a: [{''.join(words)}]")
)
# What DIFFERENCES lists: "?" within brackets, and tags that go on with "," or brackets.
_LISTED = re.compile(r"(?s)[\[{].*\?|![^\s]*[,\[\]{}]")


@needs_both
@settings(max_examples=1500, deadline=None)
@given(_texts)
def test_both_bindings_read_any_text_alike(text: str) -> None:
    if not _LISTED.search(text):
        _assert_alike(text)


@needs_both
@needs_shared
def test_both_bindings_read_alike_what_was_collected() -> None:
    texts = [
        json.loads(line)["yaml"]
        for line in (SHARED / "probes" / "mutants.jsonl").read_text().splitlines()
    ]
    for folder in ("probes", "corpus", "cases", "hostile"):
        paths = sorted((SHARED / folder).rglob("*.y*ml"))
        texts += [decode(path.read_bytes()) for path in paths if path.is_file()]
    assert len(texts) > 1000
    for text in texts:
        for piece in split.pieces(text):
            if not piece.json:
                _assert_alike(text[piece.start : piece.end])


@needs_both
@pytest.mark.parametrize(
    "text",
    [
        "a: [b?c]\n",
        "a: {b: c?d}\n",
        "a: [b: c?d, e]\n",
        "a: {b: [http://x/?y=z]}\n",
        "a?b: c?d\n",
        "a: ['b?c', \"?\"]\n",
        "a: [https://x/y, b:c]\n",
        "%YAML 1.2\n",
        "%YAML 1.2\na: b\n",
        'a: "\\/"\n',
        'a: "\\uD800"\n',
        'a: "\\UFFFFFFFF"\n',
        "a: b\t# c\n",
        "a: |\t\n  b\n",
        "a: &é b\n",
        "!<x> a\n",
        "\ufeffa: b\n\ufeffc: d\n",
    ],
)
def test_both_bindings_agree_where_the_two_versions_of_libyaml_might_not(text: str) -> None:
    _assert_alike(text)


# libyaml 0.2 ends a tag at "," and brackets, while Kubernetes reads on as libyaml 0.1 does. Also,
# the null key of `[?]`, and a nest of 1,000 brackets, are rejected at different columns; and of two
# mistakes in one text, one of them "?" within brackets, the other one may be reported first.
DIFFERENCES: dict[str, tuple[object, object]] = {
    "a: [!x,y z]\n": ({"a": ["z"]}, {"a": ["", "y z"]}),
    "a: [!x, b]\n": ({"a": ["b"]}, {"a": ["", "b"]}),
}


@needs_both
@pytest.mark.parametrize("text", DIFFERENCES)
def test_what_the_bindings_read_differently_is_known(text: str) -> None:
    roots = [_composed(text, binding, Budget()).root for binding in BINDINGS.values()]
    assert tuple(root and root.value for root in roots) == DIFFERENCES[text]


HOSTILE = {
    "nested brackets": "a: " + "[" * 200_000,
    "nested mappings in brackets": "{a: " * 100_000,
    "nested lists": "- " * 100_000,
    "question marks": "? " * 100_000,
    "anchors": "a: [" + "&x " * 100_000 + "]",
    "one long line": "a: " + "b " * 500_000,
    "one long quoted line": "a: '" + "b " * 500_000,
    "one long key": "b" * 1_000_000 + ": c",
    "colons in brackets": "[" + "a:b," * 50_000,
    "question marks in brackets": "[" + "a?b," * 100_000 + "]",
    "alias bomb": "\n".join(
        ["a0: &a0 [x, x, x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    ),
}


@each_binding
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_cost_little_time_with_either_binding(
    name: str, binding: libyaml.Binding
) -> None:
    start = time.process_time()
    result = _result(HOSTILE[name], binding)
    assert time.process_time() - start < 5
    if name.startswith(("nested", "question marks", "alias")) and "in brackets" not in name:
        assert isinstance(result, RawFault)
        assert result.kind is FaultKind.BUDGET


@each_binding
def test_budgets_hold_with_either_binding(binding: libyaml.Binding) -> None:
    few, flat = Budget(nodes=5), Budget(depth=2)
    for text, limits in (("a: [1, 2, 3]\n", few), ("a: {b: {c: d}}\n", flat)):
        fault = _result(text, binding, limits)
        assert isinstance(fault, RawFault)
        assert fault.kind is FaultKind.BUDGET


def _run(hidden: str, path: Path = SHOP) -> subprocess.CompletedProcess[str]:
    """The program as it runs where the modules `hidden` are not installed."""
    program = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv.pop(1).split()));"
        "from vmsnap_lint.__main__ import main; sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", program, hidden, "--format", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_says_the_same_without_ruamel_yaml_clib() -> None:
    usual, without = _run(""), _run("_ruamel_yaml")
    assert (without.returncode, without.stdout) == (usual.returncode, usual.stdout)
    assert usual.returncode == 1


def test_the_program_says_what_to_install_where_no_binding_is(tmp_path: Path) -> None:
    for path in SHOP.rglob("*.yaml"):  # places in texts with other breaks take a parser
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    run = _run("_ruamel_yaml yaml", tmp_path)
    assert run.returncode == 2
    assert "no parser for YAML: install ruamel.yaml.clib, or PyYAML with libyaml" in run.stderr
    assert "Traceback" not in run.stderr


def test_pyyaml_without_libyaml_is_no_binding() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('_ruamel_yaml', 'yaml._yaml')));"
        "from vmsnap_lint.document import libyaml; libyaml.installed()"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert UsageError.__name__ in run.stderr
