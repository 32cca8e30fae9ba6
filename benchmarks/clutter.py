"""Makes the files of a large repository that no snapshot depends on, in proportions as found.

Each maker gives paths with their texts: an application, a chart, or a single file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from benchmarks.chart import chart
from benchmarks.varied import comment, documents, name, sentence, style_of, token, yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Files = Iterator[tuple[str, str]]

__all__ = ["MAKERS"]

_TYPES = ("string", "string", "string", "integer", "boolean", "object", "object", "array")
_LANGUAGES = {"go": "//", "py": "#", "tf": "#", "sh": "#", "md": "", "ts": "//"}


def _definition(chance: Random) -> Files:
    """A CRD, 10 to 300 KB."""
    kind = name(chance).title().replace("-", "")
    group = f"{name(chance)}.example.com"
    schema = {
        "type": "object", "description": sentence(chance, 30), "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": sentence(chance, 40)},
            "kind": {"type": "string", "description": sentence(chance, 40)},
            "metadata": {"type": "object"},
            "spec": _schema(chance, chance.randint(2, 4), chance.randint(4, 9)),
            "status": _schema(chance, 2, 5),
        },
    }  # fmt: skip
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema},
               "subresources": {"status": {}}}  # fmt: skip
    names = {"kind": kind, "listKind": f"{kind}List", "plural": f"{kind}s".lower(),
             "singular": kind.lower(), "shortNames": [kind[:3].lower()]}  # fmt: skip
    value = {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"annotations": {"controller-gen.kubebuilder.io/version": "v0.16.1"},
                     "name": f"{kind.lower()}s.{group}"},
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [version]},
    }  # fmt: skip
    yield f"crds/{group}_{kind.lower()}s.yaml", documents(chance, [value])


def _schema(chance: Random, depth: int, width: int) -> dict[str, Any]:
    """The schema of an object with as many levels below it."""
    properties: dict[str, Any] = {}
    for _ in range(width):
        type_ = chance.choice(_TYPES)
        field: dict[str, Any] = {"description": sentence(chance, chance.randint(5, 60))}
        if type_ in ("object", "array") and not depth:
            type_ = "string"
        if type_ == "object":
            field = {**field, **_schema(chance, depth - 1, width)}
        elif type_ == "array":
            field["items"] = _schema(chance, depth - 1, max(2, width // 2))
        elif type_ == "string" and chance.random() < 0.2:
            field["enum"] = [name(chance).title() for _ in range(chance.randint(2, 5))]
        properties[_field(chance)] = {**field, "type": type_}
    return {"type": "object", "properties": properties}


def _field(chance: Random) -> str:
    first, second, number = name(chance).split("-")
    return f"{first}{second.title()}{number}"


def _panels(chance: Random) -> dict[str, Any]:
    """A dashboard of Grafana, 10 to 60 KB."""
    panels = [
        {
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "fieldConfig": {"defaults": {"color": {"mode": "palette-classic"}, "custom": {
                "axisPlacement": "auto", "barAlignment": 0, "fillOpacity": chance.randrange(100),
                "lineWidth": chance.randint(1, 3), "hideFrom": {"legend": False, "viz": False},
                "scaleDistribution": {"type": "linear"}}, "mappings": [],
                "thresholds": {"mode": "absolute", "steps": [
                    {"color": "green", "value": None},
                    {"color": "red", "value": chance.randrange(90)}]},
                "unit": chance.choice(("short", "bytes", "percentunit", "s"))}, "overrides": []},
            "gridPos": {"h": 8, "w": 12, "x": 12 * (at % 2), "y": 8 * (at // 2)}, "id": at,
            "targets": [{"expr": _query(chance), "legendFormat": "{{" + name(chance) + "}}",
                         "refId": letter} for letter in "ABC"[: chance.randint(1, 3)]],
            "title": sentence(chance, 4), "type": chance.choice(("timeseries", "stat", "table")),
        }
        for at in range(chance.randint(5, 30))
    ]  # fmt: skip
    return {"annotations": {"list": []}, "editable": True, "panels": panels, "refresh": "30s",
            "schemaVersion": 39, "title": sentence(chance, 3), "uid": token(chance, 9)}  # fmt: skip


def _query(chance: Random) -> str:
    metric = name(chance).replace("-", "_")
    return f'sum(rate({metric}_total{{job="{name(chance)}", code=~"5.."}}[5m])) by (pod, {metric})'


def _dashboard(chance: Random) -> Files:
    text = json.dumps(_panels(chance), indent=2) + "\n"
    title = name(chance)
    if chance.random() < 0.5:
        yield f"dashboards/{title}.json", text
        return
    value = {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": title, "labels": {"grafana_dashboard": "1"}},
             "data": {f"{title}.json": text}}  # fmt: skip
    yield f"dashboards/{title}.yaml", documents(chance, [value])


def _workload(chance: Random, title: str, namespace: str) -> list[Any]:
    """A Deployment with what stands beside one."""
    metadata = {"name": title, "namespace": namespace, "labels": {"app": title}}
    environment = [{"name": name(chance).upper().replace("-", "_"), "value": token(chance, 12)}
                   for _ in range(chance.randint(0, 8))]  # fmt: skip
    container = {
        "name": title, "image": f"ghcr.io/example/{title}:{chance.randrange(9)}.{token(chance, 4)}",
        "ports": [{"name": "http", "containerPort": chance.randint(1024, 9999)}],
        "resources": {"limits": {"memory": f"{chance.randint(1, 32)}00Mi"},
                      "requests": {"cpu": f"{chance.randint(1, 90)}0m"}},
        "env": environment, "securityContext": {"readOnlyRootFilesystem": True},
    }  # fmt: skip
    pod = {"metadata": {"labels": {"app": title}}, "spec": {"containers": [container]}}
    every = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
         "spec": {"replicas": chance.randint(1, 5), "selector": {"matchLabels": {"app": title}},
                  "template": pod}},
        {"apiVersion": "v1", "kind": "Service", "metadata": metadata,
         "spec": {"selector": {"app": title}, "ports": [{"name": "http", "port": 80}]}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata,
         "data": {"app.conf": "".join(f"{name(chance)}={token(chance, 16)}\n" for _ in range(9))}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata,
         "rules": [{"apiGroups": [chance.choice(("", "apps", "batch", "kubevirt.io"))],
                    "resources": ["pods", name(chance)], "verbs": ["get", "list", "watch"]}]},
        {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": metadata,
         "spec": {"groups": [{"name": title, "rules": [
             {"alert": _field(chance), "expr": _query(chance), "for": "10m",
              "annotations": {"summary": sentence(chance, 12)}} for _ in range(4)]}]}},
    ]  # fmt: skip
    return [every[0], *chance.sample(every[1:], chance.randint(1, 4))]


def _application(chance: Random) -> Files:
    """Manifests with a base and overlays of kustomize."""
    title, namespace = name(chance), name(chance)
    home = f"apps/{namespace}/{title}"
    objects = _workload(chance, title, namespace)
    files = [f"{one['kind'].lower()}.yaml" for one in objects]
    for file, one in zip(files, objects, strict=True):
        yield f"{home}/base/{file}", documents(chance, [one])
    yield f"{home}/base/kustomization.yaml", _kustomization(chance, files)
    for stage in chance.sample(("dev", "test", "prod"), 2):
        yield f"{home}/{stage}/kustomization.yaml", _kustomization(chance, ["../base"], stage)


def _kustomization(chance: Random, resources: list[str], stage: str = "") -> str:
    value: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": resources,
    }  # fmt: skip
    if stage:
        value["namePrefix"] = f"{stage}-"
        value["labels"] = [{"pairs": {"stage": stage, "change": token(chance, 8)}}]
    return documents(chance, [value])


def _release(chance: Random) -> Files:
    """A release of Flux with its values."""
    title = name(chance)
    chart_of = {"chart": title, "version": f"{chance.randrange(60)}.{chance.randrange(9)}.1",
                "sourceRef": {"kind": "HelmRepository", "name": "charts"}}  # fmt: skip
    value = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
             "metadata": {"name": title, "namespace": name(chance)},
             "spec": {"interval": "30m", "chart": {"spec": chart_of},
                      "values": _values(chance)}}  # fmt: skip
    yield f"releases/{title}/helmrelease.yaml", documents(chance, [value])


def _values(chance: Random) -> dict[str, Any]:
    return {_field(chance): _value(chance, 3) for _ in range(chance.randint(4, 20))}


def _value(chance: Random, depth: int) -> Any:
    if depth and chance.random() < 0.4:
        return {_field(chance): _value(chance, depth - 1) for _ in range(chance.randint(1, 6))}
    kinds: tuple[Any, ...] = (
        name(chance), chance.randrange(70_000), chance.random() < 0.5, [], {}, "",
        f"https://{name(chance)}.example.com/{token(chance, 8)}", [name(chance), name(chance)],
    )  # fmt: skip
    return chance.choice(kinds)


def _values_file(chance: Random) -> Files:
    text = yaml(chance, _values(chance), style_of(chance)._replace(comments=0.2))
    yield f"values/{name(chance)}/values-{chance.choice(('dev', 'prod', 'lab'))}.yaml", text


def _workflow(chance: Random) -> Files:
    steps: list[dict[str, Any]] = [{"uses": f"actions/checkout@{token(chance, 40)}"}]
    steps += [{"name": sentence(chance, 3), "run": f"make {name(chance)}\n./{name(chance)}.sh\n",
               "env": {"TOKEN": "${{ secrets.GITHUB_TOKEN }}", "ID": token(chance, 8)}}
              for _ in range(chance.randint(2, 9))]  # fmt: skip
    value = {"name": sentence(chance, 2), "on": {"push": {"branches": ["main"]}},
             "jobs": {name(chance): {"runs-on": "ubuntu-24.04", "steps": steps}}}  # fmt: skip
    file = f"{name(chance)}.yaml"
    yield f"projects/{name(chance)}/.github/workflows/{file}", documents(chance, [value])


def _other_json(chance: Random) -> Files:
    packages = {f"node_modules/{name(chance)}": {
        "version": f"{chance.randrange(20)}.{chance.randrange(20)}.0", "license": "MIT",
        "integrity": f"sha512-{token(chance, 86)}==", "dependencies": {name(chance): "^1.0.0"}}
        for _ in range(chance.choice((0, 0, 5, 200)))}  # fmt: skip
    value = {"name": name(chance), "version": "1.0.0", "private": True, "packages": packages}
    file = "package-lock.json" if packages else "package.json"
    yield f"projects/{name(chance)}/{file}", json.dumps(value, indent=2) + "\n"


def _source_code(chance: Random) -> Files:
    suffix, mark = chance.choice(sorted(_LANGUAGES.items()))
    lines = (f"{mark} {comment(chance)}\n{name(chance)} {token(chance, 20)}\n" for _ in range(40))
    yield f"projects/{name(chance)}/src/{name(chance)}.{suffix}", "".join(lines)


MAKERS: tuple[tuple[float, Callable[[Random], Files]], ...] = (
    (0.01, _definition),
    (0.02, _dashboard),
    (0.26, _application),
    (0.18, chart),
    (0.08, _release),
    (0.11, _values_file),
    (0.06, _workflow),
    (0.08, _other_json),
    (0.16, _source_code),
)
"""The share of the files that each makes."""
