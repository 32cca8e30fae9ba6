"""Objects inside other objects are found at their lines; what cannot be read is told once."""

from __future__ import annotations

import json
import textwrap
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.core.relevance import INNERMOST
from vmsnap_lint.objects.manifest import Manifest, manifests
from vmsnap_lint.objects.wrapped import (
    NOTHING,
    Contents,
    inside,
    of_tasks,
    of_values,
    read_together,
)
from vmsnap_lint.objects.wrappers import WRAPPERS, Making

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
"""
FLOW = json.dumps({
    "apiVersion": "snapshot.kubevirt.io/v1beta1",
    "kind": "VirtualMachineSnapshot",
    "metadata": {"name": "nightly"},
    "spec": {},
})  # fmt: skip
VM = "metadata: {name: '${NAME}'}\nspec: {template: {spec: {domain: {}}}}\n"


def put(around: str, text: str = SNAPSHOT) -> str:
    """The text in place of the line `@`, as deeply indented."""
    indent = next(line for line in around.splitlines() if line.strip() in ("@", "- @"))
    width = indent.index("@")
    inner = textwrap.indent(text, " " * width)
    dash = inner[: width - 2] + "- " + inner[width:] if "- @" in indent else inner
    return around.replace(f"{indent}\n", dash)


def contents(text: str) -> Contents:
    """What is inside the documents of a text, together."""
    found = []
    for part in document.read("a.yaml", text.encode()).documents:
        found += [of_tasks(part), *map(inside, manifests(part))]
    objects, texts, unread = zip(*found, strict=True)
    return Contents(sum(objects, ()), sum(texts, ()), sum(unread, ()))


def lines(text: str) -> list[tuple[str, int]]:
    """The name of each object inside, and the line of its kind."""
    return [
        (item.manifest.name, item.manifest.document.span((*item.manifest.root, "kind")).line)
        for item in contents(text).objects
    ]


WRAPPED = {
    "Template": "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- @\n",
    "Template of old": "apiVersion: v1\nkind: Template\nobjects:\n- @\n",
    "ManifestWork": (
        "apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\n"
        "spec:\n  workload:\n    manifests:\n    - @\n"
    ),
    "Object": (
        "apiVersion: kubernetes.crossplane.io/v1alpha2\nkind: Object\n"
        "spec:\n  forProvider:\n    manifest:\n      @\n"
    ),
    "namespaced Object": (
        "apiVersion: kubernetes.m.crossplane.io/v1alpha1\nkind: Object\n"
        "spec:\n  forProvider:\n    manifest:\n      @\n"
    ),
    "ConfigurationPolicy": (
        "apiVersion: policy.open-cluster-management.io/v1\nkind: ConfigurationPolicy\n"
        "spec:\n  object-templates:\n  - complianceType: musthave\n"
        "    objectDefinition:\n      @\n"
    ),
    "HelmRelease": (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r}\n"
        "spec:\n  values:\n    raw:\n      any:\n      - @\n"
    ),
    "HelmRelease with text": (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r}\n"
        "spec:\n  values:\n    templates:\n    - |\n      @\n"
    ),
    "Application": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "spec:\n  source:\n    helm:\n      valuesObject:\n        raw:\n          @\n"
    ),
    "Application with text": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "spec:\n  sources:\n  - helm:\n      values: |\n        raw:\n          @\n"
    ),
    "ApplicationSet": (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n"
        "      source:\n        helm:\n          valuesObject:\n            raw:\n            - @\n"
    ),
    "ConfigMap": "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    @\n",
    "ConfigMap with a script": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: |\n    #!/bin/sh\n"
        "    kubectl apply -f - <<X\n    @\n    X\n"
    ),
    "CronJob": (
        "apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n"
        "      template:\n        spec:\n          containers:\n"
        "          - args:\n            - |\n"
        "              cat <<'X' | kubectl apply -f -\n              @\n              X\n"
    ),
    "Deployment": (
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n"
        "      initContainers:\n      - command:\n        - sh\n        - |2+\n"
        "          kubectl create -f - <<X\n          @\n          X\n"
    ),
    "Ansible": "- kubernetes.core.k8s:\n    definition:\n      @\n",
    "Ansible with a list": "- k8s:\n    resource_definition:\n    - @\n",
    "Ansible with text": "- kubernetes.core.k8s:\n    definition: |\n      @\n",
    "Ansible with a script": (
        "- shell: |\n    cat <<X | kubectl apply -f -\n    @\n    X\n"
    ),
    "Ansible with a command": (
        "- ansible.builtin.shell:\n    cmd: |\n      cat <<X | oc apply -f -\n      @\n      X\n"
    ),
    "a block in a play": (
        "- hosts: all\n  tasks:\n  - name: x\n    block:\n    - redhat.openshift.k8s:\n"
        "        state: present\n        definition:\n          @\n"
    ),
    "Secret": "apiVersion: v1\nkind: Secret\nstringData:\n  a.yaml: |\n    @\n",
    "ConfigMap with values": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  values.yaml: |\n    raw:\n    - @\n"
    ),
    "a list in a ConfigMap": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: v1\n    kind: List\n"
        "    items:\n    - @\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_an_object_is_found_at_its_line(name: str) -> None:
    text = put(WRAPPED[name])
    expected = text.splitlines().index(
        next(line for line in text.splitlines() if "VirtualMachineSnapshot" in line)
    )
    assert lines(text) == [("nightly", expected + 1)]
    assert contents(text).unread == ()


@pytest.mark.parametrize("name", WRAPPED)
def test_lines_that_end_with_a_return_count_once(name: str) -> None:
    text = put(WRAPPED[name])
    assert lines(text.replace("\n", "\r\n")) == lines(text)


def test_objects_inside_wrapped_objects_are_found() -> None:
    policy = put(
        "apiVersion: policy.open-cluster-management.io/v1\nkind: Policy\nmetadata: {name: p}\n"
        "spec:\n  policy-templates:\n  - objectDefinition:\n      @\n",
        put(WRAPPED["ConfigurationPolicy"]),
    )
    (found,) = contents(policy).objects
    assert (found.manifest.name, found.making, found.wrapper) == (
        "nightly", Making.ELSEWHERE, 'Policy "p"',
    )  # fmt: skip
    composition = put(
        "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {name: c}\n"
        "spec:\n  pipeline:\n  - input:\n      resources:\n      - base:\n          @\n",
        put(WRAPPED["Object"], f"apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n{VM}").replace(
            "{name: '${NAME}'}", "{}"
        ),
    )
    (found,) = contents(composition).objects
    assert (found.manifest.name, found.making) == ("${NAME}", Making.FILLED)


VM_TEMPLATES = (
    (
        "apiVersion: template.kubevirt.io/v1beta1\nkind: VirtualMachineTemplate\n"
        "spec:\n  virtualMachine:\n    @\n"
    ),
    (
        "apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1\nkind: KubevirtMachineTemplate\n"
        "spec:\n  template:\n    spec:\n      virtualMachineTemplate:\n        @\n"
    ),
)


@pytest.mark.parametrize("around", VM_TEMPLATES)
def test_a_template_of_a_vm_needs_no_type_and_no_name(around: str) -> None:
    for text in (VM, VM.replace("metadata: {name: '${NAME}'}\n", "")):
        (found,) = contents(put(around, text)).objects
        vm = found.manifest
        assert (vm.api_version, vm.kind, vm.name, vm.namespace) == (
            "kubevirt.io/v1", "VirtualMachine", "${NAME}", None,
        )  # fmt: skip
        assert found.making is Making.FILLED
        assert vm.is_indirect


@pytest.mark.parametrize(
    ("spec", "namespace"),
    [("targetNamespace: b", "b"), ("interval: 1m", "a")],
)
def test_a_release_gives_its_namespace(spec: str, namespace: str) -> None:
    text = put(WRAPPED["HelmRelease"]).replace("{name: r}", "{name: r, namespace: a}")
    text = text.replace("spec:\n  values", f"spec:\n  {spec}\n  values")
    assert [item.manifest.namespace for item in contents(text).objects] == [namespace]
    own = text.replace("  name: nightly", "  name: nightly\n          namespace: c")
    assert [item.manifest.namespace for item in contents(own).objects] == ["c"]
    assert contents(own).objects[0].making is Making.APPLIED


def test_a_class_gets_no_namespace() -> None:
    text = put(WRAPPED["HelmRelease"]).replace(
        "spec:\n  values", "spec:\n  targetNamespace: b\n  values"
    )
    text = text.replace("snapshot.kubevirt.io/v1beta1", "storage.k8s.io/v1")
    text = text.replace("VirtualMachineSnapshot", "StorageClass")
    assert [item.manifest.namespace for item in contents(text).objects] == [None]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("HelmRelease", "kubeConfig: {secretRef: {name: k}}"),
        ("Application", "destination: {server: 'https://10.0.0.1'}"),
        ("Application", "destination: {name: edge}"),
    ],
)
def test_a_release_in_another_cluster_is_elsewhere(name: str, place: str) -> None:
    text = put(WRAPPED[name]).replace("spec:\n  ", f"spec:\n  {place}\n  ", 1)
    assert [item.making for item in contents(text).objects] == [Making.ELSEWHERE]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("ConfigurationPolicy", "musthave", "mustnothave"),
        ("ConfigurationPolicy", "musthave", "MustNotHave"),
        ("ConfigurationPolicy", "name: nightly", "labels: {a: b}"),
        ("ConfigurationPolicy", "spec:\n        source", "status:\n        source"),
        ("Object", "spec:\n", "spec:\n  managementPolicies: [Observe]\n"),
        ("Ansible", "definition:", "state: absent\n    definition:"),
        ("Ansible", "definition:", "state: patched\n    definition:"),
        ("CronJob", "kubectl apply", "kubectl delete"),
        ("CronJob", "cat <<'X' | kubectl apply", "kubectl delete <<'X'"),
        ("HelmRelease", "snapshot.kubevirt.io/v1beta1", "example.com/v1\n        x: y"),
    ],
)
def test_what_is_not_made_is_not_found(name: str, before: str, after: str) -> None:
    text = put(WRAPPED[name])
    changed = text.replace(before, after, 1)
    assert changed != text
    if (before, after) == ("kubectl apply", "kubectl delete"):
        changed = changed.replace("cat <<'X' | kubectl delete -f -", "kubectl delete -f - <<'X'")
    if name == "HelmRelease":
        changed = changed.replace("VirtualMachineSnapshot", "Other")
    assert contents(changed).objects == ()


def test_a_policy_for_a_part_of_a_vm_makes_none() -> None:
    vm = "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\nspec: {}\n"
    assert contents(put(WRAPPED["ConfigurationPolicy"], vm)).objects == ()


UNREAD = {
    "an Ansible task with a manifest in template": "- kubernetes.core.k8s: {template: vm.j2}\n",
    "an Ansible task with a manifest in src": "- k8s: state=present src=/a/vm.yaml\n",
    "an Ansible task with a definition that a template makes": (
        "- k8s:\n    definition: \"{{ lookup('template', 'vm.j2') | from_yaml }}\"\n"
    ),
    'object-templates-raw of ConfigurationPolicy "p" is a template': (
        "apiVersion: policy.open-cluster-management.io/v1\nkind: ConfigurationPolicy\n"
        "metadata: {name: p}\nspec:\n  object-templates-raw: |\n    - objectDefinition:\n"
        "        apiVersion: kubevirt.io/v1\n"
    ),
    'the chart of HelmRelease "r" makes a VirtualMachine of its values': (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r}\n"
        "spec:\n  values:\n    rawResources:\n      vm:\n        apiVersion: kubevirt.io/v1\n"
        "        kind: VirtualMachine\n        spec: {spec: {}}\n"
    ),
    'a text in ConfigMap "c" is a template or does not parse': put(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |\n    @\n",
        SNAPSHOT.replace("metadata:", "{{ if .x }}\nmetadata:").replace(
            "spec:", "{{ end }}\nspec:"
        ),
    ),
}


@pytest.mark.parametrize(("reason", "text"), UNREAD.items())
def test_what_is_recognized_and_not_read_is_told(reason: str, text: str) -> None:
    assert contents(text).unread == (reason,)
    assert contents(text).objects == ()


def test_a_reference_in_values_is_no_object() -> None:
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n"
        "    target: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: web}\n"
    )
    assert contents(text) == ((), (), ())


def test_a_placeholder_fills_the_columns_of_an_expression() -> None:
    text = put(
        WRAPPED["Ansible with text"],
        SNAPSHOT.replace("nightly", "{{ vm }}-x").replace("spec:", "spec: # é"),
    )
    (found,) = contents(text).objects
    assert found.manifest.name.endswith("-x")
    span = found.manifest.document.span((*found.manifest.root, "metadata", "name"))
    line = text.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == "{{ vm }}-x"


def test_different_expressions_are_different_placeholders() -> None:
    text = put(WRAPPED["Ansible with text"], SNAPSHOT.replace("nightly", "{{ a }}"))
    other = put(WRAPPED["Ansible with text"], SNAPSHOT.replace("nightly", "{{ b }}"))
    names = [item.manifest.name for one in (text, text, other) for item in contents(one).objects]
    assert names == ["$__a___", "$__a___", "$__b___"]


@pytest.mark.parametrize("style", ["folded", "double", "single"])
def test_text_whose_lines_are_written_otherwise_is_at_its_key(style: str) -> None:
    inner = json.dumps(SNAPSHOT)
    if style == "single":
        inner = "'" + SNAPSHOT.replace("\n", "\n\n    ") + "'"
    if style == "folded":
        inner = ">\n" + textwrap.indent(SNAPSHOT.replace("\n", "\n\n"), "    ")
    text = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 1\n  b: {inner}\n"
    (found,) = contents(text).objects
    document_, root = found.manifest.document, found.manifest.root
    for path in ((), ("kind",), ("spec", "source", "name")):
        assert document_.span((*root, *path))[:2] == (5, 3)


def test_texts_have_paths_of_their_own() -> None:
    """No two objects of a file have one position, which is what they are told apart by."""
    both = f"{SNAPSHOT}---\n{SNAPSHOT}"
    text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n" + textwrap.indent(both, "    ")
    text += "  b: |\n    x <<E\n" + textwrap.indent(f"{SNAPSHOT}E\nx <<E\n{SNAPSHOT}#\nE\n", "    ")
    objects = contents(text).objects
    assert len(objects) == 4
    assert len({item.manifest.position for item in objects}) == 4


def test_a_text_that_aliases_repeat_is_read_once() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: &a |\n" + textwrap.indent(SNAPSHOT, "    ")
    assert len(contents(text + "  b: *a\n" * 1).objects) == 1
    values = put(WRAPPED["HelmRelease"]).replace("- apiVersion", "- &a\n        apiVersion", 1)
    assert len(contents(f"{values}      other: *a\n").objects) == 1


def test_values_of_a_chart_are_searched() -> None:
    (values,) = document.read("values.yaml", put("raw:\n  any:\n  - @\n").encode()).documents
    (found,) = of_values(values).objects
    assert (found.manifest.name, found.making) == ("nightly", Making.ELSEWHERE)


def test_values_without_objects_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    (values,) = document.read("values.yaml", b"image:\n  tag: v1\n").documents
    with monkeypatch.context() as patch:
        patch.setattr(document.Document, "_decoded", None)
        assert of_values(values) == NOTHING


@pytest.mark.parametrize(
    "raw",
    [
        FLOW.replace("apiVersion", "api\\u0056ersion"),
        FLOW.replace("apiVersion", "api\\x56ersion"),
        f"!!binary {b64encode(SNAPSHOT.encode()).decode()}",
        f'{{"a":!!binary {b64encode(SNAPSHOT.encode()).decode()}}}',
    ],
)
def test_no_form_of_a_text_hides_an_object_in_values(raw: str) -> None:
    text = f"raw: {raw}\n"
    (values,) = document.read("values.yaml", text.encode()).documents
    assert [found.manifest.name for found in of_values(values).objects] == ["nightly"]


def test_an_object_of_no_meaning_in_a_text_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    other = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n"
    around = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: |\n    @\n"
    with monkeypatch.context() as patch:
        patch.setattr(document.Document, "_decoded", None)
        found = contents(put(around, other + SNAPSHOT)).objects
    assert [item.manifest.name for item in found] == ["nightly"]


def test_the_objects_of_a_document_are_given_with_those_inside() -> None:
    (template,) = document.read("t.yaml", put(WRAPPED["Template"]).encode()).documents
    assert [item.kind for item in read_together(template)] == ["Template", "VirtualMachineSnapshot"]


def test_very_many_objects_are_cut_and_told() -> None:
    many = "".join(f"- {FLOW}\n" for _ in range(2_500))
    template = WRAPPED["Template"].replace("objects:", "metadata: {name: t}\nobjects:")
    found = contents(template.replace("- @\n", many))
    assert len(found.objects) == 2_000
    assert found.unread == ('the rest of Template "t", which holds more than is read',)


def test_objects_nested_too_deep_are_told() -> None:
    text = FLOW
    for _ in range(8):
        text = (
            '{"apiVersion": "template.openshift.io/v1", "kind": "Template",'
            f'"metadata": {{"name": "t"}}, "objects": [{text}]}}'
        )
    found = contents(text)
    assert found.objects == ()
    assert found.unread == ('Template "t" holds objects too deep to be read',)


JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from([SNAPSHOT, f"x <<E\n{SNAPSHOT}E", True, "{{"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "apiVersion", "kind", "metadata", "spec", "data", "objects", "values", "template",
            "name", "containers", "args", "virtualMachine", "objectDefinition",
        ]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@examples(200)
@given(kind=st.sampled_from(sorted(WRAPPERS)), value=JSON, at=st.integers(0, 3))
def test_no_value_at_a_place_breaks_it(kind: tuple[str, str], value: object, at: int) -> None:
    group, name = kind
    rows = WRAPPERS[next(known for known in WRAPPERS if known == kind)]
    outer: object = value
    for step in reversed(rows[at % len(rows)].path):
        outer = [outer] if step == "*" and at % 2 else {"a" if step == "*" else step: outer}
    assert isinstance(outer, dict)
    outer |= {"apiVersion": f"{group}/v1" if group else "v1", "kind": name}
    for source in (outer, [{"k8s": {"definition": value}, "block": value}]):
        contents(json.dumps(source))


RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\n"
QUOTED = """

