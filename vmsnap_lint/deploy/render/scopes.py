"""The namespace of an object: whether it has one, by its kind, and the one it is applied to."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.objects.manifest import in_namespace

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["is_of_cluster", "placed"]

# Further kinds that charts and kustomizations hold, by their names.
_NAMES = frozenset((
    "APIService", "CSIDriver", "CSINode", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding",
    "CustomResourceDefinition", "GatewayClass", "IngressClass", "MutatingWebhookConfiguration",
    "Namespace", "Node", "PriorityClass", "RuntimeClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
))  # fmt: skip


def is_of_cluster(kind: Kind) -> bool:
    """Whether objects of the kind have no namespace, as far as that is known."""
    return kind in CLUSTER_SCOPED or kind.kind in _NAMES


def placed(manifest: Manifest, namespace: str | None) -> Manifest:
    """The object in the namespace that it is applied to, where it has none of its own."""
    if not namespace or manifest.namespace or is_of_cluster(manifest.group_kind):
        return manifest
    return in_namespace(manifest, namespace)
