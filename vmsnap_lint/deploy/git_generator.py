"""The git generator of an ApplicationSet: directories and files of the repository as parameters.

Source: argo-cd v3.5.1, applicationset/generators/git.go.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.go_values import normalized
from vmsnap_lint.deploy.kustomize_fields import objects, text
from vmsnap_lint.deploy.render.remote import without_login
from vmsnap_lint.deploy.set_parameters import GeneratorError, flat
from vmsnap_lint.deploy.star_globs import fits_names, fits_text
from vmsnap_lint.deploy.yaml_value import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.deploy.set_templates import Parameters, SetTemplates

__all__ = ["GeneratorError", "from_git"]

_MOST_FILES = 100_000
_MOST_SETS = 10_000
_SIGNS = frozenset("*?[{\\")


def from_git(settings: dict[str, Any], templates: SetTemplates, around: Around) -> list[Parameters]:
    """The parameters of the directories or files that the generator asks for.

    Raises GeneratorError and TemplateError.
    """
    url = text(settings, "repoURL")
    items = [*objects(settings, "directories"), *objects(settings, "files")]
    start = _plain(text(items[0], "path")) if items else "."
    around = around.seen_from(templates.pointer, start)
    if not around.repositories.is_here(url, "."):
        message = f"a git generator reads {without_login(url)}, whose files are not in the input"
        raise GeneratorError(message)
    prefix = text(settings, "pathParamPrefix")
    found: list[Parameters] = []
    if objects(settings, "directories"):
        paths = _directories(settings, around)
        found += (_of_path(path, "", prefix, is_go=templates.is_go) for path in paths)
    else:
        for path, value in _values(settings, around):
            given = value if templates.is_go else dict(flat(value))
            own = _of_path(os.path.dirname(path) or ".", os.path.basename(path), prefix,
                           is_go=templates.is_go)  # fmt: skip
            found.append({**given, **own})
            if len(found) > _MOST_SETS:
                break
    values = settings.get("values")
    if isinstance(values, dict) and values:
        found = [_with_values(parameters, values, templates) for parameters in found]
    return found


def _with_values(
    parameters: Parameters, values: dict[str, Any], templates: SetTemplates
) -> Parameters:
    own = {key: templates.value(value, parameters) for key, value in values.items()}
    if templates.is_go:
        return {**parameters, "values": own}
    return {**parameters, **{f"values.{key}": value for key, value in own.items()}}


def _of_path(path: str, file: str, prefix: str, *, is_go: bool) -> Parameters:
    """The parameters that a path gives; of a file its name as well."""
    name = path.rpartition("/")[2]
    known: dict[str, Any] = {"basename": name, "basenameNormalized": normalized(name)}
    if file:
        known |= {"filename": file, "filenameNormalized": normalized(file)}
    segments = path.split("/")
    if is_go:
        below = {"path": {"path": path, **known, "segments": segments}}
        return {prefix: below} if prefix else below
    start = f"{prefix}.path" if prefix else "path"
    parts = {f"{start}[{index}]": part for index, part in enumerate(segments) if part}
    return {start: path, **{f"{start}.{key}": value for key, value in known.items()}, **parts}


def _directories(settings: dict[str, Any], around: Around) -> Iterator[str]:
    """The directories that one pattern includes and none excludes."""
    items = objects(settings, "directories")
    included = [text(item, "path") for item in items if item.get("exclude") is not True]
    excluded = [text(item, "path") for item in items if item.get("exclude") is True]
    for location in around.directories().files:
        path = around.relative(location)
        is_included = any(fits_names(glob, path) for glob in included)
        if is_included and not any(fits_names(glob, path) for glob in excluded):
            yield path


def _values(settings: dict[str, Any], around: Around) -> Iterator[tuple[str, dict[str, Any]]]:
    """The files that one pattern includes and none excludes, with each object in them."""
    items = objects(settings, "files")
    excluded = [text(item, "path") for item in items if item.get("exclude") is True]
    paths: set[str] = set()
    for item in items:
        if item.get("exclude") is not True:
            paths |= _fitting(text(item, "path"), around)
    for path in sorted(paths):
        if any(fits_text(glob, path) for glob in excluded):
            continue
        entries = _entries(around.data(os.path.join(around.root, path)) or b"")
        if not all(isinstance(entry, dict) for entry in entries):
            message = f'"{cut(path)}", which a git generator reads, holds no object'
            raise GeneratorError(message)
        yield from ((path, entry) for entry in entries)


def _entries(data: bytes) -> list[Any]:
    """The objects of a file: one, or those in an array."""
    try:
        value = value_of(data)
    except ValueError:
        return [None]
    if value is None:
        return [{}]
    return value if isinstance(value, list) else [value]


def _plain(glob: str) -> str:
    """The directory that all paths are below that the glob fits."""
    names = glob.split("/")[:-1]
    plain = next((at for at, name in enumerate(names) if not _SIGNS.isdisjoint(name)), len(names))
    return "/".join(names[:plain]) or "."


def _fitting(glob: str, around: Around) -> set[str]:
    """The files that a glob fits, by their paths from the root."""
    try:
        start = around.directory(_plain(glob))
    except ValueError:
        return set()
    listing = around.files(start, recurse=True, most=_MOST_FILES)
    paths = map(around.relative, listing.files)
    return {path for path in paths if fits_text(glob, path)}
