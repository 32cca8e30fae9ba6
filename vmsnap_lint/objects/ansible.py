"""Finds the definitions in the tasks of Ansible that make Kubernetes objects.

https://docs.ansible.com/ansible/latest/collections/kubernetes/core/k8s_module.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vmsnap_lint.objects.unpacking import Way
from vmsnap_lint.objects.wrappers import Making

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document
    from vmsnap_lint.objects.unpacking import Unpacking

__all__ = ["unpack_tasks"]

_MODULES = (
    "kubernetes.core.k8s", "k8s", "community.kubernetes.k8s", "community.okd.k8s",
    "redhat.openshift.k8s", "openshift_raw", "k8s_raw",
)  # fmt: skip
_NESTED = (
    "tasks", "block", "rescue", "always", "pre_tasks", "post_tasks", "handlers",
)  # fmt: skip
_DEFINITIONS = ("definition", "resource_definition", "inline")
_FILES = ("src", "template")
_ARGUMENT = re.compile(r"(?<!\S)(\w+)=(\S+)")


def unpack_tasks(document: Document, unpacking: Unpacking) -> None:
    """Adds the objects that the plays or tasks of a document define."""
    for path, arguments in _modules(document.value):
        state = arguments.get("state")
        if state in ("absent", "patched"):  # of an object that exists
            continue
        for field in _FILES:
            if arguments.get(field):
                unpacking.unread[f"an Ansible task with a manifest in {field}"] = None
        way = Way(Making.RUN, _text(arguments, "namespace"), _text(arguments, "name"))
        for field in _DEFINITIONS:
            _define(document, (*path, field), arguments.get(field), way, unpacking)


def _define(
    document: Document, path: Path, definition: Any, way: Way, unpacking: Unpacking
) -> None:
    """Adds a definition: an object, a list of some, or text."""
    items = definition if isinstance(definition, list) else [definition]
    for number, item in enumerate(items):
        at = (*path, number) if isinstance(definition, list) else path
        if isinstance(item, dict):
            unpacking.add(document, at, item, way)
        elif isinstance(item, str) and "apiVersion" in item:
            unpacking.read(document, at, item, way)
        elif isinstance(item, str) and "{{" in item:
            unpacking.unread["an Ansible task with a definition that a template makes"] = None


def _modules(value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The arguments of each task that makes objects, with their path."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, tasks = stack.pop()
        for number, task in enumerate(tasks if isinstance(tasks, list) else ()):
            if not isinstance(task, dict):
                continue
            for module in _MODULES:
                arguments = task.get(module)
                if isinstance(arguments, str):  # the old form: `k8s: src=vm.yaml state=present`
                    arguments = dict(_ARGUMENT.findall(arguments))
                if isinstance(arguments, dict):
                    yield (*path, number, module), arguments
            below = ((*path, number, key) for key in _NESTED if key in task)
            stack += [(inner, task[inner[-1]]) for inner in below]


def _text(arguments: dict[str, Any], field: str) -> str:
    value = arguments.get(field)
    return value if isinstance(value, str) else ""
