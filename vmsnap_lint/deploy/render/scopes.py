"""Whether an object has a namespace, by its kind."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLUSTER_SCOPED, Kind

__all__ = ["is_of_cluster"]

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
