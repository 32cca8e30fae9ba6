"""The targets: every way by which foreign text comes into the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fuzz import charts, documents, files, texts, trees
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BY_NAME", "FOUND", "TARGETS", "Target", "found", "seeds"]

_HOSTILE = Path(__file__).resolve().parent.parent / "tests" / "hostile"
_SEEDS, FOUND = _HOSTILE / "seeds", _HOSTILE / "found"
_OBJECTS = (
    b"apiVersion: ", b"kind: ", b"metadata: ", b"name: ", b"namespace: ", b"spec:", b"status:",
    b"items:",
    b"snapshot.kubevirt.io/v1beta1", b"kubevirt.io/v1", b"snapshot.storage.k8s.io/v1", b"v1",
    b"VirtualMachineSnapshot", b"VirtualMachineRestore", b"VirtualMachine", b"DataVolume",
    b"failureDeadline: ",
    b"PersistentVolumeClaim", b"StorageClass", b"VolumeSnapshotClass", b"KubeVirt",
    b"featureGates:", b"volumes:",
    b"dataVolumeTemplates:", b"persistentVolumeClaim:", b"source:", b"target:", b"patches:",
    b"generateName: ",
    b"vmsnap-lint/ignore: ", b"readyToUse: true", b"claimName: ", b"resources:", b"storage: ",
    b"annotations:",
    b"template.openshift.io/v1", b"Template", b"objects:\n- ", b"ConfigMap", b"data:", b": |\n  ",
    b"helm.toolkit.fluxcd.io/v2", b"HelmRelease", b"values:", b"- k8s:", b"definition:", b"<<EOF\n",
)  # fmt: skip
_PAGE = (
    b"```yaml\n", b"~~~\n", b"    ", b"> ", b"- ", b"1. ", b"[source,yaml]\n----\n", b"<1>",
    b"<.>", b"...\n",
    b"# ...", b"[...]", b"kubectl apply -f - <<EOF\n", b"<<-'E'", b"$(x)", b"${X}", b"`x`",
    b"{{< tab >}}",
    b"include::x[]", b"ifdef::x[]", b"====\n", b"|===\n", b"+\n", b"<details>", b"<!--", b"\\$",
)  # fmt: skip
_CONFIG = (
    b"select", b"ignore", b"severity", b"overrides", b"paths", b"objects", b"until", b"reason",
    b"exclude",
    b"kubevirt", b"required-version", b"baseline", b"facts", b"crds", b"root", b"context",
    b"[tool.vmsnap-lint]",
    b"[[tool.vmsnap-lint.overrides]]", b'"""', b"'''", b"[ [", b"]]", b"1979-05-27T07:32:00Z",
    b"0x_1", b"inf",
)  # fmt: skip
_CRD = (
    b"openAPIV3Schema:", b"properties:", b"additionalProperties:", b"items:", b"pattern: ",
    b"format: byte",
    b"enum: ", b"x-kubernetes-list-type: set", b"x-kubernetes-preserve-unknown-fields: true",
    b"nullable: true",
    b"x-kubernetes-int-or-string: true", b"oneOf:", b"not:", b"maximum: 1e400", b"multipleOf: 0",
    b"minLength: -1",
    b"default: ", b"(a+)+$", b"x-kubernetes-embedded-resource: true", b"type: ", b"required: ",
    b"versions:",
)  # fmt: skip
_TEMPLATE = (
    b"{{", b"}}", b"{{- ", b" -}}", b".name", b".map.path", b".list", b"$x := ", b"range ", b"if ",
    b"with ", b"{{ end }}", b"{{ else }}", b" | ", b"printf ", b"index ", b"until ", b"dict ",
    b"toYaml ", b"join ", b"replace ", b"${name", b"}", b":=", b"%%", b"##", b"//", b"/#", b"^^",
    b"$${", b"[a-", b"*", b"{a,b}",
)  # fmt: skip
_CHART = (
    b"{{ .Values.", b" }}", b"{{- if .Values.a }}\n", b"{{- else }}\n", b"{{- end }}\n", b"{{/*",
    b"{{- range .Values.l }}\n---\n", b" | quote", b" | default ", b" | nindent 2", b"include ",
    b"tpl ", b"$v := ", b"printf ", b"define ", b"\n====\n", b"\n---\n",
)  # fmt: skip
_KUSTOMIZE = (
    b"resources:", b"bases:", b"components:", b"patches:", b"generators:", b"transformers:",
    b"crds:", b"openapi:",
    b"configMapGenerator:", b"files: [a=b]", b"helmCharts:", b"replacements:", b"path: ", b"../",
    b"Resources:",
    b"=== kustomization.yaml", b"=== base/kustomization.yaml", b"=== vm.yaml",
    b"apiVersion: builtin",
    b"=== .vmsnap-lint.yaml", b"=== .gitignore", b"=== page.md", b"=== Chart.yaml",
    b"=== templates/x.yaml",
)  # fmt: skip


