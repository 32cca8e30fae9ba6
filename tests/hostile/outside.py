"""Trees that would have kustomize or helm read or ask what is outside, or work without an end."""

from __future__ import annotations

from tests.hostile.tree import CANARY, OUTSIDE, SERVER, VM, Content, Link, Tree, snapshot

__all__ = ["TREES"]

_BASE: dict[str, Content] = {"app/snap.yaml": snapshot(), "shared/vm.yaml": VM}
_HEAD = "apiVersion: builtin\nmetadata: {name: made}\n"
_INTO = """\
replacements:
- source: {kind: ConfigMap, fieldPath: data.x}
  targets: [{select: {kind: VirtualMachineSnapshot}, fieldPaths: [spec.failureDeadline],
  options: {create: true}}]
"""
_RESOURCES = "resources: [snap.yaml, ../shared/vm.yaml]\n"


def _plugged(field: str, text: str, resources: str = _RESOURCES) -> dict[str, Content]:
    """A plugin in a file of its own, next to a resource outside of the directory."""
    return {
        **_BASE,
        "app/kustomization.yaml": f"{resources}{field}: [plugin.yaml]\n{_INTO}",
        "app/plugin.yaml": text,
    }


def _inline(text: str) -> dict[str, Content]:
    return {**_BASE, "app/kustomization.yaml": f"{_RESOURCES}{text}{_INTO}"}


_TARGET = "target: {kind: VirtualMachine}\n"
_PLUGINS: dict[str, dict[str, Content]] = {
    "files of a generator": _plugged(
        "generators", f"{_HEAD}kind: ConfigMapGenerator\nname: c\nfiles: ['x={CANARY}']\n"
    ),
    "variables of a generator": _plugged(
        "generators", f"{_HEAD}kind: ConfigMapGenerator\nname: c\nenvs: ['{CANARY}']\n"
    ),
    "files of a secret generator": _plugged(
        "generators", f"{_HEAD}kind: SecretGenerator\nname: c\nfiles: ['x={CANARY}']\n"
    ),
    "a patch of a transformer": _plugged(
        "transformers",
        f"{_HEAD}kind: PatchTransformer\npath: '{CANARY}'\n{_TARGET}",
    ),
    "a replacement of a transformer": _plugged(
        "transformers",
        f"{_HEAD}kind: ReplacementTransformer\nreplacements: [{{path: '{CANARY}'}}]\n",
    ),
    "a validator": _plugged(
        "validators",
        f"{_HEAD}kind: PatchJson6902Transformer\npath: '{CANARY}'\n{_TARGET}",
    ),
    "files of the kustomization": _inline(
        f"configMapGenerator: [{{name: c, files: ['x={CANARY}']}}]\n"
    ),
    "files in another case": _inline(f"ConfigMapGenerator: [{{name: c, Files: ['x={CANARY}']}}]\n"),
    "a link": {
        **_inline("configMapGenerator: [{name: c, files: [x=link]}]\n"),
        "app/link": Link(CANARY),
    },
    "a linked directory": {
        **_inline("configMapGenerator: [{name: c, files: [x=up/canary]}]\n"),
        "app/up": Link(OUTSIDE),
    },
}
_FIELDS = {
    "Generators": "[{url}]",
    "Transformers": "[{url}]",
    "VALIDATORS": "[{url}]",
    "Resources": "[{url}]",
    "Bases": "[{url}]",
    "cRds": "[{url}]",
    "Components": "[{url}]",
    "Configurations": "[{url}]",
    "Openapi": "{{path: {url}}}",
    "Replacements": "[{{path: {url}}}]",
    "Patches": "[{{path: {url}, target: {{kind: VirtualMachine}}}}]",
    "PatchesStrategicMerge": "[{url}]",
    "resources": "[snap.yaml, {url}]",
}


def _asking(field: str, value: str) -> dict[str, Content]:
    text = f"resources: [snap.yaml]\n{field}: {value.format(url=f'http://{SERVER}/x.yaml')}\n"
    return {"kustomization.yaml": text, "snap.yaml": snapshot()}


