"""A flowchart that Mermaid reads, whatever the names are, within the limits that it has."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from tests.properties import examples
from tests.report.pictures.drawn import HOSTILE, TEXTS, drawn, hostile, many
from tests.shared import ROOT
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.report.pictures.chosen import broken
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.labels import shown
from vmsnap_lint.report.pictures.mermaid import MOST_CHARACTERS, MOST_EDGES, flowchart
from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Iterable

_EDGE = re.compile(r"^  n\d+ (-->|-\.-|-\.->|--x)", re.MULTILINE)
# The directory with node_modules/mermaid (11) and node_modules/jsdom.
_PACKAGES = Path(os.environ.get("MERMAID_PACKAGES", ROOT))
_HAS_MERMAID = bool(shutil.which("node")) and all(
    (_PACKAGES / "node_modules" / name).is_dir() for name in ("mermaid", "jsdom")
)
_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
needs_mermaid = pytest.mark.skipif(not _HAS_MERMAID, reason="no node with mermaid and jsdom")


def _parsed(flowcharts: Iterable[str]) -> list[dict[str, Any]]:
    """What the parser of Mermaid reads in each."""
    run = subprocess.run(
        ["node", str(Path(__file__).with_name("parse.mjs")), str(_PACKAGES)],
        input=json.dumps(list(flowcharts)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    results: list[dict[str, Any]] = json.loads(run.stdout)
    return results


def _decoded(label: str) -> list[str]:
    """The lines of a label, from the form in which Mermaid keeps entities until it renders."""
    entities = label.replace("ﬂ°°", "&#").replace("¶ß", ";").split("<br>")
    return [html.unescape(line).replace("\u2060", "") for line in entities]


def test_a_chain_is_written_with_shapes_and_reasons() -> None:
    lines = drawn("mermaid", many(1, volumes=2)).splitlines()
    assert lines == [
        "flowchart LR",
        '  subgraph c0["cluster c0"]',
        '    subgraph s0["namespace ns0"]',
        '      n1{{"VirtualMachineSnapshot<br/>snap0<br/>#10005; partial"}}:::broken',
        '      n2("VirtualMachine<br/>vm0"):::ok',
        '      n3("Volume<br/>v0"):::ok',
        '      n4("PVC<br/>vm0-v0"):::ok',
        '      n7{{"Volume<br/>v1<br/>#10005; broken"}}:::broken',
        '      n8("PVC<br/>vm0-v1"):::ok',
        "    end",
        '      n5("StorageClass<br/>ceph"):::ok',
        '      n6("VolumeSnapshotClass<br/>snap"):::ok',
        "  end",
        "  n1 --> n2",
        "  n2 --> n3",
        "  n3 --> n4",
        "  n4 --> n5",
        "  n5 --> n6",
        '  n2 --x|"no class fits"| n7',
        "  n7 --> n8",
        "  n8 --> n5",
        "  classDef ok fill:#dafbe1,stroke:#1a7f37,color:#0b3d1a",
        "  classDef broken fill:#ffebe9,stroke:#cf222e,color:#6e0b14,stroke-width:2px",
        "  linkStyle 5 stroke:#cf222e,stroke-width:2px",
    ]


def test_an_empty_run_says_so() -> None:
    assert "no snapshot#44; restore#44; clone or export in the input" in drawn("mermaid", Plans())


def test_what_was_not_checked_is_counted() -> None:
    skipped = (NotChecked("a.yaml", "why"), NotChecked("b.yaml", "why"))
    assert "2 inputs not checked" in drawn("mermaid", Plans(not_checked=skipped))
    assert "1 input not checked" in drawn("mermaid", Plans(not_checked=skipped[:1]))


def test_complete_chains_are_folded_where_they_are_many() -> None:
    text = drawn("mermaid", many(200, broken_of=40))
    assert text.count("complete snapshots") > 1
    assert text.count("snap0<") == 1
    assert "complete" not in drawn("mermaid", many(6)).replace("complete snapshots", "")


@pytest.mark.parametrize("number", [200, 2_000])
def test_a_flowchart_stays_below_the_limits_and_says_what_it_leaves_out(number: int) -> None:
    text = drawn("mermaid", many(number))
    assert len(text) <= MOST_CHARACTERS
    assert len(_EDGE.findall(text)) <= MOST_EDGES
    left_out = re.search(r"([\d#;]+) more are not drawn", text)
    assert left_out is not None
    count = int(re.sub(r"#44;", "", left_out[1]))
    assert count + len(re.findall(r"VirtualMachineSnapshot<br/>", text)) == number


def test_a_reader_with_less_room_gets_a_shorter_one() -> None:
    graph = broken(graph_of(many(100)))
    assert len("\n".join(flowchart(graph, 4_000))) <= 4_000


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_ends_its_label(text: str) -> None:
    """Between quotes are letters, digits, blanks, dashes, numbered entities and line ends only."""
    lines = drawn("mermaid", hostile(text))
    assert lines.isprintable() or lines.replace("\n", "").isprintable()
    for label in re.findall(r'"([^"]*)"', lines):
        assert re.fullmatch(r"(?:[\w -]|#\d+;|<br/>)*", label.replace("_", "!")), label


@needs_mermaid
@pytest.mark.slow
def test_the_parser_reads_hostile_names_back() -> None:
    texts = [text for text in HOSTILE if shown(text).strip()]
    results = _parsed(drawn("mermaid", hostile(text)) for text in texts)
    for text, result in zip(texts, results, strict=True):
        assert "error" not in result, (text, result)
        labels = {name: _decoded(label[0]) for name, label in result["nodes"].items()}
        assert labels["n2"] == ["VirtualMachine", shown(text)]
        assert labels["n3"][1] == shown(text)
        titles = [_decoded(title) for title, _ in result["boxes"]]
        assert [f"cluster {shown(text)}"] in titles


@needs_mermaid
@pytest.mark.slow
def test_the_parser_reads_any_text_back() -> None:
    texts: list[str] = []

    @examples(300)
    @given(TEXTS)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    results = _parsed(drawn("mermaid", hostile(text)) for text in texts)
    for text, result in zip(texts, results, strict=True):
        assert "error" not in result, (text, result)
        assert set(result["nodes"]) >= {"n1", "n2", "n3"}
        told = " ".join(_decoded(result["nodes"]["n2"][0]))
        assert " ".join(f"VirtualMachine {shown(text)}".split()) == " ".join(told.split())


@needs_mermaid
@pytest.mark.slow
def test_the_parser_sees_shapes_boxes_and_broken_steps() -> None:
    plans = many(200, broken_of=30)
    (result,) = _parsed([drawn("mermaid", plans)])
    assert {tuple(each[1:]) for each in result["nodes"].values()} == {
        ("round", "ok"), ("hexagon", "broken"), ("subroutine", "ok"),
    }  # fmt: skip
    marks = [(kind, text) for _, _, text, kind, _ in result["edges"] if text]
    assert set(marks) == {("arrow_cross", "no class fits")}
    assert len(result["edges"]) <= MOST_EDGES


_PAGE = """<!DOCTYPE html><meta charset="utf-8"><body><script src="%s"></script><script>
(async () => {
  mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
  const results = [];
  for (const [at, text] of %s.entries()) {
    const host = document.createElement("div");
    document.body.append(host);
    try {
      host.innerHTML = (await mermaid.render("g" + at, text)).svg;
      results.push([...host.querySelectorAll(".node")].map((each) => each.innerHTML));
    } catch (error) { results.push(String(error)); }
    host.remove();
  }
  const bytes = new TextEncoder().encode(JSON.stringify(results));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  document.title = "done";
  document.body.textContent = "RESULT" + btoa(text) + "END";
})();
</script>"""


@needs_mermaid
@pytest.mark.slow
@pytest.mark.skipif(not _CHROMIUM, reason="no Chromium")
def test_a_browser_shows_hostile_names_as_they_are(tmp_path: Path) -> None:
    texts = [text for text in HOSTILE if shown(text).strip()]
    flowcharts = json.dumps([drawn("mermaid", hostile(text)) for text in texts])
    script = _PACKAGES / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
    page = tmp_path / "page.html"
    page.write_text(_PAGE % (script.as_uri(), flowcharts.replace("<", "\\u003c")))
    run = subprocess.run(
        [
            _CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=60000", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    found = re.search(r"RESULT([^<]*)END", run.stdout)
    assert found is not None, run.stdout[:1_000]
    for text, nodes in zip(texts, json.loads(base64.b64decode(found[1])), strict=True):
        assert isinstance(nodes, list), (text, nodes)
        lines = re.split(
            r"<br\s*/?>|</?p>", next(node for node in nodes if "VirtualMachine<" in node)
        )
        bare = [html.unescape(re.sub("<[^>]*>", "", line)).replace("\u2060", "") for line in lines]
        assert shown(text) in bare, (text, nodes)
