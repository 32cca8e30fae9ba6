"""ConfigMaps are found by name in whatever form a file writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from vmsnap_lint import document
from vmsnap_lint.deploy import config_maps
from vmsnap_lint.deploy.config_maps import ConfigMaps
from vmsnap_lint.deploy.render.file_cache import FileCache
from vmsnap_lint.input.sources import SourceFile, Sources
from vmsnap_lint.objects.manifest import Manifest, manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_FORMS = (
    "kind: ConfigMap\nmetadata:\n  name: settings\n",
    "kind: ConfigMap\nmetadata: {name: settings}\n",
    "  kind: ConfigMap\n  metadata:\n    name:\n      settings\n",
    '{"kind": "ConfigMap", "metadata": {"name": "settings"}}',
    "kind: ConfigMap\nmetadata:\n  name: &name settings\n",
    "kind: ConfigMap\nmetadata:\n  labels: {app: &name settings}\n  name: *name\n",
    "kind: ConfigMap\nmetadata:\n  name: >-\n    settings\n",
    "kind: ConfigMap\nmetadata:\n  name: # of all\n    settings\n",
    "kind: ConfigMap\nmetadata:\n  ? name\n  : 'settings'\n",
    'kind: ConfigMap\nmetadata:\n  "n\\x61me": settings\n',
    "kind: ConfigMap\nmetadata:\n  labels: {app: &key name}\n  *key : settings\n",
    '"kind": "Lis\\x74"\nitems:\n- kind: ConfigMap\n  metadata: {name: settings}\n',
    "kind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: settings}\n",
    "kind: ConfigMapList\nitems:\n  - metadata:\n      name: settings\n",
    "<<:\n- kind: ConfigMap\n- metadata: {name: settings}\n",
    "kind: # of all\n  ConfigMap\nmetadata: {name: settings}\n",
    "? kind # of all\n: ConfigMap\nmetadata: {name: settings}\n",
    "kind: &kind ConfigMap\nmetadata: {name: settings}\n",
    "metadata: {name: settings, labels: {a: &kind ConfigMap}}\nkind: *kind\n",
    "kind: >-\n  ConfigMap\nmetadata: {name: settings}\n",
    "kind:\u2028  'ConfigMap'\nmetadata: {name: settings}\n",
    "kind: Secret\n---\nkind: ConfigMap\r\nmetadata:\r\n  name: settings\r\n",
)
_OTHERS = (
    "kind: ConfigMap\nmetadata:\n  name: settings-of-others\n",
    "kind: Secret\nmetadata:\n  name: settings\n",
    "spec:\n  valuesFrom:\n  - kind: ConfigMap\n    name: settings\n",
    "kind: Secret\nmetadata: {name: settings}\ndata: {of: ConfigMap}\n",
)


def _config_maps(files: Iterable[str]) -> ConfigMaps:
    return ConfigMaps(files, FileCache(Sources((), 0, ())))


def _pointer(*names: Any) -> Manifest:
    entries = [{"kind": "ConfigMap", "name": name} for name in names]
    value = {"kind": "HelmRelease", "spec": {"valuesFrom": entries}}
    (part,) = document.read("pointer.yaml", json.dumps(value).encode()).documents
    return next(manifests(part))


def _files(directory: Path, *texts: str) -> list[str]:
    files = []
    for number, text in enumerate(texts):
        path = directory / f"{number:02}.yaml"
        path.write_bytes(text.encode())
        files.append(str(path))
    return files


@pytest.mark.parametrize("form", _FORMS)
def test_a_config_map_is_found_in_any_form(tmp_path: Path, form: str) -> None:
    path = tmp_path / "one.yaml"
    path.write_bytes(form.encode())
    parts = document.read("one.yaml", form.encode()).documents
    known = [each for part in parts for each in manifests(part) if each.name == "settings"]
    found = list(_config_maps([str(path)]).named_by([_pointer("settings")]))
    assert [each.value for each in found] == [e.value for e in known if e.kind == "ConfigMap"]
    assert found


def test_others_are_not(tmp_path: Path) -> None:
    assert not list(_config_maps(_files(tmp_path, *_OTHERS)).named_by([_pointer("settings")]))


def test_what_has_no_such_key_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps, pointer = _config_maps(_files(tmp_path, _OTHERS[-1])), _pointer("settings")
    decoded = _count(monkeypatch, document, "read")
    assert not list(maps.named_by([pointer]))
    assert not decoded


def test_those_of_one_name_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    files = _files(tmp_path, *(_FORMS[0], _OTHERS[0], _FORMS[0]))
    found = _config_maps(reversed(files)).named_by([_pointer("settings")])
    assert [each.file for each in found] == [files[0], files[2]]


@pytest.mark.parametrize("name", ["", "a b", "${settings}", "Ä"])
def test_names_that_no_object_has_are_looked_for_everywhere(tmp_path: Path, name: str) -> None:
    files = _files(tmp_path, f"kind: ConfigMap\nmetadata:\n  name: {json.dumps(name)}\n")
    assert len(list(_config_maps(files).named_by([_pointer(name)]))) == (name != "Ä")


def test_each_file_is_read_once_for_the_names_and_decoded_only_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"settings-{number}" for number in range(20)]
    maps = _config_maps(_files(tmp_path, *map(_FORMS[0].replace, ["settings"] * 20, names)))
    reads = _count(monkeypatch, config_maps, "readable")
    decoded = _count(monkeypatch, document, "parts")
    for name in names:
        assert [each.name for each in maps.named_by([_pointer(name)])] == [name]
    assert len(reads) == 2 * len(names)
    assert len(decoded) == len(names)


def test_no_source_is_made_of_a_file_whose_config_maps_have_other_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "kind: ConfigMap\nmetadata:\n  name: other\n  labels:\n    name: settings\n"
    maps = _config_maps(_files(tmp_path, other, _FORMS[0]))
    made = _count(monkeypatch, document, "Source")
    assert len(list(maps.named_by([_pointer("settings")]))) == len(made) == 1


def test_a_file_of_the_run_is_decoded_once(tmp_path: Path) -> None:
    (location,) = _files(tmp_path, _FORMS[0])
    file = SourceFile(location, location, _FORMS[0].encode())
    cache = FileCache(Sources((file,), 1, ()))
    (found,) = ConfigMaps([location], cache).named_by([_pointer("settings")])
    assert [found] == list(cache.manifests(location))


def _count(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[object]:
    calls: list[object] = []
    function: Callable[..., Any] = getattr(module, name)

    def counted(*arguments: Any) -> Any:
        calls.append(arguments)
        return function(*arguments)

    monkeypatch.setattr(module, name, counted)
    return calls
