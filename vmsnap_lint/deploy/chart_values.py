"""The values of a HelmRelease, from the chart's files, ConfigMaps and the release itself."""

from __future__ import annotations

import os

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.deploy.kustomize_fields import text
from vmsnap_lint.deploy.yaml_value import json_text, value_of

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ChartError", "ChartValues", "as_json", "readable", "release_values"]

_KEY = "values.yaml"
_DEFAULTS = "values.yaml"
_LONGEST_SETTING = 100_000
_QUOTES = "'\""
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\,[]{}"})


class ChartError(Exception):
    """The input's fault: helm cannot install a release, for a reason at a place in its object."""

    def __init__(self, reason: str, *at: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class ChartValues(NamedTuple):
    """Contents of values files, the last one counts most, then flags that count more.

    `uncertain` says why the cluster may have other values, "" if it has these.
    """

    files: tuple[bytes, ...] = ()
    settings: tuple[str, ...] = ()
    uncertain: str = ""


def release_values(
    pointer: Manifest, chart: dict[str, Any], directory: str, around: Around
) -> ChartValues:
    """The values of a release: `valuesFiles`, `valuesFrom` in order, `values`, target paths.

    Source: ChartValuesFromReferences, fluxcd/pkg chartutil, values.go (chart values by
    source-controller v1.9.0, api/v1/helmchart_types.go). Raises ChartError.
    """
    found = _values_files(chart, directory, around)
    files, settings, reasons = list(found.files), list[str](), [found.uncertain]
    for index, reference in pointer.items("spec", "valuesFrom"):
        data = _referenced(reference, pointer, around)
        if data is None:
            name = f'{cut(text(reference, "kind"))} "{cut(text(reference, "name"))}"'
            reasons.append(f"some of its values are in {name}, which is not in the input")
        elif path := text(reference, "targetPath"):
            settings += _setting(path, data, reference.get("literal") is True)
        else:
            files.append(readable(data, "valuesFrom", index))
    values = pointer.get("spec", "values")
    if isinstance(values, dict) and values:
        files.append(as_json(values))
    return ChartValues(tuple(files), tuple(settings), next(filter(None, reasons), ""))


def readable(data: str | bytes, *at: str | int) -> bytes:
    """The content of a values file. Raises ChartError where helm cannot read it."""
    try:
        value = value_of(data)
    except ValueError as error:
        raise ChartError(f"its values do not parse ({verbatim(str(error))})", *at) from error
    if value is not None and not isinstance(value, dict):
        raise ChartError("its values are no object", *at)
    return data.encode("utf-8", "replace") if isinstance(data, str) else data


def as_json(value: Any) -> bytes:
    """The value as JSON, which is YAML as well."""
    return json_text(value).encode()


def _values_files(chart: dict[str, Any], directory: str, around: Around) -> ChartValues:
    """The files that are used in place of the chart's values.yaml, from the root of the source.

    Raises ChartError.
    """
    names = chart.get("valuesFiles")
    given = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    old = text(chart, "valuesFile")  # of v2beta1
    files, uncertain = [], ""
    for name in given or filter(None, [old]):
        try:
            content = around.file(name.lstrip("/"))
        except ValueError as error:
            if chart.get("ignoreMissingValuesFiles") is not True:
                uncertain = uncertain or f"its values file {error}"
        else:
            files.append(readable(content, "chart"))
    defaults = os.path.join(directory, _DEFAULTS)
    data = around.data(defaults) if files and is_file(defaults) else None
    if data is not None and not _covers(files, data):
        uncertain = uncertain or "its valuesFiles replace the values.yaml of the chart"
    return ChartValues(tuple(files), (), uncertain)


def _covers(files: list[bytes], defaults: bytes) -> bool:
    """Whether the files set all that the defaults set, which they replace."""
    if defaults in files:
        return True
    given: dict[str, Any] = {}
    for data in files:
        given |= _top(data)
    return set(_top(defaults)) <= set(given)


def _top(data: bytes) -> dict[str, Any]:
    try:
        value = value_of(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _referenced(reference: dict[str, Any], pointer: Manifest, around: Around) -> str | None:
    """The text under the key of a ConfigMap, None where it is not known."""
    if text(reference, "kind") != CONFIG_MAP.kind:
        return None
    found = around.find(CONFIG_MAP, pointer.namespace, text(reference, "name"), pointer)
    value = None if found is None else found.mapping("data").get(_key(reference))
    return value if isinstance(value, str) else None


def _key(reference: dict[str, Any]) -> str:
    return text(reference, "valuesKey") or _KEY


def _setting(path: str, value: str, is_literal: bool) -> tuple[str, ...]:
    """The flags that set one value, in quotes or `literal` as a string."""
    if len(path) + len(value) > _LONGEST_SETTING or "\0" in value:
        return ()
    if is_literal:
        return ("--set-string", f"{path}={value.translate(_ESCAPED)}")
    if value[:1] in _QUOTES and value[:1] == value[-1:] and len(value) > 1:
        return ("--set-string", f"{path}={value.strip(_QUOTES)}")
    return ("--set", f"{path}={value}")
