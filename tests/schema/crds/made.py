"""Small CRDs and objects of their kind, written inline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import document
from vmsnap_lint.checks.causes import RULE_OF
from vmsnap_lint.objects.manifest import Manifest, manifests
from vmsnap_lint.schema.crds import Crds, from_files

if TYPE_CHECKING:
    from vmsnap_lint.schema import SchemaProblem

__all__ = ["crd", "crds", "messages", "object_of", "read"]

_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.org}
spec:
  group: example.org
  names: {kind: Gadget, plural: gadgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: %s
"""


def crd(spec: str, more: str = "") -> str:
    """A CRD whose spec has this schema, in flow style; `more` ends its only version."""
    return _CRD % spec + more


def read(text: str, file: str = "crd.yaml") -> list[Manifest]:
    source = document.read(file, text.encode())
    assert source.faults == ()
    return [one for part in source.documents for one in manifests(part)]


def crds(text: str) -> Crds:
    return from_files([document.read("crd.yaml", text.encode())])


def object_of(spec: str, head: str = "apiVersion: example.org/v1") -> Manifest:
    text = f"{head}\nkind: Gadget\nmetadata: {{name: one}}\nspec: {spec}\n"
    return read(text, "gadget.yaml")[0]


def messages(schema: str, spec: str) -> list[tuple[str, str]]:
    """The rules and messages about a spec of that schema."""
    problems: tuple[SchemaProblem, ...] = crds(crd(schema)).problems(object_of(spec))
    return [(RULE_OF[problem.fault], problem.message) for problem in problems]
