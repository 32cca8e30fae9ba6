"""Finds the definitions in the tasks of Ansible that make Kubernetes objects.

https://docs.ansible.com/ansible/latest/collections/kubernetes/core/k8s_module.html
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
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
_SHELLS = ("shell", "ansible.builtin.shell")
_NESTED = (
    "tasks", "block", "rescue", "always", "pre_tasks", "post_tasks", "handlers",
)  # fmt: skip
_DEFINITIONS = ("definition", "resource_definition", "inline")
_FILES = ("src", "template")
_ARGUMENT = re.compile(r"(?<!\S)(\w+)=(\S+)")


def unpack_tasks(document: Document, unpacking: Unpacking) -> None:
    """Adds the objects that the plays or tasks of a document define."""
    for path, task in _tasks(document.value):
        for module in _MODULES:
            if module in task:
                _make(document, (*path, module), task[module], unpacking)
        for shell in _SHELLS:
            command = task.get(shell)
            at = (*path, shell, "cmd") if isinstance(command, dict) else (*path, shell)
            script = command.get("cmd") if isinstance(command, dict) else command
            if isinstance(script, str) and "<<" in script:
                unpacking.read(document, at, script, Way(Making.RUN))


def _make(document: Document, path: Path, arguments: Any, unpacking: Unpacking) -> None:
    """Adds what one task makes."""
    if isinstance(arguments, str):  # the old form: `k8s: src=vm.yaml state=present`
        arguments = dict(_ARGUMENT.findall(arguments))
    # "patched" is for an object that exists
    if not isinstance(arguments, dict) or arguments.get("state") in ("absent", "patched"):
        return
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


def _tasks(value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each play and task, also in blocks, with its path."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, tasks = stack.pop()
        for number, task in enumerate(tasks if isinstance(tasks, list) else ()):
            if isinstance(task, dict):
                yield (*path, number), task
                below = ((*path, number, key) for key in _NESTED if key in task)
                stack += [(inner, task[inner[-1]]) for inner in below]


def _text(arguments: dict[str, Any], field: str) -> str:
    value = arguments.get(field)
    return value if isinstance(value, str) else ""
