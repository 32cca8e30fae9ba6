"""Makes the trees that are measured; `python -m benchmarks.trees NAME SCALE DIRECTORY` makes one.

Everything is seeded: the same name and scale give the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import clusters
from benchmarks.clutter import MAKERS
from benchmarks.machines import Machine, classes, compact, triple
from benchmarks.varied import documents, name, sentence, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["TREES", "Tree", "cached", "described", "make"]

SEED = 20_261_129
_A_FOLDER = 50
_OURS = 0.04


class Tree(NamedTuple):
    """A tree: what is in it, the number of these at scale 1, and what writes it."""

    what: str
    size: int
    write: Callable[[Path, int, Random], None]


def _tiny(folder: Path, _count: int, chance: Random) -> None:
    machine = Machine(name(chance), name(chance))
    for one in compact(chance, machine):
        _put(folder, f"{one['kind'].lower()}.yaml", documents(chance, [one]))


def _dense(folder: Path, count: int, chance: Random) -> None:
    _put(folder, "classes.yaml", documents(chance, classes()))
    for path, text in _ours(count, chance):
        _put(folder, path, text)


def _ours(count: int, chance: Random) -> Iterator[tuple[str, str]]:
    """Files with a VM, what it mounts, and its snapshot."""
    team = ""
    for at in range(count):
        team = f"team-{at // _A_FOLDER}-{token(chance, 3)}" if at % _A_FOLDER == 0 else team
        machine = Machine(f"{name(chance)}-{at}", team)
        yield f"{team}/{machine.name}.yaml", documents(chance, triple(chance, machine))


def _monorepo(folder: Path, count: int, chance: Random) -> None:
    ours = max(1, round(count * _OURS))
    for path, text in _ours(ours, chance):
        _put(folder, f"vms/{path}", text)
    for share, maker in MAKERS:
        left = round(share * (count - ours))
        while left > 0:
            files = [*maker(chance)]
            for path, text in files:
                _put(folder, path, text)
            left -= len(files)


def _wide(folder: Path, count: int, chance: Random) -> None:
    """Documents so short that all are read until the limit of their number is met."""
    _put(folder, "all.yaml", "---\n".join(_short(at, chance) for at in range(count)))


def _short(at: int, chance: Random) -> str:
    """One document; of fifty two are a VM and its snapshot."""
    if at % 50 == 1:
        return (
            "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
            f"metadata: {{name: {name(chance)}-{at:x}}}\n"
            "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, "
            f"name: vm-{at - 1}}}}}\n"
        )
    if at % 50 == 0:
        return (
            f"apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {{name: vm-{at}}}\n"
            "spec: {runStrategy: Halted, template: {spec: {domain: {devices: {}}, volumes: "
            f"[{{name: root, persistentVolumeClaim: {{claimName: {name(chance)}-{at}}}}}]}}}}}}\n"
        )
    kind = chance.choice(("ServiceAccount", "ConfigMap", "Namespace"))
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name(chance)}-{at:x}}}\n"


def _export(folder: Path, count: int, chance: Random) -> None:
    """Documents of all kinds in files as large as one may be."""
    written = 0
    for number in range(-(-count // _OF_A_FILE)):
        values: list[object] = classes() if number == 0 else []
        while len(values) < _OF_A_FILE and written + len(values) < count:
            machine = Machine(f"{name(chance)}-{number}-{len(values)}", name(chance))
            values += triple(chance, machine) if chance.random() < 0.5 else _others(chance, machine)
        del values[count - written :]
        written += len(values)
        _put(folder, f"export-{number}.yaml", documents(chance, values))


_OF_A_FILE = 2_000


def _others(chance: Random, machine: Machine) -> list[object]:
    metadata = {"name": machine.name, "namespace": machine.namespace, "uid": token(chance, 32)}
    return [
        {"apiVersion": "v1", "kind": kind, "metadata": {**metadata, "resourceVersion": f"{at}"},
         field: {name(chance): sentence(chance, 6) for _ in range(chance.randint(1, 9))}}
        for at, (kind, field) in enumerate((("ConfigMap", "data"), ("Secret", "stringData")))
    ]  # fmt: skip


def _deep(folder: Path, count: int, chance: Random) -> None:
    """A hundred namespaces, each with files of a hundred VMs."""
    _put(folder, "classes.yaml", documents(chance, classes()))
    for number in range(_NAMESPACES):
        namespace = f"tenant-{number}"
        for first in range(0, count, 100):
            values: list[object] = []
            for at in range(first, min(first + 100, count)):
                values += compact(chance, Machine(f"{name(chance)}-{at}", namespace))
            _put(folder, f"{namespace}/vms-{first // 100}.yaml", documents(chance, values))


_NAMESPACES = 100


TREES = {
    "tiny": Tree("{count} manifests", 3, _tiny),
    "dense": Tree("{count:,} files, each of ours", 10_000, _dense),
    "monorepo": Tree("{count:,} files, of which 4 % matter", 30_000, _monorepo),
    "wide": Tree("one file of {count:,} short documents", 100_000, _wide),
    "export": Tree("{count:,} documents in files of 2,000", 100_000, _export),
    "deep": Tree("100 namespaces of {count:,} VMs", 1_000, _deep),
    "clusters": Tree("5 clusters of {count:,} units", 300, clusters.make),
}


def described(name_: str, scale: float) -> str:
    """What is in a tree at a scale."""
    return TREES[name_].what.format(count=_number(name_, scale))


def _number(name_: str, scale: float) -> int:
    tree = TREES[name_]
    return tree.size if name_ == "tiny" else max(1, round(tree.size * scale))


def make(name_: str, scale: float, folder: Path) -> None:
    """Writes a tree to a directory that is not there."""
    folder.mkdir(parents=True)
    TREES[name_].write(folder, _number(name_, scale), Random(f"{SEED} {name_}"))


def cached(name_: str, scale: float, trees: Path) -> Path:
    """Where a tree is, or is to be made: another directory whenever its makers change."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.stem in _MAKERS:
            digest.update(file.read_bytes())
    return trees / f"{name_}-{scale:g}-{digest.hexdigest()[:8]}" / name_


_MAKERS = ("chart", "clusters", "clutter", "machines", "trees", "varied")


def _put(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