_CHART: dict[str, Content] = {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n"}
_READING = snapshot(
    more="note: '{{ .Files.Get \"files/x\" }}'\nfailureDeadline: '{{ .Files.Get \"files/x\" }}'"
)
_VALUED = snapshot(more="failureDeadline: '{{ toJson .Values }}'")
_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
_LEVELS = "".join(f"  a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(11))

TREES = (
    *(
        Tree(f"kustomize reads {what}", files, renders=True, says="app/")
        for what, files in _PLUGINS.items()
    ),
    *(
        Tree(f"kustomize asks {field}", _asking(field, value), renders=True, says="snap.yaml")
        for field, value in _FIELDS.items()
    ),
    Tree(
        "kustomize reads a device",
        _inline("configMapGenerator: [{name: c, files: [x=/dev/zero]}]\n"),
        renders=True,
        says="app/",
    ),
    Tree(
        "a generator reads a device",
        _plugged("generators", f"{_HEAD}kind: ConfigMapGenerator\nname: c\nfiles: [x=/dev/zero]\n"),
        renders=True,
        says="app/",
    ),
    Tree(
        "aliases of aliases in kustomize",
        {
            "kustomization.yaml": "resources: [bomb.yaml, snap.yaml]\n",
            "snap.yaml": snapshot(),
            "bomb.yaml": f"{_CONFIG_MAP}data:\n  a0: &a0 [x]\n{_LEVELS}",
        },
        renders=True,
        says="kustomization.yaml",
    ),
    Tree(
        "helm reads a link",
        {**_CHART, "files/x": Link(CANARY), "templates/s.yaml": _READING},
        renders=True,
        says="templates/s.yaml",
    ),
    Tree(
        "helm reads a linked directory",
        {**_CHART, "files": Link(OUTSIDE), "templates/s.yaml": _READING.replace("/x", "/canary")},
        renders=True,
        says="templates/s.yaml",
    ),
    Tree(
        "helm reads a linked template",
        {**_CHART, "templates/s.yaml": snapshot(), "templates/t.yaml": Link(CANARY)},
        renders=True,
        says="templates/s.yaml",
    ),
    Tree(
        "helm reads values outside",
        {
            "c/Chart.yaml": _CHART["Chart.yaml"],
            "c/templates/s.yaml": _VALUED,
            ".vmsnap-lint.yaml": f"helm-values: ['{CANARY}']\n",
        },
        renders=True,
    ),
    Tree(
        "helm reads linked values",
        {**_CHART, "values.yaml": Link(CANARY), "templates/s.yaml": _VALUED},
        renders=True,
        says="templates/s.yaml",
    ),
    Tree(
        "helm reads values without an end",
        {
            "c/Chart.yaml": _CHART["Chart.yaml"],
            "c/templates/s.yaml": _VALUED,
            ".vmsnap-lint.yaml": "helm-values: [/dev/zero]\n",
        },
        renders=True,
    ),
    Tree(
        "helm repeats without an end",
        {**_CHART, "templates/s.yaml": snapshot(more='x: {{ repeat 2000000000 "x" }}')},
        renders=True,
        says="not rendered",
    ),
    Tree(
        "helm counts without an end",
        {
            **_CHART,
            "templates/s.yaml": snapshot(
                more="x: '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}'"
            ),
        },
        renders=True,
        says="templates/s.yaml",
    ),
    *(
        Tree(
            f"a configuration names {key} outside",
            {
                ".vmsnap-lint.yaml": f"{key}: {value}\n",
                "s.yaml": snapshot(),
            },
        )
        for key, value in (
            ("baseline", f"'{CANARY}'"),
            ("context", f"['{OUTSIDE}']"),
            ("crds", f"['{CANARY}']"),
            ("facts", f"'{CANARY}'"),
            ("root", "/"),
        )
    ),
)
