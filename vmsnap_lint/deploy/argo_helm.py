"""A source of an Argo CD Application with a chart becomes a release of it."""

from __future__ import annotations

import os
import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.argo_source import AbsentSourceError, ApplicationSource, Made
from vmsnap_lint.deploy.chart_values import ChartError, as_json, readable
from vmsnap_lint.deploy.kustomize_fields import objects, strings, text
from vmsnap_lint.deploy.render.jobs import ChartJob
from vmsnap_lint.deploy.render.remote import is_remote, without_login
from vmsnap_lint.deploy.star_globs import fits_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.deploy.around import Around

__all__ = ["chart_job"]

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.ASCII)
_COMMA = re.compile(r"(?<!\\),")
_GLOB = re.compile(r"[*?\[{]")
_LONGEST_SETTING = 100_000


def chart_job(
    source: ApplicationSource, references: Mapping[str, ApplicationSource], around: Around
) -> Made:
    """The release of the chart; `references` are the sources that value files may be in, by name.

    Raises AbsentSourceError where the directory has no chart, or helm cannot read the values.
    Source: helmTemplate, argo-cd v3.5.1, reposerver/repository/repository.go.
    """
    if not is_file(os.path.join(source.directory, "Chart.yaml")):
        raise AbsentSourceError("its directory has no Chart.yaml", "path")
    application, reasons = source.application, list[str]()
    variables = _variables(source)
    try:
        values = [
            *(readable(data, "helm", "valueFiles")
              for data in _value_files(source, references, variables, around, reasons)),
            *_inline(source),
        ]  # fmt: skip
    except ChartError as error:
        raise AbsentSourceError(error.reason, *error.at) from error
    if objects(source.field("helm"), "fileParameters"):
        reasons.append("its fileParameters are not read")
    namespace = source.text("helm", "namespace") or source.text("kustomize", "namespace")
    job = ChartJob(
        source.directory,
        source.text("helm", "releaseName") or application.name,
        namespace or application.text("spec", "destination", "namespace") or None,
        tuple(values),
        tuple(_settings(source, variables)),
    )
    return Made(job, next(iter(reasons), ""))


def _inline(source: ApplicationSource) -> Iterator[bytes]:
    """The values that are written in the source. Raises ChartError."""
    given, text_given = source.field("helm", "valuesObject"), source.text("helm", "values")
    if isinstance(given, dict) and given:
        yield as_json(given)
    elif text_given:
        yield readable(text_given, "helm", "values")


def _value_files(
    source: ApplicationSource,
    references: Mapping[str, ApplicationSource],
    variables: Mapping[str, str],
    around: Around,
    reasons: list[str],
) -> Iterator[bytes]:
    """The contents of the value files; why others are not there is added to `reasons`."""
    ignore_missing = source.field("helm", "ignoreMissingValueFiles") is True
    names = source.field("helm", "valueFiles")
    for name in names if isinstance(names, list) else ():
        if not isinstance(name, str):
            continue
        try:
            yield from _value_file(name, source, references, variables, around)
        except _MissingError as error:
            if not ignore_missing:
                reasons.append(f"its values file {error}")
        except ValueError as error:
            reasons.append(f"its values file {error}")


class _MissingError(ValueError):
    """The input's fault: a values file is not where it should be."""


def _value_file(
    name: str,
    source: ApplicationSource,
    references: Mapping[str, ApplicationSource],
    variables: Mapping[str, str],
    around: Around,
) -> Iterator[bytes]:
    """The content of a values file, of several for a glob. Raises ValueError with the reason.

    `$name/path` is from the root of the source of that name, `/path` from that of the repository.
    """
    reference, _, below = name.partition("/")
    if reference in references:
        where, path, base = references[reference], _expanded(below, variables), around.root
        url, directory = where.text("repoURL"), os.path.dirname(path) or "."
        if where.text("chart") or not around.repositories.is_here(url, directory):
            message = f'"{cut(name)}" is in {without_login(url)}, which is not in the input'
            raise ValueError(message)
    else:
        path = _expanded(name, variables)
        base = around.root if path.startswith("/") else source.directory
    if is_remote(path):
        message = f'"{without_login(path)}" is remote'
        raise ValueError(message)
    path = path.lstrip("/")
    if holds_placeholder(path):
        message = f'"{cut(path)}" has a part that is not known'
        raise ValueError(message)
    if _GLOB.search(path):
        yield from _matching(path, base, around)
        return
    try:
        data = around.file(path, base)
    except ValueError as error:
        raise _MissingError(str(error)) from error
    yield data


def _matching(glob: str, base: str, around: Around) -> Iterator[bytes]:
    """The contents of the files of a directory that a glob fits, in their order."""
    directory, _, name = glob.rpartition("/")
    try:
        below = around.directory(directory or ".", base)
    except ValueError as error:
        raise _MissingError(str(error)) from error
    found = around.files(below, recurse=False).files
    fitting = [path for path in found if fits_text(name, os.path.basename(path))]
    if not fitting:
        message = f'"{cut(glob)}" fits no file in the repository'
        raise _MissingError(message)
    yield from filter(None, map(around.data, fitting))


def _settings(source: ApplicationSource, variables: Mapping[str, str]) -> Iterator[str]:
    """The flags for the parameters and for what is left out.

    Source: Template and cleanSetParameters, argo-cd v3.5.1, util/helm/cmd.go.
    """
    for parameter in objects(source.field("helm"), "parameters"):
        name, value = text(parameter, "name"), _expanded(text(parameter, "value"), variables)
        if not name or len(name) + len(value) > _LONGEST_SETTING or "\0" in name + value:
            continue
        if not (value.startswith("{") and value.endswith("}")):
            value = _COMMA.sub(r"\\,", value)
        yield "--set-string" if parameter.get("forceString") is True else "--set"
        yield f"{name}={value}"
    if source.field("helm", "skipCrds") is True:
        yield "--skip-crds"


def _variables(source: ApplicationSource) -> dict[str, str]:
    """The build environment, as far as it is known without a revision.

    Source: newEnv, argo-cd v3.5.1, reposerver/repository/repository.go.
    """
    application = source.application
    return strings({
        "ARGOCD_APP_NAME": application.name,
        "ARGOCD_APP_NAMESPACE": application.text("spec", "destination", "namespace"),
        "ARGOCD_APP_PROJECT_NAME": application.text("spec", "project"),
        "ARGOCD_APP_SOURCE_PATH": source.text("path"),
        "ARGOCD_APP_SOURCE_REPO_URL": source.text("repoURL"),
        "ARGOCD_APP_SOURCE_TARGET_REVISION": source.text("targetRevision"),
    })  # fmt: skip


def _expanded(value: str, variables: Mapping[str, str]) -> str:
    """The text with the variables that are known."""

    def known(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2], match[0])

    return _VARIABLE.sub(known, value) if "$" in value else value
