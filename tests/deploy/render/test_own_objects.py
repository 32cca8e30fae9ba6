"""Whether a file holds an object of ours is known by parsing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, write
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.deploy.render.own_objects import hold
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from pathlib import Path

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: virtualmachines.kubevirt.io}
spec:
  names:
    kind: VirtualMachine
  description: names the VirtualMachineSnapshot of snapshot.kubevirt.io
"""
INSIDE = "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n"


@pytest.mark.parametrize(
    ("text", "relevance"),
    [
        (SNAPSHOT, Relevance.SAVING),
        (VM, Relevance.MARKER),
        ("apiVersion: v1\nkind: PersistentVolumeClaim\n", Relevance.READ),
        (INSIDE + "- {apiVersion: kubevirt.io/v1, kind: VirtualMachine}\n", Relevance.MARKER),
        (f"apiVersion: v1\nkind: List\nitems:\n- {VM.replace(chr(10), chr(10) + '  ')}\n",
         Relevance.MARKER),
        (f"{SNAPSHOT}a: [\n", Relevance.SAVING),
        ("{{ if x }}\n" + VM, Relevance.MARKER),
        (CRD, Relevance.NONE),
        ("{{ if x }}\n" + CRD, Relevance.MARKER),  # as far as its text shows
        ("# VirtualMachineSnapshot\napiVersion: apps/v1\nkind: Deployment\n", Relevance.NONE),
        ("", Relevance.NONE),
    ],
)  # fmt: skip
def test_what_a_file_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, relevance: Relevance
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a.yaml": text})
    cache = FileCache(sources.collect(["."], sources.Search(allow_empty=True)))
    found = [
        least
        for least in Relevance
        if least and hold([str(tmp_path / "a.yaml"), str(tmp_path / "gone.yaml")], cache, least)
    ]
    assert max(found, default=Relevance.NONE) == relevance
