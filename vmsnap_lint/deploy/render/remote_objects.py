"""What the URL of a manifest or base tells: the kinds that are made, and KubeVirt's release."""

from __future__ import annotations

import re

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["RemoteObjects", "described"]

_CLASSES = frozenset((kinds.CRD, kinds.STORAGE_CLASS, kinds.VOLUME_SNAPSHOT_CLASS))
_OPERATOR = frozenset((kinds.CRD,))  # a known kind that no rule misses; the rest is not read at all
_LONGEST = 2_000
# The first pattern that is found in the URL tells the kinds.
_KINDS: tuple[tuple[str, frozenset[kinds.Kind]], ...] = (
    (r"/kubevirt-operator\.ya?ml|/cdi-operator\.ya?ml", _OPERATOR),
    (r"/kubevirt-cr\.ya?ml", frozenset((kinds.KUBEVIRT,))),
    (r"/cdi-cr\.ya?ml", frozenset((kinds.CDI,))),
    (r"kubevirt/common-instancetypes",
     frozenset((kinds.CLUSTER_PREFERENCE, kinds.PREFERENCE, kinds.CRD))),
    (r"/(?:crds?|[\w.-]*[_.-]crds?|crd-[\w.-]*|[a-z0-9.-]+\.[a-z0-9-]+_[a-z]+)\.ya?ml\b",
     _OPERATOR),
    (r"/crds?(?:/|\?|$)", _OPERATOR),
    (r"kubernetes-csi/external-snapshotter", _OPERATOR),
    (r"rancher/local-path-provisioner", frozenset((kinds.STORAGE_CLASS,))),
    (r"[/-]csi-|csi-driver|longhorn/longhorn|rook/rook|openebs|piraeus|topolvm", _CLASSES),
    ((r"[/:](?:argoproj/argo-cd|cert-manager/cert-manager|fluxcd/[\w-]+|jetstack/cert-manager"
     r"|k8snetworkplumbingwg/[\w.-]+|kubernetes/ingress-nginx|kubernetes-sigs/[\w.-]+"
     r"|kubevirt/(?:cluster-network-addons-operator|ssp-operator)|metallb/metallb"
     r"|prometheus-operator/[\w-]+|projectcalico/calico)(?:[/.?]|$)"), _OPERATOR),
)  # fmt: skip
_RELEASE = re.compile(
    r"[/:]kubevirt/kubevirt(?:\.git)?(?:/(?:[^?]*?/)?|(?:/[^?]*)?\?(?:[^#]*&)?(?:ref|version)=)"
    r"v?(\d+\.\d+\.\d+(?:-[\w.]+)?)(?=[/&?#]|$)",
    re.IGNORECASE,
)


class RemoteObjects(NamedTuple):
    """The kinds that may be made, none where any may be; the release of KubeVirt, or ""."""

    kinds: frozenset[kinds.Kind] = frozenset()
    release: str = ""


def described(url: str) -> RemoteObjects:
    """What is known of a manifest or base by its URL alone."""
    url = url[:_LONGEST]
    found = (made for pattern, made in _KINDS if re.search(pattern, url, re.IGNORECASE))
    release = _RELEASE.search(url)
    return RemoteObjects(next(found, frozenset()), release[1] if release else "")
