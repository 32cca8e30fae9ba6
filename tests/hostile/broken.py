"""Trees on which a library or the system raises what nobody expected, or warns."""

from __future__ import annotations

from tests.hostile.tree import CANARY, VM, Fifo, Link, Sparse, Tree, snapshot

__all__ = ["TREES"]

_CONFIG = ".vmsnap-lint.yaml"
_PYPROJECT = "[tool.vmsnap-lint]\n"
_PATTERNS = {
    "range": "[m-c]*.yaml",
    "range within": "x[a-z9-0]",
    "escaped slash": "bar\\/",
    "escaped end": "*\\",
    "backslash": "\\",
    "class": "[[]",
    "set": "[a--b]",
    "union": "[a||b]",
    "both": "[a&&b]",
    "not": "[!]",
    "alone": "!",
    "stars": "***",
    "posix": "[[:digit:]",
    "octal": "\\777",
    "group": "(?P<a>)",
    "bytes": "\udcff[",
    "slashes": "//",
    "dot": "./x",
    "up": "../m.yaml",
    "zero": "a\0b",
}


def _configured(text: str) -> dict[str, str]:
    return {_CONFIG: text, "m.yaml": snapshot()}


def _of_key(key: str, value: str) -> dict[str, str]:
    return _configured(f"{key}: {value}\n")


_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: keys.snapshot.kubevirt.io}
spec:
  group: snapshot.kubevirt.io
  scope: Namespaced
  names: {kind: Key, plural: keys}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {key: {type: string, format: byte}}}
"""
# `size(self.key) == 4` holds: the bytes are x, NUL, y, z.
_RULE = "x-kubernetes-validations: [{rule: 'size(self.key) == 4'}], "
_KEY = """\
---
apiVersion: snapshot.kubevirt.io/v1
kind: Key
metadata: {name: k}
spec: {key: eAB5eg==}
"""

TREES = (
    *(
        Tree(
            f".gitignore: {name}",
            {
                ".gitignore": f"{line}\n*.tmp\n".encode("utf-8", "surrogateescape"),
                "m.yaml": snapshot(),
                "x/m.yaml": VM,
            },
        )
        for name, line in _PATTERNS.items()
    ),
    *(
        Tree(f"a NUL in {key}", _of_key(key, value))
        for key, value in {
            "facts": r'"x\0y"',
            "baseline": r'"x\0y"',
            "crds": r'["x\0y"]',
            "context": r'["x\0y"]',
            "root": r'"x\0y"',
            "exclude": r'["x\0y"]',
            "helm-values": r'["x\0y"]',
            "kubevirt": r'"1.6\0"',
        }.items()
    ),
    *(
        Tree(f"{key} without an end", _of_key(key, value))
        for key, value in {
            "facts": "/dev/zero",
            "baseline": "/dev/zero",
            "crds": "[/dev/zero]",
        }.items()
    ),
    *(
        Tree(f"{key} that is a pipe", {"pipe": Fifo(), **_of_key(key, value)})
        for key, value in {
            "facts": "pipe",
            "baseline": "pipe",
            "crds": "[pipe]",
            "context": "[pipe]",
        }.items()
    ),
    Tree(
        "a number of 5,000 digits in TOML",
        {"pyproject.toml": f"x = {'3' * 5000}\n{_PYPROJECT}", "m.yaml": VM},
    ),
    Tree("a number of 5,000 digits in YAML", _configured(f"kubevirt: {'3' * 5000}\n")),
    Tree(
        "a dotted key of 700 steps",
        {"pyproject.toml": f"{_PYPROJECT}{'k.' * 700}k = 1\n", "m.yaml": VM},
    ),
    Tree(
        "arrays of 2,000 levels in TOML",
        {"pyproject.toml": f"{_PYPROJECT}x = {'[' * 2000}\n", "m.yaml": VM},
    ),
    Tree(
        "TOML that is no UTF-8",
        {"pyproject.toml": _PYPROJECT.encode() + b"x = '\xff'\n", "m.yaml": VM},
    ),
    Tree(
        "a baseline of 100,000 levels", {"b.json": "[" * 100_000, **_of_key("baseline", "b.json")}
    ),
    Tree(
        "a number of 5,000 digits in a baseline",
        {"b.json": f'{{"version": {"1" * 5000}}}', **_of_key("baseline", "b.json")},
    ),
    Tree(
        "a configuration of 3 GB",
        {_CONFIG: Sparse("kubevirt: '1.6'\n", 3 * 2**30), "m.yaml": snapshot()},
    ),
    Tree(
        "a pyproject.toml of 3 GB",
        {"pyproject.toml": Sparse(_PYPROJECT, 3 * 2**30), "m.yaml": snapshot()},
    ),
    Tree(
        "a .gitignore of 3 GB", {".gitignore": Sparse("*.tmp\n", 3 * 2**30), "m.yaml": snapshot()}
    ),
    Tree(
        "manifests of 3 GB",
        {f"m{n}.yaml": Sparse(snapshot(), 3 * 2**30) for n in range(20)},
        says="m0.yaml",
    ),
    Tree(
        "links to what is not there",
        {
            "a.yaml": Link("b.yaml"),
            "b.yaml": Link("a.yaml"),
            "c.yaml": Link("x"),
            "d": Link("."),
            "m.yaml": snapshot(),
        },
        says="nightly",
    ),
    Tree("a link to a secret", {"a.yaml": Link(CANARY), "m.yaml": snapshot()}),
    Tree("a manifest that is a pipe", {"a.yaml": Fifo(), "m.yaml": snapshot()}, says="nightly"),
    Tree("a directory named like a manifest", {"a.yaml/b.yaml": snapshot()}, says="nightly"),
    Tree(
        "bytes with NUL and a rule",
        {"c.yaml": _CRD.replace("{type: object, prop", f"{{type: object, {_RULE}prop") + _KEY},
        never="crd-validation-failed",
        arguments=("--crds-from-input",),
    ),
    *(
        Tree(f"a CI command as a file name: {name[:4]}", {name: snapshot()}, says="nightly")
        for name in (
            "::error file=x::y.yaml",
            "##vso[task.setvariable variable=a]b.yaml",
            "##[error]x.yaml",
        )
    ),
    Tree(
        "CI commands as names",
        {"m.yaml": snapshot("'##vso[task.complete]x'", "'::error::x'", "x: '##[error]y'")},
        never="##vso[",
    ),
)
