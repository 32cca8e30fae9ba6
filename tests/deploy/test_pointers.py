"""No object of Flux or Argo CD makes the program fail, whatever its fields are."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.pointing import applied, config_map, git_repository, pointer, tree
from tests.properties import examples
from vmsnap_lint.core.abridged import LONGEST_TEXT

if TYPE_CHECKING:
    from vmsnap_lint.deploy.applied import Applied
    from vmsnap_lint.deploy.around import Around

FILES = {
    "apps/kustomization.yaml": "resources: [vm.yaml]\n", "apps/vm.yaml": "kind: X\n",
    "plain/a.yaml": "kind: X\n", "charts/web/Chart.yaml": "name: web\n", "v.yaml": "a: 1\n",
    "env/a.json": '{"name": "a", "n": [1, {"b": null}]}', "bad.yaml": "a: [",
}  # fmt: skip
KINDS = (
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ("argoproj.io/v1alpha1", "Application"),
    ("argoproj.io/v1alpha1", "ApplicationSet"),
)
KEYS = st.sampled_from((
    "path", "sourceRef", "kind", "name", "namespace", "targetNamespace", "patches", "patch",
    "target", "components", "images", "commonMetadata", "labels", "annotations", "postBuild",
    "substitute", "substituteFrom", "kubeConfig", "secretRef", "chart", "spec", "chartRef",
    "values", "valuesFrom", "valuesKey", "targetPath", "valuesFiles", "postRenderers", "kustomize",
    "install", "releaseName", "suspend", "source", "sources", "repoURL", "ref", "helm",
    "valueFiles", "valuesObject", "parameters", "value", "directory", "include", "exclude",
    "recurse", "destination", "server", "generators", "list", "elements", "elementsYaml", "git",
    "directories", "files", "matrix", "merge", "mergeKeys", "selector", "matchLabels",
    "matchExpressions", "key", "operator", "template", "metadata", "templatePatch", "goTemplate",
    "replicas", "count", "plugin", "sourceHydrator", "drySource", "pathParamPrefix",
))  # fmt: skip
TEXTS = st.sampled_from((
    "", ".", "apps", "./plain", "charts/web", "/env", "../x", "a\0b", "*", "**/*.json", "[a-", "{a",
    "GitRepository", "ConfigMap", "HelmChart", "flux-system", "settings", "web", "$x/v.yaml",
    "{{name}}", "{{ .name }}", "{{ .path.basename }}", "{{ range", "${a}", "https://x/acme/fleet",
    "a: [", "- a: 1", "spec: {project: x}", "In", "Exists", "x" * 5_000, "\ud800",
))  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=5),
    max_leaves=25,
)


@cache
def _around() -> Around:
    objects = (config_map("settings", {"values.yaml": "a: 1", "x": 7}),
               git_repository("flux-system", "https://x/acme/fleet"))  # fmt: skip
    return tree(Path(mkdtemp(prefix="pointers-")), FILES, *objects)


def _is_sound(found: Applied) -> bool:
    texts = [found.uncertain, *(gap.reason for gap in found.gaps)]
    job = found.job
    return (
        all(len(text) <= LONGEST_TEXT for text in texts)
        and all(gap.at is not None for gap in found.gaps)
        and (job is None or isinstance(json.loads(job.fields), dict))
        and (job is None or job.directory.startswith(_around().root))
        and hash(job) is not None
    )


@examples(400)
@given(st.sampled_from(KINDS), VALUES)
def test_no_field_makes_it_fail(kind: tuple[str, str], spec: Any) -> None:
    assert all(map(_is_sound, applied(pointer(*kind, spec), _around())))


@examples(400)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_no_generator_makes_it_fail(generator: dict[str, Any], go: bool) -> None:
    source = {"repoURL": "https://x/acme/fleet", "path": "plain"}
    template = {"metadata": {"name": "{{.name}}"}, "spec": {"source": source}}
    nested = {"matrix": {"generators": [{"list": {"elements": [{"name": "plain"}]}}, generator]}}
    spec = {"generators": [generator, nested], "template": template, "goTemplate": go}
    assert all(map(_is_sound, applied(pointer(*KINDS[3], spec), _around())))


@examples(400)
@given(
    st.dictionaries(KEYS, VALUES, max_size=8), st.sampled_from(("helm", "kustomize", "directory"))
)
def test_no_source_makes_it_fail(settings: dict[str, Any], tool: str) -> None:
    paths = {"helm": "charts/web", "kustomize": "apps", "directory": "."}
    source = {"repoURL": "https://x/acme/fleet", "path": paths[tool], tool: settings}
    spec = {"sources": [source, {"repoURL": "https://x/acme/fleet", "ref": "x"}]}
    assert all(map(_is_sound, applied(pointer(*KINDS[2], spec), _around())))


@examples(400)
@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_no_release_of_a_chart_makes_it_fail(settings: dict[str, Any]) -> None:
    source = {"kind": "GitRepository", "name": "flux-system"}
    spec = {**settings, "chart": {"spec": {"chart": "charts/web", "sourceRef": source}}}
    assert all(map(_is_sound, applied(pointer(*KINDS[1], spec), _around())))
