"""A digraph that graphviz reads, whatever the names are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given

from tests.properties import examples
from tests.report.pictures.drawn import HOSTILE, TEXTS, drawn, hostile, many, plans
from vmsnap_lint.report.pictures.labels import shown
from vmsnap_lint.report.plans import Plans

pygraphviz = pytest.importorskip("pygraphviz")  # the extra svg
_SVG = "{http://www.w3.org/2000/svg}"


def _read(text: str) -> Any:
    return pygraphviz.AGraph(string=text)


def _texts(text: str) -> list[str]:
    """The texts that graphviz draws."""
    image = _read(text).draw(format="svg", prog="dot").decode()
    return [element.text or "" for element in ET.fromstring(image).iter(f"{_SVG}text")]


def _bare(text: str) -> str:
    """A text without blanks, which graphviz makes hard ones."""
    return "".join(text.replace("\xa0", " ").split())


def test_graphviz_reads_what_stands_in_a_chain() -> None:
    graph = _read(drawn("dot", many(1, volumes=2)))
    assert graph.is_directed()
    labels = {node: node.attr["label"].split(r"\n") for node in graph.nodes()}
    assert labels["n1"] == ["VirtualMachineSnapshot", "snap0", "✕ partial"]
    assert [graph.get_node(name).attr["shape"] for name in ("n1", "n2")] == ["octagon", "box"]
    assert ("n5", "n6") in graph.edges()
    edge = graph.get_edge("n2", "n7")
    assert (edge.attr["label"], edge.attr["arrowhead"]) == ("no class fits", "tee")
    assert [each.name for each in graph.subgraphs() if each.name] == ["cluster_c0"]


def test_snapshots_vms_and_classes_stand_in_columns() -> None:
    graph = _read(drawn("dot", many(8, broken_of=2)))
    graph.layout(prog="dot")
    columns: dict[str, set[str]] = {}
    for node in graph.nodes():
        kind = node.attr["label"].partition(r"\n")[0]
        columns.setdefault(kind, set()).add(node.attr["pos"].partition(",")[0])
    assert {kind: len(columns[kind]) for kind in columns if kind != "PVC"} == {
        "VirtualMachineSnapshot": 1, "VirtualMachine": 1, "Volume": 1, "StorageClass": 1,
        "VolumeSnapshotClass": 1,
    }  # fmt: skip
    lefts = [
        float(next(iter(columns[kind])))
        for kind in ("VirtualMachineSnapshot", "VirtualMachine", "Volume", "StorageClass")
    ]
    assert lefts == sorted(lefts)


def test_the_place_of_an_object_is_its_tooltip() -> None:
    graph = _read(drawn("dot", plans({"kind": "VirtualMachineSnapshot", **_SNAPSHOT})))
    assert "0.yaml:1" in graph.get_node("n1").attr["tooltip"]


_SNAPSHOT = {
    "apiVersion": "snapshot.kubevirt.io/v1beta1",
    "metadata": {"name": "nightly"},
    "spec": {"source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"}},
}


@pytest.mark.parametrize("text", HOSTILE)
def test_graphviz_shows_hostile_names_as_they_are(text: str) -> None:
    texts = {_bare(each) for each in _texts(drawn("dot", hostile(text)))}
    title = f"cluster {shown(text)}" if text else ""  # no cluster, no box
    assert {_bare(shown(text)), _bare(title), "VirtualMachine"} <= texts | {""}


@examples(200)
@given(TEXTS)
def test_graphviz_shows_any_text_as_it_is(text: str) -> None:
    texts = {_bare(each) for each in _texts(drawn("dot", hostile(text)))}
    assert _bare(shown(text)) in texts | {""}


@pytest.mark.parametrize("text", HOSTILE)
def test_each_line_is_a_statement_of_its_own(text: str) -> None:
    """Nothing of a name stands outside of quotes."""
    for line in drawn("dot", hostile(text)).splitlines():
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert re.fullmatch(r"[\w\s=,;\[\]{}>-]*", bare), line


def test_two_hundred_snapshots_are_a_graph_for_graphviz() -> None:
    graph = _read(drawn("dot", many(200, broken_of=10)))
    assert sum("complete snapshots" in node.attr["label"] for node in graph.nodes()) > 1
    assert sum("partial" in node.attr["label"] for node in graph.nodes()) == 20


def test_an_empty_run_says_so() -> None:
    graph = _read(drawn("dot", Plans()))
    (node,) = graph.nodes()
    assert node.attr["label"] == "no snapshot, restore, clone or export in the input"
