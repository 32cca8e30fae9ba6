"""A hostile tree: its files, and what a run over it may not do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = [
    "CANARY", "OUTSIDE", "SERVER", "VM", "Content", "Fifo", "Link", "Sparse", "Tree", "lay", "many",
    "snapshot",
]  # fmt: skip

OUTSIDE = "@OUTSIDE@"  # a directory outside of the tree
CANARY = f"{OUTSIDE}/canary"  # a secret file in it
SERVER = "@SERVER@"  # the address of a server that must not be asked
VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {}}
      volumes: [{name: root, persistentVolumeClaim: {claimName: root}}]
"""


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Sparse(NamedTuple):
    """A file that has a length, but hardly any contents."""

    head: str
    length: int


class Fifo(NamedTuple):
    """A pipe that nobody writes to."""


Content = str | bytes | Link | Sparse | Fifo


class Tree(NamedTuple):
    """A tree, made when it is needed.

    `says`: what the report must hold, so that nothing is skipped in silence. `never`: what no
    output may hold. `renders`: it needs kubectl and helm.
    """

    name: str
    files: Mapping[str, Content] | Callable[[], Mapping[str, Content]]
    says: str = ""
    never: str = ""
    arguments: tuple[str, ...] = ()
    renders: bool = False


def lay(tree: Tree, directory: Path, outside: str, server: str) -> None:
    """Writes the files of a tree."""
    files = tree.files() if callable(tree.files) else tree.files
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target.replace(OUTSIDE, outside))
        elif isinstance(content, Fifo):
            os.mkfifo(path)
        elif isinstance(content, Sparse):
            path.write_text(content.head)
            os.truncate(path, content.length)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content.replace(OUTSIDE, outside).replace(SERVER, server))


def snapshot(vm: str = "web", name: str = "nightly", more: str = "") -> str:
    """A snapshot of a VM; `more` are further lines of its spec."""
    below = "".join(f"  {line}\n" for line in more.splitlines())
    return (
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        f"metadata: {{name: {name}}}\nspec:\n"
        f"  source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: {vm}}}\n{below}"
    )


def many(count: int, text: Callable[[int], str], between: str = "") -> str:
    """Numbered texts, one after the other."""
    return between.join(map(text, range(count)))
