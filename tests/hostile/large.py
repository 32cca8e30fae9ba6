"""Trees that take much memory, are reported at length, or are passed over without a word."""

from __future__ import annotations

import json

from tests.hostile.tree import VM, Tree, many, snapshot

__all__ = ["TREES"]

_OURS = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
_NAMED = f"{_OURS}metadata: {{name: a}}\n"


def _mappings() -> dict[str, str]:
    return {"m.yaml": f"{_NAMED}spec: [{'{},' * 900_000}]\n"}


def _mappings_in_json() -> dict[str, str]:
    value = {
        "apiVersion": "snapshot.kubevirt.io/v1beta1",
        "kind": "VirtualMachineSnapshot",
        "spec": [{}] * 900_000,
    }
    return {"m.json": json.dumps(value)}


def _documents() -> dict[str, str]:
    return {"m.yaml": many(6, lambda _: f"{_NAMED}spec: [{'{},' * 400_000}]\n", "---\n")}


def _lists() -> dict[str, str]:
    return {"m.yaml": f"{_NAMED}spec:\n" + "- []\n" * 900_000}


def _ends() -> dict[str, str]:
    return {"m.yaml": f"{snapshot()}{chr(10) * 9_900_000}"}


def _returns() -> dict[str, str]:
    return {"m.yaml": f"{snapshot()}{chr(13) * 9_900_000}"}


def _keys() -> dict[str, str]:
    return {"m.yaml": f"{_NAMED}spec:\n{many(450_000, lambda n: f'  k{n}: 1{chr(10)}')}"}


def _binary() -> dict[str, str]:
    return {"m.yaml": f"{_NAMED}spec: !!binary {'aGVs' * 2_200_000}\n"}


def _foreign() -> dict[str, bytes]:
    """JSON that is not ours: it is only looked through."""
    data = b'{"a": "' + b"VirtualMachin " * 700_000 + b'"}'
    return {**{f"{n}.json": data for n in range(30)}, "m.yaml": snapshot().encode()}


def _names() -> dict[str, str]:
    """A name of 100 KB to which many findings point."""
    name = "n" * 100_000
    restores = many(400, lambda n: _restore(n, name), "---\n")
    return {"m.yaml": f"{snapshot('web', name)}---\n{restores}"}


def _restore(number: int, name: str) -> str:
    return (
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineRestore\n"
        f"metadata: {{name: r{number}}}\nspec:\n  virtualMachineSnapshotName: {name[:900]}\n"
        "  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: gone}\n"
    )


def _aliases() -> dict[str, str]:
    """A list of faults, named again and again: as many faults each time."""
    wrong = ", ".join(f"{{name: {n}, odd: x}}" for n in range(300))
    again = ", ".join(["*a"] * 90)
    vm = VM.replace("volumes: [", "volumes: [*a, ")
    return {"m.yaml": f"x-list: &a [{wrong}]\n{vm}more: [{again}]\n"}


def _volumes() -> dict[str, str]:
    """A list of wrong volumes of many VMs, each the same list by an alias."""
    wrong = many(200, lambda n: f"      - {{name: V{n}, odd: {n}}}\n")
    vm = (
        "- apiVersion: kubevirt.io/v1\n  kind: VirtualMachine\n  metadata: {{name: v{0}}}\n"
        "  spec: {{runStrategy: 7, template: {{spec: {{domain: {{}}, volumes: {1}}}}}}}\n"
    )
    first = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data:\n    list: &a\n"
    rest = many(200, lambda n: vm.format(n, "*a"))
    return {"m.yaml": f"apiVersion: v1\nkind: List\nitems:\n{first}{wrong}{rest}"}


def _unknown() -> dict[str, str]:
    fields = many(100_000, lambda n: f"  unknownField{n}: 1\n")
    return {"m.yaml": snapshot() + fields}


def _bomb() -> dict[str, str]:
    levels = many(9, lambda n: f"  a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n")
    return {"m.yaml": f"{_NAMED}spec:\n  a0: &a0 [x]\n{levels}"}


