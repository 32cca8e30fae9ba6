"""An ApplicationSet is the Applications that its generators make, or gaps that say why not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.pointing import applied, pointer, tree
from vmsnap_lint.deploy.application_set import applications
from vmsnap_lint.deploy.render.jobs import KustomizeJob

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vmsnap_lint.objects.manifest import Manifest

URL = "https://example.com/acme/fleet.git"
GO_OPTIONS = ["missingkey=error"]
FILES = {
    "apps/web/vm.yaml": "kind: X\n", "apps/My_DB/vm.yaml": "kind: X\n", "apps/old/vm.yaml": "",
    "apps/.hidden/vm.yaml": "", "env/eu/config.json": '{"cluster": {"name": "eu", "n": 3}}',
    "env/us/config.json": '[{"cluster": {"name": "us-1"}}, {"cluster": {"name": "us-2"}}]',
    "env/us/other.yaml": "cluster: {name: no}\n",
}  # fmt: skip


def template(name: str, path: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"source": {"repoURL": URL, "path": path}, **spec}}


def of(
    generators: list[Any], name: str = "{{.name}}", path: str = "apps/{{.name}}", **spec: Any
) -> Manifest:
    given = {"goTemplate": True, "generators": generators, "template": template(name, path)}
    return pointer("argoproj.io/v1alpha1", "ApplicationSet", {**given, **spec}, "set", "argocd")


def names(one: Manifest, root: Path, files: Mapping[str, str] = FILES) -> list[str]:
    made = applications(one, tree(root, files))
    assert made.gaps == ()
    return [application.name for application in made.applications]


def reasons(one: Manifest, root: Path) -> list[str]:
    return [gap.reason for gap in applications(one, tree(root, FILES)).gaps]


def listed(*elements: Any) -> dict[str, Any]:
    return {"list": {"elements": list(elements)}}


def git(**settings: Any) -> dict[str, Any]:
    return {"git": {"repoURL": URL, "revision": "HEAD", **settings}}


def directories(*paths: str, without: str = "") -> dict[str, Any]:
    items: list[Any] = [{"path": path} for path in paths]
    return git(directories=[*items, *([{"path": without, "exclude": True}] if without else [])])


def test_each_application_stands_at_the_template(tmp_path: Path) -> None:
    one = of([listed({"name": "web"})])
    (made,) = applications(one, tree(tmp_path, FILES)).applications
    assert (made.kind, made.name, made.namespace) == ("Application", "web", "argocd")
    assert made.document is one.document
    assert made.root == ("spec", "template")
    assert made.text("spec", "source", "path") == "apps/web"


def test_what_the_applications_apply_is_what_the_set_applies(tmp_path: Path) -> None:
    around = tree(tmp_path, FILES)
    (found,) = applied(of([listed({"name": "web"})]), around)
    assert isinstance(found.job, KustomizeJob)
    assert found.job.files == (f"{around.root}/apps/web/vm.yaml",)


def test_a_list_without_go_templates(tmp_path: Path) -> None:
    element = {"name": "web", "values": {"x": "y"}}
    one = of([listed(element)], "{{ name }}-{{values.x}}-{{none}}", goTemplate=False)
    assert names(one, tmp_path) == ["web-y-{{none}}"]


def test_elements_can_be_a_text(tmp_path: Path) -> None:
    one = of([{"list": {"elements": [{"name": "a"}], "elementsYaml": "- name: b\n"}}])
    assert names(one, tmp_path) == ["a", "b"]


@pytest.mark.parametrize(
    ("paths", "without", "expected"),
    [
        (("apps/*",), "", ["my-db", "old", "web"]),
        (("apps/*",), "apps/o*", ["my-db", "web"]),
        (("apps/w[a-f]b", "apps/??d"), "", ["old", "web"]),
        (("*",), "", ["apps", "env"]),
        (("none/*",), "", []),
    ],
)
def test_directories_of_the_repository(
    tmp_path: Path, paths: tuple[str, ...], without: str, expected: list[str]
) -> None:
    one = of([directories(*paths, without=without)], "{{.path.basenameNormalized}}")
    assert sorted(names(one, tmp_path)) == expected


def test_parameters_of_a_directory_without_go_templates(tmp_path: Path) -> None:
    name = "{{path}}|{{path.basename}}|{{path.basenameNormalized}}|{{path[0]}}|{{values.v}}"
    generator = directories("apps/My*")
    generator["git"]["values"] = {"v": "{{path[1]}}!"}
    one = of([generator], name, goTemplate=False)
    assert names(one, tmp_path) == ["apps/My_DB|My_DB|my-db|apps|My_DB!"]


def test_parameters_of_files(tmp_path: Path) -> None:
    name = "{{.cluster.name}}-{{.path.path}}-{{.path.filename}}-{{index .path.segments 1}}"
    one = of([git(files=[{"path": "env/**/*.json"}])], name)
    assert names(one, tmp_path) == [
        "eu-env/eu-config.json-eu", "us-1-env/us-config.json-us", "us-2-env/us-config.json-us",
    ]  # fmt: skip


def test_parameters_of_files_without_go_templates(tmp_path: Path) -> None:
    files = [{"path": "env/*/*"}, {"path": "env/us/*", "exclude": True}]
    name = "{{cluster.name}}-{{cluster.n}}-{{path.basename}}"
    assert names(of([git(files=files)], name, goTemplate=False), tmp_path) == ["eu-3-eu"]


def test_parameters_can_have_a_prefix(tmp_path: Path) -> None:
    generator = directories("apps/web")
    generator["git"]["pathParamPrefix"] = "app"
    assert names(of([generator], "{{.app.path.basename}}"), tmp_path) == ["web"]
    plain = of([generator], "{{app.path.basename}}", goTemplate=False)
    assert names(plain, tmp_path) == ["web"]


def matrix(*generators: Any) -> dict[str, Any]:
    return {"matrix": {"generators": list(generators)}}


def test_a_matrix_is_each_with_each(tmp_path: Path) -> None:
    one = of(
        [matrix(listed({"name": "eu"}, {"name": "us"}), directories("apps/*", without="*/old"))],
        "{{.name}}-{{.path.basename}}",
    )
    assert sorted(names(one, tmp_path)) == ["eu-My_DB", "eu-web", "us-My_DB", "us-web"]


def test_the_second_generator_of_a_matrix_has_the_parameters_of_the_first(tmp_path: Path) -> None:
    second = git(files=[{"path": "env/{{.where}}/*.json"}], values={"v": "{{.path.basename}}"})
    one = of(
        [matrix(listed({"where": "us"}), second)], "{{.where}}-{{.cluster.name}}-{{.values.v}}"
    )
    assert names(one, tmp_path) == ["us-us-1-us", "us-us-2-us"]


def test_a_matrix_can_be_in_a_matrix(tmp_path: Path) -> None:
    inner = matrix(listed({"a": "1"}, {"a": "2"}), listed({"b": "x"}))
    one = of([matrix(inner, listed({"c": "y"}))], "{{a}}{{b}}{{c}}", goTemplate=False)
    assert names(one, tmp_path) == ["1xy", "2xy"]


@pytest.mark.parametrize("go", [True, False])
def test_a_merge_adds_what_has_the_same_keys(tmp_path: Path, go: bool) -> None:
    base = listed({"name": "eu", "size": "s"}, {"name": "us", "size": "s"})
    more = listed({"name": "us", "size": "l"}, {"name": "none", "size": "x"})
    merge = {"merge": {"mergeKeys": ["name"], "generators": [base, more]}}
    name = "{{.name}}-{{.size}}" if go else "{{name}}-{{size}}"
    assert names(of([merge], name, goTemplate=go), tmp_path) == ["eu-s", "us-l"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"matchLabels": {"env.kind": "prod"}}, ["a"]),
        ({"matchExpressions": [{"key": "name", "operator": "In", "values": ["b"]}]}, ["b"]),
        ({"matchExpressions": [{"key": "name", "operator": "NotIn", "values": ["b"]}]}, ["a"]),
        ({"matchExpressions": [{"key": "env.kind", "operator": "DoesNotExist"}]}, ["b"]),
    ],
)
def test_a_selector_leaves_out(
    tmp_path: Path, selector: dict[str, Any], expected: list[str]
) -> None:
    generator = listed({"name": "a", "env": {"kind": "prod"}}, {"name": "b"})
    assert names(of([{**generator, "selector": selector}]), tmp_path) == expected


def test_a_generator_can_have_a_template_of_its_own(tmp_path: Path) -> None:
    own = listed({"name": "web"})
    own["list"]["template"] = {"metadata": {"name": ""}, "spec": {"source": {"path": "apps/old"}}}
    (made,) = applications(of([own]), tree(tmp_path, FILES)).applications
    assert (made.name, made.get("spec", "source")) == ("web", {"repoURL": URL, "path": "apps/old"})


def test_a_patch_changes_the_application(tmp_path: Path) -> None:
    patch = (
        "spec:\n  project: other\n  source:\n    helm:\n      valueFiles:\n"
        "      {{- range $f := .files }}\n      - {{ $f }}\n      {{- end }}\n"
        "{{- if .namespace }}\n  destination: {namespace: {{ .namespace }}}\n{{- end }}\n"
    )
    one = of([listed({"name": "web", "files": ["a", "b"], "namespace": "ns"})], templatePatch=patch)
    (made,) = applications(one, tree(tmp_path, FILES)).applications
    assert made.get("spec", "source", "helm") == {"valueFiles": ["a", "b"]}
    assert made.get("spec", "destination", "namespace") == "ns"
    assert made.get("spec", "project") is None


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        ({"clusters": {}}, 'the generator "clusters" asks for the clusters that Argo CD knows'),
        ({"pullRequest": {}}, 'the generator "pullRequest" asks a server for pull requests'),
        (matrix({"scmProvider": {}}, listed({})),
         'the generator "scmProvider" asks a server for repositories'),
        ({"plugin": {}}, 'the generator "plugin" asks a plugin'),
        ({"clusterDecisionResource": {}},
         'the generator "clusterDecisionResource" asks for objects of a cluster'),
        ({"lists": {}}, 'a generator has "lists", not one of list, git, matrix, merge'),
        ({}, 'a generator has "nothing", not one of list, git, matrix, merge'),
        (matrix(listed({})), "a matrix generator has 1 generators, not 2"),
        ({"merge": {"generators": []}},
         "a merge generator has less than 2 generators, or no mergeKeys"),
        (listed("x"), "a list generator has an element that is no object"),
        (git(files=[{"path": "apps/web/*"}], repoURL="https://example.com/a/b"),
         "a git generator reads https://example.com/a/b, whose files are not in the input"),
        ({"list": {"elementsYaml": "a: ["}}, "elementsYaml of a list generator is no array"),
        (listed({"x": "y"}), 'a template asks for "name", which no generator gives'),
    ],
)  # fmt: skip
def test_what_is_not_known_is_a_gap(tmp_path: Path, generator: dict[str, Any], reason: str) -> None:
    one = of([generator], goTemplateOptions=GO_OPTIONS)
    around = tree(tmp_path, FILES, pointer(
        "argoproj.io/v1alpha1", "Application", template("x", "apps/web")["spec"]))  # fmt: skip
    (gap,) = applications(one, around).gaps
    assert (str(gap), gap.reason) == ('ApplicationSet "set"', reason)
    assert isinstance(gap.at, type(one.at()))
    assert gap.at.path[:2] in (("spec", "generators"), ("spec", "template"))


def test_a_file_that_is_no_object_is_a_gap(tmp_path: Path) -> None:
    around = tree(tmp_path, {"x.yaml": "- 7\n"})
    (gap,) = applications(of([git(files=[{"path": "*.yaml"}])]), around).gaps
    assert gap.reason == '"x.yaml", which a git generator reads, holds no object'


def test_of_several_generators_the_others_count(tmp_path: Path) -> None:
    made = applications(of([{"clusters": {}}, listed({"name": "web"})]), tree(tmp_path, FILES))
    assert [application.name for application in made.applications] == ["web"]
    assert len(made.gaps) == 1


def test_a_huge_matrix_is_a_gap(tmp_path: Path) -> None:
    many = listed(*({"name": f"n{number}"} for number in range(100)))
    one = of([matrix(many, matrix(many, many))])
    assert reasons(one, tmp_path) == ["a generator makes more than 1,000 sets of parameters"]


def test_many_applications_are_cut(tmp_path: Path) -> None:
    many = listed(*({"name": f"n{number}"} for number in range(1_000)))
    made = applications(of([many, many]), tree(tmp_path, FILES))
    assert len(made.applications) == 1_000
    assert [gap.reason for gap in made.gaps] == [
        "it makes more than 1,000 Applications; the rest is not read"
    ]


def test_a_template_that_never_ends_is_a_gap(tmp_path: Path) -> None:
    loop = "{{ range until 9999 }}" * 3 + "x" + "{{ end }}" * 3
    start = time.process_time()
    assert reasons(of([listed({"name": "a"})], loop), tmp_path) == ["the templates take too long"]
    assert time.process_time() - start < 20


def test_a_value_that_grows_without_end_is_a_gap(tmp_path: Path) -> None:
    grow = '{{ $x := "xxxxxxxx" }}{{ range until 99 }}{{ $x = print $x $x }}{{ end }}{{ $x }}'
    nest = "{{ $x := list 1 }}{{ range until 99 }}{{ $x = list $x $x }}{{ end }}{{ $x }}"
    for text in (grow, nest):
        found = reasons(of([listed({"name": "a"})], text), tmp_path)
        assert found in (["the templates take too long"], ["a template makes too large a value"])
