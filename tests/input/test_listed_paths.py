"""The lines of a kustomization tell at least the paths that parsing it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.deploy.render.left_out import without_remote
from vmsnap_lint.deploy.render.local_charts import CHART_FIELDS
from vmsnap_lint.input.kustomization import Use, named, spelled
from vmsnap_lint.input.listed_paths import listed


def _parsed(text: str) -> list[str] | None:
    """The local paths by the parser; None where it reads something else than an object."""
    source = document.read("kustomization.yaml", text.encode())
    if not source.documents or not isinstance(source.documents[0].value, dict):
        return None
    value = spelled(source.documents[0].value)[0]
    assert value.keys().isdisjoint(CHART_FIELDS)
    remote = {entry.at for entry in without_remote(value)[1]}
    entries = [entry for entry in named(value) if entry.at not in remote]
    assert all(entry.use is not Use.PLUGIN for entry in entries)
    return [entry.text for entry in entries]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("resources:\n- a.yaml\n  # a comment\n- b\n", ["a.yaml", "b"]),
        ("---\n# a comment\nkind: Kustomization # another\nbases:\r\n  - '../a'\r\n", ["../a"]),
        ("# a comment\n\n---\nresources:\n- a\n", ["a"]),
        ('resources:\n- "a"\n- https://example.org/a.yaml # b\ncomponents:\n  - c', ["a", "c"]),
        ("resources:\n\nnamespace: web\n", []),
        ("resources: [a.yaml, \"../b\",'c'] # d\nbases: [ ]\n", ["a.yaml", "../b", "c"]),
        ("resources:\n- a\nlabels:\n- pairs: {app: web, \"b\": 'c'}\n", ["a"]),
        ("labels: [{pairs: {stage: prod, change: 67b7d530}}]\nresources:\n- a\n", ["a"]),
        ("labels:\n-\n  pairs:\n    example.org/app: \"it's\"\n  fields: [{path: x}]\n", []),
        ("images:\n  - name: example.org:443/web\n    newTag: v1.2\ncrds:\n- a\n", ["a"]),
        ("patchesStrategicMerge: [a]\nconfigurations:\n- b\n", ["a", "b"]),
        ("patches:\n- path: a\n  target:\n    kind: x\n- target: {}\n  Path: 'b c'", ["a", "b c"]),
    ],
)  # fmt: skip
def test_usual_lines_need_no_parser(text: str, paths: list[str]) -> None:
    assert listed(text.encode()) == paths
    assert sorted(_parsed(text) or ()) == sorted(paths)


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "- a\n", "resources:\n  - a\n - b\n", "resources:\n\t- a\n",
        "kind: Kustomization\n---\nresources:\n- a\n", "resources: [a, [b]]\n",
        "resources:\n- a: b\n", "resources: [a\n", "resources: [a]\n- b\n", "resources: a\n",
        "resources: [a, ]\n", "resources:\n- 'a\"\n", "Resources:\n- a\n", "resources:\n- a#b: c\n",
        "resources:\n- a\nnamespace: web\n- b: 'c\n", "resources:\n- ä\n", "kind: x: y\n",
        " kind: Kustomization\nresources:\n- a\n", "resources:\n- a\n  b\n",
        "kind: a\rbases: [a]\n", "patches:\n- path: [a]\n",
        "labels:\n\"resources\": [a]\n", "labels: [{a: b}\n", "labels: \"[a\nresources: [b]\n\"\n",
        "labels: [a # ]\n", "commonAnnotations:\n  a: |\n    b\n", "namespace: &a b\nbases: *a\n",
        "commonLabels:\n  it's 'a: 'b\nresources: [c]\n  'd: e\n", "metadata: {a 'b: ' c}\n",
        "patches:\n- path: a\n  - b\n", "patches:\n- a\n", "patches: [{path: a}]\n",
        "patches:\n- target: {path: a}\n", "patches:\n- path:\n    a\n", "helmCharts: []\n",
        "transformers:\n- a\n", "configMapGenerator:\n- files: [a]\n", "other: a\n",
    ],
)  # fmt: skip
def test_when_in_doubt_the_parser_is_asked(text: str) -> None:
    assert listed(text.encode()) is None


_FIELDS = st.sampled_from(
    ["resources:", "patches:", "patchesStrategicMerge:", "labels:", "metadata:", "kind:", "bases:"]
)
_PIECES = st.sampled_from(
    ["\n", "\n  ", "\n- ", "\n  - ", " ", "a", "path: ", "b: ", "- ", ": ", "'", '"', "'c'",
     "'d': ", "[", "]", "{", "}", "[e]", "{path: f}", ", ", "#", " # ", "|", "&g ", "*g", "?", "-",
     "~", "\\", "\n...", "\n'resources': [h]", "\nresources: [i]", "\nbases:\n- j"]
)  # fmt: skip
_LINES = st.lists(st.tuples(_FIELDS, st.lists(_PIECES, max_size=8)), max_size=3)


@given(_LINES)
@examples(500)
def test_no_path_is_missed(fields: list[tuple[str, list[str]]]) -> None:
    text = "\n".join(f"{name} {''.join(pieces)}" for name, pieces in fields)
    paths = listed(text.encode())
    parsed = None if paths is None else _parsed(text)
    assert paths is None or parsed is None or {*parsed} <= {*paths}
