"""Trees on which a pattern, a comparison or a loop within a loop would take minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.tree import VM, Tree, many, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TREES"]

_CONFIG = ".vmsnap-lint.yaml"
_OURS = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"


def _field(value: str) -> dict[str, str]:
    """A value wherever text is parsed: a name, a duration, a quantity, a release, a patch."""
    claim = (
        "apiVersion: cdi.kubevirt.io/v1beta1\nkind: DataVolume\nmetadata: {name: root}\nspec:\n"
        "  source: {blank: {}}\n"
        f"  storage: {{resources: {{requests: {{storage: '{value}'}}}}}}\n"
    )
    restore = (
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineRestore\n"
        f"metadata: {{name: undo}}\nspec:\n  virtualMachineSnapshotName: '{value}'\n"
        f"  patches: ['{value}']\n"
        "  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}\n"
    )
    source = snapshot(f"'{value}'", f"'{value}'", f"failureDeadline: '{value}'")
    return {"m.yaml": f"{VM}---\n{source}---\n{claim}---\n{restore}"}


def _long_names() -> dict[str, str]:
    """Two names that differ a little, too long for any object."""
    name = "database-primary-" * 800
    return {"m.yaml": f"{VM.replace('web', name)}---\n{snapshot(name + 'xy')}"}


def _near_names() -> dict[str, str]:
    """Valid names that are all alike, of which many are asked for and none is there."""
    stem = "customer-facing-web-shop-frontend-in-production"
    vms = many(250, lambda n: VM.replace("name: web", f"name: {stem}-{n:04}"), "---\n")
    asked = many(60, lambda n: snapshot(f"{stem}-{n:03}x", f"s{n}"), "---\n")
    return {"m.yaml": f"{vms}---\n{asked}"}


def _duplicates() -> dict[str, str]:
    """Many keys twice, beside a long list that is to be looked through for each."""
    keys = many(500, lambda n: f"  k{n}: 1\n") * 2
    return {"m.yaml": f"{_OURS}metadata: {{name: a}}\nspec:\n{keys}  l: [{'1, ' * 8000}]\n"}


def _directives() -> dict[str, str]:
    """Documents that are only a directive, each taken for the head of all the rest."""
    return {"m.yaml": "%YAML 1.9\n---\n" * 3000 + _OURS}


def _unclosed() -> dict[str, str]:
    """Documents that do not parse, each with a message about its relevance."""
    return {"m.yaml": many(2000, lambda n: f"{_OURS}metadata: {{name: [{n}\n", "---\n")}


def _colons() -> dict[str, str]:
    """Documents of colons in flows, which the parser reads otherwise than Kubernetes does."""
    flow = "{a:b" + ":" * 1500 + "c: [d:e" + ":x" * 700 + "]}"
    return {
        "m.yaml": many(20, lambda n: f"{_OURS}metadata: {{name: n{n}}}\nspec: {flow}\n", "---\n")
    }


def _copies() -> dict[str, str]:
    """One VM again and again: each pair of definitions can disagree."""
    return {
        "m.yaml": many(500, lambda n: VM.replace("Halted", ("Halted", "Always")[n % 2]), "---\n")
    }


def _clusters() -> dict[str, str]:
    """Many KubeVirt objects, of which each may open a gate for each snapshot."""
    gates = many(
        300,
        lambda n: f"apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {{name: k{n}}}\n",
        "---\n",
    )
    asked = many(300, lambda n: snapshot("web", f"s{n}"), "---\n")
    return {"m.yaml": f"{gates}---\n{asked}"}


def _overrides() -> dict[str, str]:
    """Entries of a configuration, each asked about each finding and file."""
    entry = "- {{paths: ['a{0}/**/x*{0}/*'], ignore: [claim-missing], reason: r}}\n"
    excluded = many(800, lambda n: f"- 'b{n}/**/y*'\n")
    text = f"exclude:\n{excluded}overrides:\n{many(800, entry.format)}"
    return {_CONFIG: text, **{f"d{n}/m.yaml": snapshot(f"v{n}") for n in range(300)}}


def _toml(lines: str) -> dict[str, str]:
    return {"pyproject.toml": f"{lines}\n[tool.vmsnap-lint]\n", "m.yaml": snapshot()}


def _wrong_toml() -> dict[str, str]:
    rules = many(4000, lambda n: f"  'no-such-rule-{n}',\n")
    return {"pyproject.toml": f"[tool.vmsnap-lint]\nselect = [\n{rules}]\n", "m.yaml": snapshot()}


def _wrong_yaml() -> dict[str, str]:
    rules = many(4000, lambda n: f"- no-such-rule-{n}\n")
    return {_CONFIG: f"select:\n{rules}", "m.yaml": snapshot()}


def _gitignore(pattern: str, lines: int = 1, files: int = 2) -> Mapping[str, str]:
    names = [f"{'a' * 200}{n}/{'ab' * 100}.yaml" for n in range(files)]
    ignored = many(lines, lambda n: f"{pattern}{n}\n")
    return {".gitignore": ignored, **dict.fromkeys(names, snapshot())}


def _page(block: str, name: str = "page.md") -> dict[str, str]:
    return {name: block}


def _fenced(lines: str) -> str:
    return f"```yaml\n{_OURS}metadata: {{name: a}}\n{lines}\n```\n"


_STRETCHED = {
    "digits": "7" * 30_000,
    "point": "." * 30_000,
    "numbers": "1.1" * 10_000,
    "hours": "1h" * 20_000,
    "braces": "{" * 30_000,
    "closed": "{{}" * 15_000,
    "encrypted": "ENC[" * 15_000,
    "shell": "${" * 20_000,
    "command": "$(a" * 15_000,
    "marks": "@@a" * 15_000,
    "angles": "<a" * 20_000,
    "dashes": "a-" * 20_000,
    "dots": "a." * 20_000,
    "percents": "%a" * 20_000,
    "commas": ",:" * 20_000,
    "exponents": "1e" * 20_000,
    "release": "1.1.1-" * 8_000,
    "nesting": "[" * 20_000,
    "tabs": "\t" * 20_000,
}
_PAGES = {
    "blanks": _fenced(f"x:{' ' * 900}y\n" * 60),
    "dots": _fenced(f"{'. ' * 400}\n" * 60),
    "ellipses": _fenced("...\n" * 8000),
    "quotes": "> " * 3000 + "a\n",
    "items": "- a\n" * 20_000,
    "nested": many(400, lambda n: f"{'  ' * n}- a\n"),
    "brackets": "[" * 40_000,
    "images": "![a](" * 10_000,
    "ticks": many(300, lambda n: "`" * n + "a "),
    "stars": "*a **b " * 8000,
    "html": "<a " * 20_000,
    "entities": "&#x" * 20_000,
    "links": "[a]: <" * 10_000,
    "fences": "```\n" * 20_000,
    "heredocs": "```sh\n" + "cat <<A\n" * 4000 + "```\n",
    "filled": f"```sh\ncat <<A\n{'$(' * 490}\nA\n```\n" * 40,
    "comments": "<!--" * 15_000,
    "rules": "- - " * 500 + "\n",
    "setext": "a\n" * 20_000 + "===\n",
}
_ASCIIDOC = {
    "callouts": f"[source,yaml]\n----\n{_OURS}x: {'<1> ' * 15_000}y\n----\n",
    "attributes": "[" * 40_000,
    "blocks": "----\n" * 20_000,
    "sources": "[source,yaml]\n" * 6000,
    "lines": "[%a,b" * 12_000,
}

TREES = (
    *(Tree(f"field of {name}", _field(value)) for name, value in _STRETCHED.items()),
    *(Tree(f"page of {name}", _page(text), arguments=("--docs",)) for name, text in _PAGES.items()),
    *(
        Tree(f"AsciiDoc of {name}", _page(text, "a.adoc"), arguments=("--docs",))
        for name, text in _ASCIIDOC.items()
    ),
    Tree("names too long to be near", _long_names, says="DNS"),
    Tree("names that are all near", _near_names, says="customer-facing"),
    Tree("duplicate keys beside a list", _duplicates, says="duplicate"),
    Tree("directives without documents", _directives, says="m.yaml"),
    Tree("documents that do not parse", _unclosed, says="m.yaml"),
    Tree("colons in flows", _colons),
    Tree("copies of a VM", _copies, says="m.yaml", arguments=("--all-vms",)),
    Tree("KubeVirts and snapshots", _clusters, says="m.yaml"),
    Tree("overrides for files", _overrides, says="d0/m.yaml"),
    Tree("blanks in a TOML header", _toml(f"x = '''\n[{' ' * 4000}\n'''")),
    Tree("dots in a TOML key", _toml(f"'x' = 1\n{'a . ' * 4000}b = 1")),
    Tree("quotes in a TOML key", _toml("x = '''\n" + "\"a'b" * 4000 + "\n'''")),
    Tree("brackets in a TOML text", _toml(f"x = '''\n{'[[a]' * 8000}\n'''")),
    Tree("mistakes in TOML", _wrong_toml),
    Tree("mistakes in YAML", _wrong_yaml),
    Tree("stars in a .gitignore", _gitignore("*a*b*a", 40)),
    Tree("one star after another", _gitignore("*a" * 60, 5)),
    Tree("double stars in a .gitignore", _gitignore("**/a*/**/b*/**/c", 40)),
    Tree("lines of a .gitignore for files", _gitignore("/x*y", 8000, 200)),
    Tree("classes in a .gitignore", _gitignore("[!b]*" * 40, 5)),
)