apiVersion: snapshot.kubevirt.io/v1beta1

kind: VirtualMachineSnapshot

metadata: {name: nightly}"""
INNER = "kind: VirtualMachineSnapshot, metadata: {name: nightly}"


@pytest.mark.parametrize(
    "text",
    [
        f"{RELEASE}spec: {{values: {{apiVersion: snapshot.kubevirt.io/v1beta1, {INNER}}}}}\n",
        f'{RELEASE}spec: {{values: {{"api\\x56ersion": snapshot.kubevirt.io/v1beta1, {INNER}}}}}\n',
        f"&key {RELEASE}spec: {{values: {{*key : snapshot.kubevirt.io/v1beta1, {INNER}}}}}\n",
        f"kind: ConfigMap\nmetadata: {{name: web}}\ndata: {{a: '{QUOTED}'}}\n",
    ],
)  # fmt: skip
def test_an_object_is_found_however_its_version_is_written(text: str) -> None:
    assert [item.manifest.name for item in contents(text).objects] == ["nightly"]


def test_what_replaced_variables_hold_is_found() -> None:
    (part,) = document.read("a.yaml", f"{RELEASE}spec: {{values: {{a: $A}}}}\n".encode()).documents
    value = {**part.value, "spec": {"values": {"a": SNAPSHOT}}}
    assert [item.manifest.name for item in inside(Manifest(part, value, ())).objects] == ["nightly"]


def test_a_long_object_without_any_inside_is_not_decoded() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: |\n" + (
        "    kind: Deployment\n" * 400
    )  # fmt: skip
    (part,) = document.read("a.yaml", text.encode()).documents
    assert part.outline is not None
    (manifest,) = manifests(part)
    assert not any(inside(manifest))
    assert part.may_hold("Deployment")
    assert not part.may_hold("VirtualMachine"), "its text is still there"


def test_objects_of_one_file_are_decoded_where_they_may_hold_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: |\n    kind: Pod\n"
    script = one.replace("kind: Pod", "kubectl get apiVersion")
    documents = document.read("a.yaml", f"{one}---\n{script}---\n{one}".encode()).documents
    assert [part.outline is not None for part in documents] == [True, False, True]
    with monkeypatch.context() as patch:
        patch.setattr(document.Document, "_decoded", None)
        assert not any(any(inside(each)) for part in documents for each in manifests(part))


def test_what_is_passed_over_holds_no_objects() -> None:
    assert INNERMOST.isdisjoint(WRAPPERS)
