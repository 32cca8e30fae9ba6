"""The page is valid HTML that runs only its own script, whatever the manifests hold."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.pictures.pages import HOSTILE, INPUT, everywhere, page, plans_of, snapshots
from vmsnap_lint import cli, engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Judged, NotChecked
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from pathlib import Path

_VOID = {"br", "input", "link", "meta", "option"}
_EMPTY = Plans()


class _Tree(HTMLParser):
    """Reads a page: its elements with their attributes, and its text; each end fits its start."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _shape(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page with the names of their attributes."""
    return [(tag, tuple(attributes)) for tag, attributes in _Tree(text).elements]


def _body(text: str) -> str:
    """The text of a page without its style and script."""
    return re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a real run."""
    return page(plans_of(INPUT, tmp_path_factory.mktemp("input"), all_vms=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_manifest_changes_the_structure(text: str) -> None:
    written = page(everywhere(text))
    assert _shape(written) == _shape(page(everywhere("plain")))
    assert _Tree(written).comments == []


@pytest.mark.parametrize("text", [*HOSTILE, "plain"])
def test_no_reader_of_html_finds_a_mistake(text: str) -> None:
    html5lib = pytest.importorskip("html5lib")
    html5lib.HTMLParser(strict=True).parse(page(everywhere(text)))


@examples(200)
@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_every_text_makes_a_page_of_printable_ascii_of_the_same_structure(text: str) -> None:
    written = page(everywhere(text))
    assert written.isascii()
    assert all(line.isprintable() for line in written.split("\n"))
    assert _shape(written) == _shape(page(everywhere("plain")))


def test_long_texts_are_cut() -> None:
    assert max(len(page(everywhere(text))) for text in HOSTILE) < 200_000


@pytest.mark.parametrize("text", ["虚拟机", "שלום", '"><img src=x onerror=alert(1)>', "<!--"])
def test_what_can_be_shown_is_shown_as_it_is(text: str) -> None:
    tree = _Tree(page(everywhere(text)))
    assert tree.texts.count(text) > 20
    assert [each.get("data-cluster") for each in tree.named("section")][1:2] == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\u202e", r"\u202e"), ("\0", r"\x00"), ("\ud800", r"\ud800"), ("a\nb", r"a\nb")],
)
def test_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    texts = _Tree(page(everywhere(text))).texts
    assert shown in texts
    assert all(text not in each for each in texts if each.strip() and "{" not in each)


def test_the_policy_allows_its_own_script_and_style_and_nothing_else() -> None:
    written = page(everywhere("x"))
    (policy,) = [
        each["content"]
        for each in _Tree(written).named("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    blocks = {
        name: b64encode(sha256(text.encode()).digest()).decode()
        for name, text in re.findall(r"<(style|script)>(.*?)</\1>", written, re.DOTALL)
    }
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{blocks['script']}'; "
        f"style-src 'sha256-{blocks['style']}'; base-uri 'none'; form-action 'none'"
    )
    assert written.index("Content-Security-Policy") < written.index("<style>")


def test_script_and_style_are_the_same_for_every_input() -> None:
    found = {
        tuple(re.findall(r"<(?:style|script)>.*?</(?:style|script)>", page(plans), re.DOTALL))
        for plans in (_EMPTY, everywhere("x"), everywhere("</script>"), snapshots(3))
    }
    assert [len(blocks) for blocks in found] == [2]


def test_nothing_is_loaded_and_nothing_runs_by_an_attribute(real: str) -> None:
    tree = _Tree(real)
    names = {name for _, attributes in tree.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"style", "src", "srcset", "action", "formaction", "background", "poster"}
    assert [each["href"] for each in tree.named("a")] == ["#objects"]
    assert not tree.named("link") + tree.named("form") + tree.named("iframe")
    assert not re.search(r"https?:|//|@import|url\(|eval\(|innerHTML", _script_and_style(real))


def _script_and_style(text: str) -> str:
    blocks = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.DOTALL)
    return re.sub(r"(?m)//.*$", "", "".join(blocks))


def test_it_says_which_objects_are_not_complete_and_why(real: str) -> None:
    tree = _Tree(real)
    found = [(each["data-kind"], each["data-verdict"]) for each in tree.named("article")]
    assert found == [
        ("VirtualMachineSnapshot", "stuck"),
        ("VirtualMachineSnapshot", "partial"),
        ("VirtualMachineRestore", "partial"),
        ("VirtualMachine", "partial"),
        ("VirtualMachineExport", "complete"),
    ]
    assert "4 of 5 objects are not complete." in tree.texts
    assert any('StorageClass "local" uses "rancher.io/local-path"' in each for each in tree.texts)


def test_every_object_has_its_file_and_line(real: str) -> None:
    lines = [re.search(r"\{name: ([\w-]+)[,}]", line) for line in INPUT.split("\n")]
    declared = {found[1]: number for number, found in enumerate(lines, 1) if found}
    for name in ("nightly", "lost", "back", "out", "web-root", "web-data", "ceph", "local"):
        place = rf"[^<]*/vms.yaml:{declared[name]}"
        assert re.search(rf'<bdi>{name}</bdi> <code dir="ltr">{place}</code>', real)


def test_a_chain_has_all_its_objects_and_the_one_at_which_it_breaks(real: str) -> None:
    chains = re.findall(r'<ol class="chain" role="list">\n(.*?)</ol>', real, re.DOTALL)
    objects = [re.findall(r"<small>(\w+)</small> <bdi>(.*?)</bdi>", chain) for chain in chains]
    assert [
        ("Volume", "root"), ("PersistentVolumeClaim", "web-root"), ("StorageClass", "ceph"),
        ("VolumeSnapshotClass", "ceph-snap"),
    ] in objects  # fmt: skip
    broken = next(chain for chain in chains if ">local<" in chain)
    marked = [line for line in broken.splitlines() if "broken at" in line]
    assert [re.findall("<bdi>(.*?)</bdi>", line) for line in marked] == [["local"]]
    assert '<li class="fault">' in marked[0]
    missing = next(chain for chain in chains if ">wbe<" in chain)
    assert '<li class="cut"><span class="off">broken at </span>' in missing


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_word_a_colour_and_a_shape(verdict: Verdict) -> None:
    written = page(everywhere("x", verdict))
    word = verdict.value
    assert f'<span class="v {word}">{word}</span> <span class="k">' in written
    assert re.search(rf"\.v\.{word}\b[^{{]*{{", written) or word == "unknown"
    assert f'<article class="{word}" data-verdict="{word}"' in written


def test_the_shapes_of_verdicts_differ() -> None:
    style = _script_and_style(page(_EMPTY))
    shapes = re.findall(r"\.v\.(\w+)::before[^{]*{[^}]*?(clip-path: [^;]*;[^}]*)}", style)
    assert len({shape for _, shape in shapes}) == len(shapes)
    assert {"rejected", "stuck", "partial", "empty"} <= {name for name, _ in shapes}


def test_every_colour_of_text_has_enough_contrast() -> None:
    """4.5 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    style = _script_and_style(page(_EMPTY))
    schemes = re.findall(r":root {(.*?)}", style, re.DOTALL)
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#\w+);", scheme))
        grounds = colours.pop("ground"), colours.pop("box")
        assert len(colours.pop("line")) > 3
        assert set(colours) == {"text", "soft", "link", "good", "bad", "warn", "odd"}
        ratios = {(n, g): _contrast(c, g) for n, c in colours.items() for g in grounds}
        assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def _contrast(one: str, other: str) -> float:
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_headings_landmarks_and_headers_are_there(real: str) -> None:
    tree = _Tree(real)
    tags = [tag for tag, _ in tree.elements]
    assert [tags.count(tag) for tag in ("html", "title", "h1", "main", "search", "footer")] == [
        1
    ] * 6
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    assert tree.named("html") == [{"lang": "en"}]
    assert all(each["scope"] in ("row", "col") for each in tree.named("th"))
    ids = [attributes["id"] for _, attributes in tree.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [
        each.get("aria-labelledby") or each.get("aria-describedby") for _, each in tree.elements
    ]
    assert set(filter(None, named)) <= set(ids)


def test_the_numbers_are_those_of_the_objects(real: str) -> None:
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', real)
    counts = {kind: re.findall(r">(\d+)<", cells) for kind, cells in rows}
    assert counts["VirtualMachineSnapshot"] == ["1", "1", "0", "2"]
    assert counts["all"] == ["1", "3", "1", "5"]
    assert "5 of 5 shown" in _Tree(real).texts


def test_files_that_were_not_checked_are_listed() -> None:
    few, many = (
        page(Plans(not_checked=tuple(NotChecked(f"{n}.yaml", "why") for n in range(number))))
        for number in (1, 100)
    )
    assert "1 input</summary>" in few
    assert "100 inputs</summary>" in many
    assert "<details open>" in few
    assert "<details open>" not in many


def test_it_says_for_which_releases_it_holds(real: str) -> None:
    assert "Judged for KubeVirt 1.9 (the newest known; --kubevirt sets it)." in _Tree(real).texts
    releases = Judged("1.3.0", "x<y", ("a",)), Judged("1.9.0", "", ("b",))
    texts = _Tree(page(Plans(judged=releases))).texts
    assert any(text.endswith("judged for KubeVirt 1.3 (x<y).") for text in texts)
    assert sum("judged for KubeVirt" in text for text in texts) == 2


def test_an_empty_run_is_a_page() -> None:
    tree = _Tree(page(_EMPTY))
    nothing = "No snapshot, restore, clone or export in the input"
    assert f"{nothing} (--all-vms shows every VM)." in tree.texts
    assert f"{nothing}." in _Tree(page(Plans(vms=()))).texts
    assert tree.named("article") == tree.named("fieldset") + tree.named("th") == []


def test_objects_are_in_their_clusters() -> None:
    two = [plan._replace(cluster=name) for plan in snapshots(2).snapshots for name in ("b", "a")]
    every = (*two, *snapshots(1).snapshots)
    written = page(Plans(snapshots=every, clusters=("a", "b")))
    sections = _Tree(written).named("section")
    assert [each["data-cluster"] for each in sections if "data-cluster" in each] == ["a", "b", ""]
    assert re.findall(r"<option value=\"(.*?)\">(.*?)</option>", written) == [
        ("", "all"), ("a", "a"), ("b", "b"), ("", "in no cluster"),
    ]  # fmt: skip


def test_only_few_chains_are_open() -> None:
    assert page(snapshots(100)).count("<details open>") == 20
    assert page(snapshots(300)).count("<details open>") == 0


def test_paths_are_those_of_the_repository_from_every_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "apps" / "web"
    below.mkdir(parents=True)
    (below / "vms.yaml").write_text(INPUT)
    (below / "chart.yaml").write_text("apiVersion: kubevirt.io/v1\nkind: {{ .Values.kind }}\n")
    pages = []
    for here, path in ((tmp_path, "."), (below, "."), (below, str(below)), (below, "../../apps")):
        monkeypatch.chdir(here)
        pages.append(page(engine.plan((path,), None, Settings()).plans))
    assert re.findall("<code[^>]*>([^<]*)</code>", pages[0])[0].startswith("apps/web/vms.yaml:")
    assert '<code dir="ltr">apps/web/chart.yaml</code>' in pages[0]
    assert len(set(pages)) == 1


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    documents = INPUT.split("---\n")
    files = [tmp_path / f"{number}.yaml" for number in range(len(documents))]
    for file, text in zip(files, documents, strict=True):
        file.write_text(text)
    orders = [tuple(map(str, order)) for order in (files, files[::-1], files[5:] + files[:5])]
    assert len({page(engine.plan(order, None, Settings()).plans) for order in orders}) == 1


def test_it_is_written_to_a_file_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vms.yaml").write_text(INPUT)
    target = tmp_path / "plan.html"
    assert cli.run(["plan", "--output", f"html={target}", "--format=html", str(tmp_path)]) == 0
    written = target.read_bytes().decode("ascii")
    assert written == capsys.readouterr().out
    assert written.startswith("<!DOCTYPE html>\n<html")
    assert written.endswith("</html>\n")


def test_equal_input_gives_equal_bytes() -> None:
    assert page(snapshots(50)) == page(snapshots(50))
    assert page(everywhere("x")) == page(everywhere("x"))


def test_ten_thousand_objects_take_proportionate_time_and_room() -> None:
    written = page(snapshots(10_000))
    assert written.count("<article") == 10_000
    assert len(written) < 30_000_000
    assert max(map(len, _body(written).split("\n"))) < 1_000
