"""The kinds of objects that hold other objects, and where: one row for each place."""

from __future__ import annotations

from enum import Enum, IntEnum

from vmsnap_lint.core.kinds import (
    ARGO_APPLICATION,
    ARGO_APPLICATION_SET,
    CONFIG_MAP,
    FLUX_HELM_RELEASE,
    POD,
    Kind,
)
from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["EACH", "WRAPPERS", "Form", "Making", "Wrapping"]

EACH = "*"
"""Every item of an array, or every value of an object."""


class Making(IntEnum):
    """How a wrapped object is made; where wrappers are nested, the highest counts."""

    APPLIED = 0
    """By what applies the wrapper, in the same cluster."""
    RUN = 1
    """By a script or a play, whenever it runs."""
    ELSEWHERE = 2
    """By a controller, in a cluster that may be another one."""
    FILLED = 3
    """From a template, under the names that its user chooses."""


class Form(Enum):
    """What stands at the place."""

    OBJECT = "the object"
    CONDITION = "an object that a policy compares with the one that exists"
    VALUES = "values of a chart, with objects anywhere in them"
    VALUES_TEXT = "the same as text"
    SCRIPT = "shell commands"
    TEXT = "a file: manifests or a script"
    TEMPLATE = "text that only its controller can read"


class Wrapping(NamedTuple):
    """Where a kind holds objects.

    `kind` is that of objects that are written without theirs; `gives_name` says that their names
    may be set where the template is filled in.
    """

    path: tuple[str, ...]
    form: Form = Form.OBJECT
    making: Making = Making.ELSEWHERE
    kind: Kind | None = None
    gives_name: bool = False


_VM = Kind("kubevirt.io", "VirtualMachine")
_FILLED = Making.FILLED


def _of_pods(*path: str) -> tuple[Wrapping, ...]:
    return tuple(
        Wrapping((*path, containers, EACH, field, EACH), Form.SCRIPT, Making.RUN)
        for containers in ("containers", "initContainers")
        for field in ("command", "args")
    )


def _of_helm(making: Making, *path: str) -> tuple[Wrapping, ...]:
    return tuple(
        Wrapping((*path, *source, "helm", field), form, making)
        for source in (("source",), ("sources", EACH))
        for field, form in (("valuesObject", Form.VALUES), ("values", Form.VALUES_TEXT))
    )


_TEMPLATE = (Wrapping(("objects", EACH), making=_FILLED),)
_WORKLOAD = _of_pods("spec", "template", "spec")
_CROSSPLANE_OBJECT = (Wrapping(("spec", "forProvider", "manifest")),)

WRAPPERS: dict[Kind, tuple[Wrapping, ...]] = {
    # openshift/api template/v1/types.go; oc also reads the group-less form of releases before 4
    Kind("", "Template"): _TEMPLATE,
    Kind("template.openshift.io", "Template"): _TEMPLATE,
    # kubevirt/virt-template api/v1alpha1 and v1beta1: spec.virtualMachine, an object or its fields
    Kind("template.kubevirt.io", "VirtualMachineTemplate"): (
        Wrapping(("spec", "virtualMachine"), making=_FILLED, kind=_VM, gives_name=True),
    ),
    # kubernetes-sigs/cluster-api-provider-kubevirt api/v1alpha1/kubevirtmachine_types.go
    Kind("infrastructure.cluster.x-k8s.io", "KubevirtMachineTemplate"): (
        Wrapping(
            ("spec", "template", "spec", "virtualMachineTemplate"),
            making=_FILLED,
            kind=_VM,
            gives_name=True,
        ),
    ),
    # open-cluster-management-io/governance-policy-propagator api/v1/policy_types.go
    Kind("policy.open-cluster-management.io", "Policy"): (
        Wrapping(("spec", "policy-templates", EACH, "objectDefinition")),
    ),
    # open-cluster-management-io/config-policy-controller api/v1/configurationpolicy_types.go
    Kind("policy.open-cluster-management.io", "ConfigurationPolicy"): (
        Wrapping(("spec", "object-templates", EACH), Form.CONDITION),
        Wrapping(
            (
                "spec",
                "object-templates-raw",
            ),
            Form.TEMPLATE,
        ),
    ),
    # open-cluster-management-io/api work/v1/types.go, work/v1alpha1/types_manifestworkreplicaset.go
    Kind("work.open-cluster-management.io", "ManifestWork"): (
        Wrapping(("spec", "workload", "manifests", EACH)),
    ),
    Kind("work.open-cluster-management.io", "ManifestWorkReplicaSet"): (
        Wrapping(("spec", "manifestWorkTemplate", "workload", "manifests", EACH)),
    ),
    # crossplane-contrib/provider-kubernetes apis/object/v1alpha2/types.go, apis/namespaced
    Kind("kubernetes.crossplane.io", "Object"): _CROSSPLANE_OBJECT,
    Kind("kubernetes.m.crossplane.io", "Object"): _CROSSPLANE_OBJECT,
    # crossplane/crossplane apis/apiextensions/v1: resources; function-patch-and-transform: input
    Kind("apiextensions.crossplane.io", "Composition"): (
        Wrapping(("spec", "resources", EACH, "base"), making=_FILLED, gives_name=True),
        Wrapping(
            ("spec", "pipeline", EACH, "input", "resources", EACH, "base"),
            making=_FILLED,
            gives_name=True,
        ),
    ),
    # charts that make what their values hold, such as bedag/raw: fluxcd/helm-controller api/v2
    FLUX_HELM_RELEASE: (Wrapping(("spec", "values"), Form.VALUES, Making.APPLIED),),
    # argoproj/argo-cd pkg/apis/application/v1alpha1/types.go: ApplicationSourceHelm
    ARGO_APPLICATION: _of_helm(Making.APPLIED, "spec"),
    ARGO_APPLICATION_SET: _of_helm(_FILLED, "spec", "template", "spec"),
    CONFIG_MAP: (Wrapping(("data", EACH), Form.TEXT),),
    Kind("", "Secret"): (Wrapping(("stringData", EACH), Form.TEXT),),
    POD: _of_pods("spec"),
    Kind("batch", "CronJob"): _of_pods("spec", "jobTemplate", "spec", "template", "spec"),
    Kind("batch", "Job"): _WORKLOAD,
    Kind("apps", "DaemonSet"): _WORKLOAD,
    Kind("apps", "Deployment"): _WORKLOAD,
    Kind("apps", "StatefulSet"): _WORKLOAD,
}
