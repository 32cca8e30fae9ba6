"""Trees whose Flux and Argo CD objects lead out of them, around in circles, or nowhere in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.tree import CANARY, OUTSIDE, VM, Content, Link, Tree, many, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TREES"]

_CHART: dict[str, Content] = {
    "chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
    "chart/templates/s.yaml": snapshot("'{{ .Values.secret }}'"),
    "link.yaml": Link(CANARY),
    "apps/snap.yaml": snapshot(),
}
_SOURCE = "{kind: GitRepository, name: flux-system}"
_URL = "repoURL: https://example.com/acme/fleet"


def _kustomization(spec: str, name: str = "apps") -> str:
    return (
        "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}, namespace: flux-system}}\n"
        f"spec: {{sourceRef: {_SOURCE}, {spec}}}\n"
    )


def _application(source: str, name: str = "apps") -> str:
    return (
        "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: '{name}', namespace: argocd}}\n"
        f"spec: {{source: {{{_URL}, {source}}}}}\n"
    )


def _set(generators: str, name: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: set, namespace: argocd}\n"
        f"spec:\n  goTemplate: true\n  generators: [{generators}]\n"
        f"  template:\n    metadata: {{name: '{name}'}}\n"
        f"    spec: {{source: {{{_URL}, path: apps}}}}\n"
    )


def _with(text: str, **more: Content) -> Mapping[str, Content]:
    return {**_CHART, **more, "clusters/all.yaml": text}


def _growing() -> Mapping[str, Content]:
    build = "postBuild: {substitute: {a: " + "x" * 5_000 + "}}"
    text = "${a}" * 5_000 + "${a%%*y}" * 5_000
    return {
        **_with(_kustomization(f"path: apps, {build}")),
        "apps/many.yaml": many(
            20, lambda n: f"{snapshot(name=f's{n}')}  note: '{text}'\n", "---\n"
        ),
    }


def _circle() -> Mapping[str, Content]:
    """Directories of Applications that apply each other."""
    files: dict[str, Content] = {
        f"d{number}/app.yaml": _application(f"path: d{(number + 1) % 200}", f"a{number}")
        for number in range(200)
    }
    return {**files, "apps/snap.yaml": snapshot(), "d0/vm.yaml": VM}


def _crowd() -> Mapping[str, Content]:
    """Many objects that apply one directory."""
    text = many(2_000, lambda n: _kustomization("path: apps", f"k{n}"))
    return _with(text)


_MANY = "{list: {elements: [" + ", ".join(f"{{n: x{number}}}" for number in range(300)) + "]}}"
_MATRIX = f"{{matrix: {{generators: [{_MANY}, {_MANY}]}}}}"
_LINKED = f"{{git: {{{_URL}, files: [{{path: 'link.yaml'}}, {{path: '**/canary'}}]}}}}"

TREES = (
    Tree("a path of Flux outside", _with(_kustomization(f"path: ../{OUTSIDE}"))),
    Tree("a link of Flux outside", {**_with(_kustomization("path: out")), "out": Link(OUTSIDE)}),
    Tree("values outside", _with(_application(
        f"path: chart, helm: {{valueFiles: ['{CANARY}', '../../outside/canary', /link.yaml]}}"
    )), renders=True),
    Tree("settings outside", {
        **_with(_application("path: chart", "/../../../outside/canary")),
        "chart/.argocd-source-/x": "",
    }),
    Tree("parameters outside", _with(_set(_LINKED, "{{ .secret }}"))),
    Tree("a text that grows", _growing),
    Tree("a template without an end", _with(_set(
        "{list: {elements: [{n: x}]}}",
        "{{ range until 9999 }}{{ range until 9999 }}x{{ end }}{{ end }}",
    ))),
    Tree("a matrix without an end", _with(_set(_MATRIX, "{{ .n }}"))),
    Tree("applications in a circle", _circle),
    Tree("many objects for one directory", _crowd),
)  # fmt: skip