class Target(NamedTuple):
    """One way into the program: a function that breaks only where a promise is broken.

    `seeds` is the folder of the inputs that it begins with, `pieces` are words of their language.
    """

    name: str
    function: Callable[[bytes], None]
    seeds: str
    pieces: tuple[bytes, ...] = ()


TARGETS = (
    Target("arguments", texts.arguments, "arguments"),
    Target("asciidoc", documents.asciidoc, "asciidoc", (*_PAGE, *_OBJECTS[:8])),
    Target("baseline", files.accepted, "baseline", (b'"version": 1', b'"findings": [', b"NaN")),
    Target("charts", charts.chart, "charts", (*_CHART, *_OBJECTS[:7])),
    Target("comments", documents.comments, "manifests", (b"# vmsnap-lint: ignore[", b"until=")),
    Target("configuration", files.settings, "configuration", _CONFIG),
    Target("crds", files.definitions, "crds", _CRD),
    Target("exclude", files.excluded, "gitignore", (b"**/", b"*", b"?", b"/", b"a")),
    Target("facts", files.cluster, "facts", (b"# vmsnap-lint facts ", b"# every ", *_OBJECTS)),
    Target("field", texts.field, "fields", (b"{{", b"}}", b"ENC[", b"${", b"1h", b"Ki", b"e")),
    Target("gitignore", files.ignored, "gitignore", (b"**/", b"*", b"[a-", b"]", b"\\", b"!",
    b"/")),
    Target("kustomization", trees.graph, "trees", _KUSTOMIZE),
    Target("manifest", documents.manifest, "manifests", _OBJECTS),
    Target("markdown", documents.markdown, "markdown", (*_PAGE, *_OBJECTS[:8])),
    Target("names", texts.names, "names"),
    Target("patches", texts.patches, "patches", (b'{"op": "add", "path": "/spec/x"}', b'"value":')),
    Target("pattern", texts.pattern, "patterns", (b"[[:alpha:]]", b"\\Q", b"(?i)", b"{1,1000}",
    b"[^")),
    Target("pyproject", files.pyproject, "pyproject", _CONFIG),
    Target("stream", documents.stream, "manifests", _OBJECTS),
    Target("templates", texts.templates, "templates", _TEMPLATE),
    Target("tree", trees.tree, "trees", (*_KUSTOMIZE, *_OBJECTS)),
    Target("variables", texts.variables, "variables"),
)  # fmt: skip
BY_NAME = {target.name: target for target in TARGETS}


def seeds(target: Target) -> tuple[bytes, ...]:
    """The inputs to begin with; for manifests the examples of all rules as well."""
    own = [path.read_bytes() for path in sorted((_SEEDS / target.seeds).iterdir())]
    return (*own, *found(target), *(_examples() if target.seeds == "manifests" else ()))


def found(target: Target) -> tuple[bytes, ...]:
    """The inputs that once broke a promise."""
    folder = FOUND / target.name
    return tuple(path.read_bytes() for path in sorted(folder.iterdir())) if folder.is_dir() else ()


@cache
def _examples() -> tuple[bytes, ...]:
    """The examples of all rules."""
    rules = map(catalog.rule, rule_ids())
    return tuple(text.encode() for rule in rules for text in (*rule.good[:1], *rule.bad[:1]))
