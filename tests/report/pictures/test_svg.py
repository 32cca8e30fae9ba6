"""An image that shows each name as it is, reaches nothing else, and says in words what it shows."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from tests.properties import examples
from tests.report.pictures.drawn import HOSTILE, TEXTS, drawn, hostile, many, plans
from tests.shared import ROOT
from vmsnap_lint import cli, engine
from vmsnap_lint.core.addresses import EXTRAS
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.pictures import layout, svg
from vmsnap_lint.report.pictures.labels import shown
from vmsnap_lint.report.pictures.layout import Frame, Size
from vmsnap_lint.report.pictures.svg_parts import room_of
from vmsnap_lint.report.plans import Plans

_SVG = "{http://www.w3.org/2000/svg}"
_ALLOWED = {
    "svg", "title", "desc", "style", "rect", "g", "text", "tspan", "path", "polygon",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _with_graphviz(request: pytest.FixtureRequest) -> None:
    if "without" not in request.node.name:
        pytest.importorskip("pygraphviz")  # the extra


def _image(of: Plans) -> ET.Element:
    return ET.fromstring(drawn("svg", of))


def _lines(image: ET.Element) -> list[str]:
    """The lines of text in it."""
    return [each.text or "" for each in image.iter() if each.tag in (f"{_SVG}tspan", f"{_SVG}text")]


def test_an_image_says_in_words_what_it_shows() -> None:
    image = _image(many(6, broken_of=3))
    ids = (image.get("aria-labelledby") or "").split()
    told = [each.text for each in image.iter() if each.get("id") in ids]
    assert image.get("role") == "img"
    assert told[0] == "Snapshots of virtual machines"
    assert "4 complete, 2 partial. VirtualMachineSnapshot snap0: partial, x" in (told[1] or "")


def test_each_object_has_a_name_and_a_tooltip_with_its_place() -> None:
    image = _image(plans({"kind": "VirtualMachineSnapshot", **_SNAPSHOT}))
    (node,) = [each for each in image.iter(f"{_SVG}g") if each.get("id") == "vmsnap-n1"]
    assert node.get("aria-label") == "VirtualMachineSnapshot nightly: stuck"
    title = node.find(f"{_SVG}title")
    assert title is not None
    assert "0.yaml:1" in (title.text or "").splitlines()


_SNAPSHOT = {
    "apiVersion": "snapshot.kubevirt.io/v1beta1",
    "metadata": {"name": "nightly"},
    "spec": {"source": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "web"}},
}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_and_nothing_more(text: str) -> None:
    image = _image(hostile(text))
    assert {each.tag.removeprefix(_SVG) for each in image.iter()} <= _ALLOWED
    names = {name for each in image.iter() for name in each.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name or ":" in name]
    assert shown(text) in [*_lines(image), ""]


@examples(40)
@given(TEXTS)
def test_any_text_is_shown(text: str) -> None:
    assert shown(text) in [*_lines(_image(hostile(text))), ""]


def test_an_image_is_whole_in_itself() -> None:
    text = drawn("svg", many(3))
    assert not re.search(r"<script|url\(|@import|<!DOCTYPE|<\?xml-stylesheet", text)
    assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text


def test_its_styles_reach_nothing_else_of_a_page() -> None:
    style = _image(many(1)).find(f"{_SVG}style")
    assert style is not None
    rules = re.sub(r"@media [^{]*\{", "", style.text or "").splitlines()
    selectors = [rule.partition("{")[0].strip() for rule in rules if "{" in rule]
    assert len(selectors) > 10
    assert {selector.split()[0] for selector in selectors} == {".vmsnap-plan"}


def test_each_cluster_has_a_frame_wherever_its_objects_come() -> None:
    homes = (("", "a"), ("", "b"), ("east", "a"), ("west", "a"))
    listed = (
        SnapshotPlan(home, f"s{at}", "vm", Verdict.UNKNOWN, (), (), cluster)
        for at, (cluster, home) in enumerate(homes)
    )
    lines = _lines(_image(Plans(tuple(listed), clusters=("east", "west"))))
    frames = [line for line in lines if line.startswith(("cluster ", "namespace "))]
    assert Counter(frames) == {
        "namespace a": 3, "namespace b": 1, "cluster east": 1, "cluster west": 1,
    }  # fmt: skip


def test_states_differ_by_shape_as_well() -> None:
    image = _image(many(2, broken_of=2))
    shapes: dict[str, set[str]] = {}
    for group in image.iter(f"{_SVG}g"):
        kind = (group.get("class") or "").split()
        if kind[:1] == ["node"]:
            tags = (each.tag.removeprefix(_SVG) for each in group)
            shapes.setdefault(kind[1], set()).update(tags)
    assert "polygon" in shapes["broken"] - shapes["ok"]
    assert "polygon" in shapes["missing"]
    assert "polygon" not in shapes["unknown"] | shapes["skipped"]


def test_an_arrow_joins_the_objects_of_its_step() -> None:
    """Graphviz lists arrows in an order of its own."""
    nodes = {f"n{at}": Size(40, 20) for at in range(6)}
    wanted = [
        ("n0", "n3", None),
        ("n4", "n5", Size(50, 20)),
        ("n0", "n1", None),
        ("n3", "n4", None),
    ]
    placed = layout.laid_out(nodes, [Frame("s0", Size(30, 10), ["n0", "n1"])], wanted, ())
    assert placed is not None
    for (start, end, label), arrow in zip(wanted, placed.arrows, strict=True):
        for name, point in ((start, arrow.curve[0]), (end, arrow.curve[-1])):
            x, y = placed.nodes[name]
            assert abs(point[0] - x) <= 21
            assert abs(point[1] - y) <= 11
        assert (arrow.label is not None) == (label is not None)
    (left, top), (right, bottom) = placed.frames["s0"]
    assert left < placed.nodes["n0"][0] < right
    assert top < placed.nodes["n0"][1] < bottom


def test_equal_plans_give_equal_bytes() -> None:
    assert drawn("svg", many(40, broken_of=4)) == drawn("svg", many(40, broken_of=4))


def test_complete_chains_are_folded_where_they_are_many() -> None:
    image = _image(many(200, broken_of=20))
    lines = _lines(image)
    assert sum("complete snapshots" in line for line in lines) > 1
    assert sum(line == "✕ partial" for line in lines) == 10


@pytest.mark.slow
def test_what_is_too_much_for_a_picture_is_counted() -> None:
    lines = _lines(_image(many(2_000)))
    left_out = [int(line.split()[0].replace(",", "")) for line in lines if "not drawn" in line]
    assert left_out == [2_000 - sum(line == "✕ partial" for line in lines)]


def test_a_layout_that_takes_too_long_is_tried_with_less(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def slow(nodes: dict[str, Size], *_rest: object) -> None:
        asked.append(len(nodes))

    monkeypatch.setattr(layout, "laid_out", slow)
    with pytest.raises(UsageError, match="take too long"):
        list(svg.render(many(1_000), None))  # type: ignore[arg-type]
    assert asked[0] > asked[1] > asked[2] > 0
    asked.clear()
    with pytest.raises(UsageError, match="take too long"):
        list(svg.render(many(2), None))  # type: ignore[arg-type]
    assert len(asked) == 1


def test_the_time_of_graphviz_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_SECONDS", 0.01)
    assert layout.laid_out({"n1": Size(10, 10)}, [], [], ()) is None


def test_a_failure_of_graphviz_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pygraphviz.py").write_text('raise ImportError("no libcgraph")')
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(UsageError, match="graphviz cannot be used: ImportError: no libcgraph"):
        layout.laid_out({"n1": Size(10, 10)}, [], [], ())
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(UsageError, match="graphviz cannot be started"):
        layout.laid_out({"n1": Size(10, 10)}, [], [], ())


@pytest.mark.parametrize("flags", [("--format", "svg"), ("--output", "svg=plan.svg")])
def test_without_the_extra_the_way_to_it_is_told_at_once(
    flags: tuple[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setattr(engine, "plan", _unwanted)
    monkeypatch.chdir(tmp_path)
    assert cli.run(["plan", *flags, str(Path(ROOT, "examples", "shop"))]) == 2
    shown_text = capsys.readouterr()
    assert shown_text.out == ""
    assert shown_text.err.endswith(f"needs graphviz: install vmsnap-lint[svg] ({EXTRAS})\n")
    assert list(tmp_path.iterdir()) == []


def _unwanted(*_given: object) -> None:
    raise AssertionError


def test_an_extra_that_cannot_be_imported_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pygraphviz.py").write_text('raise ImportError("no libcgraph")')
    monkeypatch.delitem(sys.modules, "pygraphviz", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    told = r"which cannot be used \(no libcgraph\): install vmsnap-lint\[svg\]"
    with pytest.raises(UsageError, match=told):
        layout.check()


@pytest.mark.parametrize("output", ["no JSON", "{}", '{"bb": "0,0,1"}'])
def test_output_of_graphviz_that_is_no_layout_is_told(
    output: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub = "class AGraph:\n def __init__(self, **_): ...\n def draw(self, **_): return "
    stub += repr(output.encode())
    (tmp_path / "pygraphviz.py").write_text(stub)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(UsageError, match=r"graphviz cannot be used: .* in its output"):
        layout.laid_out({"n1": Size(10, 10)}, [], [], ())


@pytest.mark.parametrize("letter", "aWm@i-rﷺ虚")
def test_a_name_has_room_in_its_box(letter: str) -> None:
    """DejaVu Sans, the widest of the common fonts, has bold letters of these widths."""
    widths = {"a": 8.1, "W": 13.2, "m": 12.5, "@": 12.0, "i": 4.2, "-": 5.0, "r": 5.9}
    needed = 60 * widths.get(letter, 12 if letter == "虚" else 7.7)
    assert needed + 12 < room_of((letter * 60,)).width < needed * 1.5 + 30


def test_an_empty_run_says_so() -> None:
    skipped = (NotChecked("a.yaml", "why"),)
    lines = _lines(_image(Plans(not_checked=skipped)))
    assert "no snapshot, restore, clone or export in the input" in lines
    assert "1 input not checked" in lines
