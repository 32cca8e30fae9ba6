"""A kind of a clone's source or target that is left empty is rejected, as any other wrong one."""

from __future__ import annotations

from tests.builders import manifests_of
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.copies.clone_fields import rejected_fields
from vmsnap_lint.objects.workspace import Workspace


def test_an_empty_kind_is_rejected() -> None:
    vm = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine"}
    for spoiled in ("source", "target"):
        spec = {"source": {**vm, "name": "web"}, "target": {**vm, "name": "copy"}}
        spec[spoiled]["kind"] = ""
        clone = {"apiVersion": "clone.kubevirt.io/v1beta1", "kind": "VirtualMachineClone"}
        [manifest] = manifests_of("a.yaml", clone | {"metadata": {"name": "c"}, "spec": spec})
        messages = [
            it.problem.message for it in rejected_fields(Cluster(Workspace([manifest])), manifest)
        ]
        assert any(f'{spoiled} kind ""' in message for message in messages), messages
