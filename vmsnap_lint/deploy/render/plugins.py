"""What the generators, transformers and validators of a kustomization run, and read.

Only those that are built into kustomize are ever run. Which files these read is known here, so
that no other one can be (kustomize v5.6.0, api/internal/builtins).
"""

from __future__ import annotations

import json
import os
import re
from copy import deepcopy

from vmsnap_lint.core.buffers import exists, is_file
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.deploy.render.align import array_at, object_at, objects_at, value_at
from vmsnap_lint.deploy.render.remote import is_remote, without_login
from vmsnap_lint.document import FaultKind, read
from vmsnap_lint.input.kustomization import (
    NamedPath,
    Use,
    folded,
    named,
    spelled,
    without_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.projects import Project
    from vmsnap_lint.document import Document, Source

__all__ = ["PluginEntry", "as_json", "configured", "kustomization_in", "plugin_entry"]


class PluginEntry(NamedTuple):
    """One entry of `generators`, `transformers` or `validators`.

    `reason` says why it is never run, or is "". `files` are the real paths of the files that
    configure it, `paths` what it reads; `text` is its configuration in place of a path, or "".
    `fails` says that kustomize fails because of the reason.
    """

    reason: str = ""
    files: frozenset[str] = frozenset()
    paths: tuple[NamedPath, ...] = ()
    text: str = ""
    fails: bool = False


def plugin_entry(
    entry: NamedPath, location: str, project: Project, cache: FileCache
) -> PluginEntry:
    """What an entry in the kustomization at a location comes to."""
    directory = os.path.dirname(location)
    source = read(without_login(entry.text), entry.text.encode("utf-8", "replace"))
    if any(isinstance(part.value, (dict, list)) for part in source.documents):
        values = [configured(part) for part in source.documents]
        reason = _broken(source) or _first(map(_reason, values)) or _first(map(_unnamed, values))
        fails = bool(reason) and _has_key_twice(source)
        return PluginEntry(reason, paths=_paths(values, entry), text=as_json(values), fails=fails)
    files, changed = _configurations(entry, directory, project, cache)
    for file in files:
        cache.show_from(file, location)
    sources = [file for file in map(cache.source, files) if file is not None]
    values = [configured(part) for file in sources for part in file.documents]
    broken = _first(map(_broken, sources))
    reason = _first(map(_reason, values)) or changed or broken
    if not reason and not exists(os.path.join(directory, entry.text)):
        is_odd = re.search(r"[\n:{]", entry.text) or _broken(source)
        reason = (
            f'plugin "{without_login(entry.text)}" is neither a file nor an object'
            if is_odd
            else ""
        )
    fails = bool(reason) and any(map(_has_key_twice, sources))
    return PluginEntry(reason, frozenset(files), _paths(values, entry), fails=fails)


def configured(document: Document) -> Any:
    """The value as kustomize reads the configuration of a plugin: `yes` and the like are strings.

    (go.yaml.in/yaml/v3, where nothing asks for a bool.)
    """
    if not document.odd:
        return document.value
    value = deepcopy(document.value)
    for scalar in document.scalars():
        if isinstance(scalar.value, bool) and scalar.text.lower() in _WORDS and not scalar.is_key:
            above: Any = value_at(value, scalar.path[:-1])
            if value_at(value, scalar.path) is scalar.value and scalar.path:
                above[scalar.path[-1]] = scalar.text
    return value


def kustomization_in(directory: str) -> str:
    """The kustomization file of a directory, "" where it has none."""
    paths = (os.path.join(directory, name) for name in KUSTOMIZATIONS)
    return next((real_path(path) for path in paths if is_file(path)), "")


def as_json(values: Iterable[object]) -> str:
    """The values as a YAML stream that every parser reads the same: one of JSON in ASCII."""
    texts = (json.dumps(value, ensure_ascii=False) for value in values)
    return "\n---\n".join(
        text if _is_ordinary(text) else re.sub(_ESCAPED, _escape, text) for text in texts
    )


def _escape(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def _configurations(
    entry: NamedPath, directory: str, project: Project, cache: FileCache
) -> tuple[list[str], str]:
    """The files that an entry leads to, and why a directory among them is not used, or ""."""
    files: dict[str, None] = {}
    changed = ""
    stack, passed = [(directory, entry.text)], set()
    while stack:
        above, text = stack.pop()
        path = project.find(above, text)
        if not isinstance(path, str):
            continue  # the kustomization that names it is refused
        file = kustomization_in(path) if os.path.isdir(path) else path
        if file in passed:
            continue
        passed.add(file)
        if file == path:
            if is_file(file):  # else kustomize tells
                files[file] = None
            continue
        for part in cache.documents(file):
            value, _ = spelled(object_at(part.value))
            if not value.keys() <= _PLAIN:
                changed = changed or f'plugins in "{without_login(text)}" are changed before use'
            entries = (below.text for below in named(value) if below.use is Use.RESOURCE)
            stack += [(os.path.dirname(file), text) for text in entries]
    return list(files), changed


def _broken(source: Source) -> str:
    """Why a configuration is not read, or ""."""
    faults = (fault for fault in source.faults if fault.kind is not FaultKind.NOT_MAPPING)
    fault = next(faults, None)
    return "" if fault is None else f'plugin "{source.file}" does not parse: {fault.message}'


def _has_key_twice(source: Source) -> bool:
    return any(fault.kind is FaultKind.DUPLICATE_KEY for fault in source.faults)


def _unnamed(value: object) -> str:
    """Why kustomize takes an object for a path, or ""."""
    name, kind = object_at(value, "metadata").get("name"), object_at(value).get("kind")
    is_named = all(isinstance(text, str) and text for text in (name, kind))
    return "" if is_named else "a plugin has no kind or no name"


def _reason(value: object) -> str:
    """Why a plugin is never run, or ""."""
    if not isinstance(value, dict):
        return _first(map(_reason, value)) if isinstance(value, list) else ""
    kind = without_login(str(value.get("kind")))
    if not _FUNCTIONS.isdisjoint(object_at(value, "metadata", "annotations")):
        return f'plugin "{kind}" runs a program or a container'
    if kind == "HelmChartInflationGenerator":
        return f"{kind} fetches charts and runs helm"
    if value.get("apiVersion") != "builtin":
        return f'plugin "{kind}" is an executable'
    if kind not in _READ:
        return f'plugin "{kind}" is unknown'
    remote = next(filter(is_remote, _strings_in(value)), "")
    return f'"{without_login(remote)}" is remote' if remote else ""


def _paths(values: Iterable[object], entry: NamedPath) -> tuple[NamedPath, ...]:
    """Everything that built-in plugins read, as if the entry named it."""
    objects = (value for value in values if isinstance(value, dict))
    texts = (text for value in objects for text in _read_by(value))
    return tuple(NamedPath(entry.at, text, Use.CONFIG) for text in texts)


def _read_by(config: dict[str, Any]) -> Iterator[str]:
    keys = _READ.get(str(config.get("kind")), ())
    for key, value in config.items():
        name = folded(key)
        if name == "replacements" and name in keys:
            entries = objects_at(value)
            inner = (
                text for entry in entries for at, text in entry.items() if folded(at) == "path"
            )
            yield from (text for text in inner if isinstance(text, str))
        elif name in keys:
            texts = [value] if isinstance(value, str) else array_at(value)
            texts = [text for text in texts if isinstance(text, str)]
            yield from map(without_key, texts) if name == "files" else texts


def _strings_in(value: object) -> Iterator[str]:
    """Every string in a value."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            stack += reversed(value.values() if isinstance(value, dict) else value)


def _is_ordinary(text: str) -> bool:
    """Whether no character needs an escape."""
    return text.isascii() and "\x7f" not in text


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")


_FUNCTIONS = frozenset(("config.kubernetes.io/function", "config.k8s.io/function"))
_WORDS = frozenset(("y", "yes", "on", "n", "no", "off"))
_PLAIN = frozenset(("apiVersion", "kind", "metadata", "resources"))
# YAML allows no control characters, and breaks lines at U+0085, U+2028 and U+2029.
_ESCAPED = "[\x7f-\uffff]"  # compiled where it is needed: that takes long
# The built-in plugins, with the keys (folded) of what they read.
_READ: dict[str, tuple[str, ...]] = {
    "AnnotationsTransformer": (),
    "ConfigMapGenerator": ("env", "envs", "files"),
    "HashTransformer": (),
    "IAMPolicyGenerator": (),
    "ImageTagTransformer": (),
    "LabelTransformer": (),
    "LegacyOrderTransformer": (),
    "NamespaceTransformer": (),
    "PatchJson6902Transformer": ("path",),
    "PatchStrategicMergeTransformer": ("paths",),
    "PatchTransformer": ("path",),
    "PrefixSuffixTransformer": (),
    "PrefixTransformer": (),
    "ReplacementTransformer": ("replacements",),
    "ReplicaCountTransformer": (),
    "SecretGenerator": ("env", "envs", "files"),
    "SuffixTransformer": (),
    "ValueAddTransformer": ("targetfilepath",),
}