def _templates() -> dict[str, str]:
    """Each would be a world of its own."""
    head = "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {{name: t{0}}}\n"
    inner = many(2, lambda n: f"- {_FLOW.replace('web', f'w{n}')}\n")
    return {"m.yaml": many(4_000, lambda n: f"{head.format(n)}objects:\n{inner}", "---\n")}


def _texts() -> dict[str, str]:
    """Files in ConfigMaps: as long as is read of one, and all of them again by aliases."""
    text = many(9_000, lambda n: f"    ---\n    {_FLOW.replace('nightly', f'n{n}')}\n")
    again = many(2_000, lambda n: f"  a{n}: *a\n")
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n"
    return {"m.yaml": many(4, lambda _: f"{head}  a: &a |\n{text}{again}", "---\n")}


_FLOW = json.dumps({
    "apiVersion": "snapshot.kubevirt.io/v1beta1",
    "kind": "VirtualMachineSnapshot",
    "metadata": {"name": "nightly"},
    "spec": {"source": {"kind": "VirtualMachine", "name": "web"}},
})  # fmt: skip


_SILENT: dict[str, str | bytes] = {
    "behind an end of document": f"{VM}...\n{snapshot()}",
    "behind an end, indented": f"{VM}...\n  {{a: 1}}\n{snapshot()}",
    "behind a flow mapping": f"{{a: 1}}\n{snapshot()}",
    "below an empty array": f"[]\n{snapshot()}",
    "below an empty array of its own": f"[]\n---\n{snapshot()}",
    "within an array": "[{apiVersion: snapshot.kubevirt.io/v1, kind: VirtualMachineSnapshot}]\n",
    "below a scalar": f"x\n---\n{snapshot()}",
    "behind two JSON values": f'{{"a": 1}}\n{{"b": 2}}\n---\n{snapshot()}',
    "behind a bad separator": f"{VM}--- x\n{snapshot()}",
    "behind a separator with an object": f"--- {{a: 1}}\n{snapshot()}",
    "below a directive": f"%YAML 1.2\n{snapshot()}",
    "behind a tag": f"!x {{}}\n---\n{snapshot()}",
    "behind a NUL": f"{VM}---\n\0\n---\n{snapshot()}",
    "in UTF-16 without a mark": snapshot().encode("utf-16-le"),
    "in UTF-32": snapshot().encode("utf-32"),
    "behind a broken byte": snapshot().encode() + b"x: \xff\n",
    "with old line ends": snapshot().replace("\n", "\r"),
    "with line ends of IBM": snapshot().replace("\n", "\x85"),
}

TREES = (
    Tree("empty mappings", _mappings, says="m.yaml"),
    Tree("empty mappings in JSON", _mappings_in_json, says="m.json"),
    Tree("documents of empty mappings", _documents, says="m.yaml"),
    Tree("empty lists", _lists, says="m.yaml"),
    Tree("line ends", _ends, says="m.yaml"),
    Tree("old line ends", _returns, says="m.yaml"),
    Tree("keys", _keys, says="m.yaml"),
    Tree("base64", _binary, says="m.yaml"),
    Tree("large files that are not ours", _foreign, says="m.yaml"),
    Tree("a list of Markdown", {"page.md": "- a\n" * 250_000}, arguments=("--docs",)),
    Tree("unknown fields", _unknown, says="unknownField"),
    Tree("a name of 100 KB", _names, says="m.yaml"),
    Tree("faults by aliases", _aliases, says="m.yaml", arguments=("--all-vms",)),
    Tree("volumes by aliases", _volumes, says="m.yaml", arguments=("--all-vms",)),
    Tree("volumes by aliases, out of scope", _volumes),
    Tree("templates", _templates, says="m.yaml", arguments=("--all-vms",)),
    Tree("texts in ConfigMaps", _texts, says="which holds more than is read"),
    Tree("aliases of aliases", _bomb, says="m.yaml"),
    *(
        Tree(f"a snapshot {where}", {"m.yaml": text}, says="m.yaml")
        for where, text in _SILENT.items()
    ),
    Tree(
        "resources named twice",
        {
            "kustomization.yaml": "resources: [a.yaml]\nresources: [m.yaml]\n",
            "m.yaml": snapshot(),
            "a.yaml": VM,
        },
        says="kustomization.yaml",
    ),
)
