"""Settings of a Flux or Argo CD object become the fields of a kustomization, as JSON.

Fields of the wrong type are left out: the API server would refuse the object.
"""

from __future__ import annotations

import json

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.given_fields import TARGET
from vmsnap_lint.deploy.render.remote import is_remote, without_login

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.around import Around

__all__ = [
    "components",
    "images",
    "metadata",
    "objects",
    "patched",
    "patches",
    "strings",
    "text",
    "written",
]

_IMAGE = ("name", "newName", "newTag", "digest")


def written(fields: dict[str, Any]) -> str:
    """The fields that say something, as JSON."""
    return json.dumps({key: value for key, value in sorted(fields.items()) if value})


def text(value: Any, key: str) -> str:
    """The string under a key of what may be an object, or ""."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def objects(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects in the array under a key of what may be an object."""
    found = value.get(key) if isinstance(value, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def strings(value: Any) -> dict[str, str]:
    """The entries of what may be an object whose values are strings."""
    found = value if isinstance(value, dict) else {}
    return {key: entry for key, entry in found.items() if isinstance(entry, str)}


def patched(value: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """The object with a JSON merge patch: null removes, objects are merged (RFC 7386)."""
    result = dict(value) if isinstance(value, dict) else {}
    for key, entry in patch.items():
        if entry is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), entry) if isinstance(entry, dict) else entry
    return result


def patches(value: Any, *, with_files: bool = False) -> list[dict[str, Any]]:
    """The patches of an object with the fields of a kustomization, older forms included.

    Those of Flux are never `with_files`.
    Source: GenerateManifest, fluxcd/pkg kustomize v1.39.0, kustomize_generator.go.
    """
    found = [_patch(text(entry, "patch"), entry) for entry in objects(value, "patches")]
    if with_files:
        found = [
            {**patch, **({"path": path} if (path := text(entry, "path")) else {})}
            for patch, entry in zip(found, objects(value, "patches"), strict=True)
        ]
    found += [{"patch": json.dumps(entry)} for entry in objects(value, "patchesStrategicMerge")]
    for entry in objects(value, "patchesJson6902"):
        operations = entry.get("patch")
        patch = operations if isinstance(operations, str) else json.dumps(operations)
        found.append(_patch(patch, entry))
    return [entry for entry in found if entry["patch"] or entry.get("path")]


def images(value: Any) -> list[dict[str, str]]:
    """The images of an object with the fields of a kustomization."""
    found = ({key: text(entry, key) for key in _IMAGE} for entry in objects(value, "images"))
    return [{key: part for key, part in image.items() if part} for image in found if image["name"]]


def metadata(value: Any) -> dict[str, Any]:
    """The fields for labels and annotations that all objects get.

    Source: CommonMetadata, kustomize-controller v1.9.4, api/v1/kustomization_types.go.
    """
    labels = strings(value.get("labels")) if isinstance(value, dict) else {}
    annotations = strings(value.get("annotations")) if isinstance(value, dict) else {}
    return {
        "labels": [{"pairs": labels}] if labels else [],
        "commonAnnotations": annotations,
    }


def components(
    paths: Any, ignore_missing: bool, directory: str, around: Around
) -> tuple[list[str], str]:
    """The components that are in the repository, and why another one is not, or "".

    Their paths are relative to the directory.
    """
    found: list[str] = []
    reasons: list[str] = []
    for path in _texts(paths):
        if is_remote(path):
            reasons.append(f'its component "{without_login(path)}" is remote')
            continue
        try:
            around.directory(path, directory)
        except ValueError as error:
            if not ignore_missing:
                reasons.append(f"its component {error}")
        else:
            found.append(path)
    return found, next(iter(reasons), "")


def _texts(values: Any) -> Iterable[str]:
    found: Iterator[Any] = iter(values if isinstance(values, list) else ())
    return (value for value in found if isinstance(value, str))


def _patch(patch: str, entry: dict[str, Any]) -> dict[str, Any]:
    target = entry.get("target")
    known = {key: part for key in TARGET if (part := text(target, key))}
    options = entry.get("options")
    allowed = options if isinstance(options, dict) else {}
    return {
        "patch": patch,
        **({"target": known} if known else {}),
        **({"options": allowed} if allowed else {}),
    }
