"""A template whose class certainly changes is told, and nothing that may only look so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import claim, manifests_of, storage_class, template, vm, volume, world
from vmsnap_lint.kubevirt.storage.moved_templates import moved
from vmsnap_lint.objects.history import Change

DEFAULT = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}


def _vm(*templates: dict[str, Any]) -> dict[str, Any]:
    return vm(volume("root", dataVolume={"name": "root"}), dataVolumeTemplates=[*templates])


def _moves(
    before: dict[str, Any], after: dict[str, Any] | None, *others: dict[str, Any]
) -> list[str]:
    old, *rest = manifests_of("vm.yaml", before, *([after] if after is not None else []))
    change = Change(old, rest[0] if rest else None)
    cluster = world(others, complete=frozenset()).cluster
    return [f"{it.name} {it.before} {it.after}" for it in moved(cluster, change)]


def test_another_class_of_the_same_template_is_a_move() -> None:
    assert _moves(_vm(template(cls="a")), _vm(template(cls="b"))) == ["root a b"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (template(cls="a"), template(cls="a")),
        (template(cls="a"), template("other", cls="b")),
        (template(cls="a"), template(cls="${CLASS}")),
        (template(cls="a"), template(cls=None)),
        (template("${NAME}", cls="a"), template("${NAME}", cls="b")),
    ],
)
def test_a_new_name_or_an_unknown_class_is_none(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert _moves(_vm(before), _vm(after)) == []
    assert _moves(_vm(before), None) == []


def test_the_default_class_counts_where_it_is_known() -> None:
    default = storage_class("a", metadata=DEFAULT)
    unset = _vm(template(cls=None))
    assert _moves(unset, _vm(template(cls="b")), default) == ["root a b"]
    assert _moves(unset, _vm(template(cls="a")), default) == []
    assert _moves(unset, _vm(template(cls="b"))) == []


def test_a_disk_that_is_there_already_is_none() -> None:
    assert _moves(_vm(template(cls="a")), _vm(template(cls="b")), claim(cls="b")) == []


@pytest.mark.parametrize("templates", [None, "x", [None, 1, {}, {"spec": []}, {"metadata": "x"}]])
def test_no_template_is_too_odd(templates: Any) -> None:
    odd = vm()
    odd["spec"]["dataVolumeTemplates"] = templates
    assert _moves(odd, odd) == []
