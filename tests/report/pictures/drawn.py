"""Plans to be drawn: of objects, of hostile text, and of many snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.builders import world
from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.plans import Plans, render

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.report.pictures.object_graph import ObjectGraph

__all__ = ["HOSTILE", "TEXTS", "drawn", "graph", "hostile", "many", "plans", "steps"]

HOSTILE = (
    "1. x", "- a", "* b", "`c`", "```js", "[x](javascript:alert(1))", "<script>alert(1)</script>",
    "end", 'a"b', "#quot;", "#35;", "&amp;", "&#60;b&#62;", "%%{init: {}}%%", "%% x", "click n1",
    "$$x$$", "fa:fa-ban", "www.example.com", "a@b.co", "@user", "#123", "]]>", "}}", "|x|",
    "\n::error::x", "##vso[task.debug]", "\u202eabc", "\x00\x07", "虚拟机", "ﬂ°°35¶ß", "😀", "a;b",
    "--> n3", "---\ntitle: x\n---", "subgraph x", "_em_ **bold** ~~s~~", "\\n", "\\N", "a\\", "\\",
    "1) x", "    code", "x" * 70_000, "", "  ", "===", "# h", "e\u0301", "\ud800", "\ufffe", "a  b",
    "<br/>", "{{x}}", "style n1 fill:red", ":::broken", "<!--", "-->", "accTitle: x",
    "@{ shape: rect }", "שלום", "}; digraph {",
)  # fmt: skip
_PIECES = st.sampled_from(
    [
        *'"\\&;#<>|`$@%:{}[]()=~*_-./ \n\r\t\x00\u202e\u200b\ud800\uffff',
        "ab",
        "n1",
        "é",
        "虚",
        "end",
    ]
)
TEXTS = st.lists(_PIECES, max_size=12).map("".join)


def plans(*objects: dict[str, Any], all_vms: bool = False, **more: Any) -> Plans:
    """The plans of the objects."""
    return _plans(world(objects, **more), all_vms)


def _plans(seen: World, all_vms: bool) -> Plans:
    of = seen.workspace.of
    return Plans(
        snapshots=tuple(map(seen.plan, of(SNAPSHOT))),
        vms=tuple(map(seen.preview_plan, of(VM))) if all_vms else None,
        restores=tuple(map(seen.restores.restore_plan, of(RESTORE))),
        clones=tuple(map(seen.copies.clone_plan, of(CLONE))),
        exports=tuple(map(seen.copies.export_plan, of(EXPORT))),
    )


def graph(*objects: dict[str, Any], **more: Any) -> ObjectGraph:
    """The graph of the objects."""
    return graph_of(plans(*objects, **more))


def steps(of: ObjectGraph) -> dict[str, str]:
    """The state of each step, by its ends: `StorageClass fast -> VolumeSnapshotClass snap`."""
    names = {node.id: f"{node.kind} {node.name or node.note}" for node in of.nodes}
    return {f"{names[edge.start]} -> {names[edge.end]}": edge.state.value for edge in of.edges}


def hostile(text: str) -> Plans:
    """A snapshot with that text wherever there can be text."""
    volumes = (
        VolumePlan(text, text, False, text, text, text, True),
        VolumePlan("seed", None, False, None, None, text, False),
    )
    plan = SnapshotPlan(text, text, text, Verdict.PARTIAL, (text,), volumes, text)
    return Plans((plan,), clusters=(text,))


def many(number: int, broken_of: int = 1, volumes: int = 3) -> Plans:
    """Snapshots of which every so many-th lacks a disk, in seven namespaces of three clusters."""
    return Plans(tuple(_one(at, at % broken_of == 0, volumes) for at in range(number)))


def _one(at: int, is_broken: bool, volumes: int) -> SnapshotPlan:
    listed = tuple(_volume(at, each, is_broken and each == 1) for each in range(volumes))
    verdict, reasons = (Verdict.PARTIAL, ("x",)) if is_broken else (Verdict.COMPLETE, ())
    home, cluster = f"ns{at % 7}", f"c{at % 3}"
    return SnapshotPlan(home, f"snap{at}", f"vm{at}", verdict, reasons, listed, cluster)


def _volume(at: int, each: int, is_broken: bool) -> VolumePlan:
    classes = ("ceph", None if is_broken else "snap")
    return VolumePlan(
        f"v{each}", f"vm{at}-v{each}", not is_broken, *classes, "no class fits", persistent=True
    )  # fmt: skip


def drawn(name: str, of: Plans) -> str:
    """The plans in a format."""
    return "".join(f"{line}\n" for line in render(name, of, Look()))
