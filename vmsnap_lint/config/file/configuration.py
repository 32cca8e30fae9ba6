"""Reads a configuration file and variables into values with their origin, or mistakes."""

from __future__ import annotations

import json
import os
from itertools import chain, islice

from vmsnap_lint import __version__
from vmsnap_lint.config.file import config_schema
from vmsnap_lint.config.file.cluster_entries import alike, clusters_of, missing, paths_in
from vmsnap_lint.config.file.find import top_of
from vmsnap_lint.config.file.located import TABLE, from_toml, from_yaml
from vmsnap_lint.config.file.mistakes import Mistake, mistakes
from vmsnap_lint.config.file.version import is_met
from vmsnap_lint.config.options import PREFIX, Option, Type
from vmsnap_lint.config.settings import BY_KEY, ROWS, Override
from vmsnap_lint.config.suppressions.directives import Waiver
from vmsnap_lint.core.data_files import POLICY
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.repository import is_internal
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.config.file.find import File
    from vmsnap_lint.config.file.located import Located
    from vmsnap_lint.config.file.mistakes import Path

__all__ = ["Given", "from_file", "from_variables"]

_MOST_MISTAKES = 100  # nobody reads more at once
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class Given(NamedTuple):
    """A value as for a flag, the text that is written for it, and its file or variable."""

    value: Any
    written: Any
    source: str
    key: str = ""
    located: Located | None = None

    @property
    def origin(self) -> str:
        """The variable, or the line of the file, which requires parsing the file."""
        if self.located is None:
            return self.source
        return f"{self.source}:{_at(self.located, Mistake((self.key,), '', key=True))}"


def from_file(file: File) -> tuple[dict[str, Given], list[str]]:
    """The values of a file, by key, and its mistakes, a line each."""
    located = (from_toml if file.name.endswith(".toml") else from_yaml)(file.name, file.data)
    if located.faults:
        return {}, [f"{file.name}:{line}: {message}" for line, message in located.faults]
    if located.value is None:
        is_ours = file.name.endswith(".toml") and os.path.basename(file.name) != "pyproject.toml"
        return {}, [f"{file.name}: has no table [{'.'.join(TABLE)}]"] if is_ours else []
    unsafe = islice(_unsafe_paths(located.value, file), _MOST_MISTAKES + 1)
    wrong = _mistakes(located.value) or list(unsafe)
    if wrong:
        lines = sorted((_at(located, mistake), _line(located, mistake)) for mistake in wrong)
        more = [f"{file.name}: and more mistakes"] if len(wrong) > _MOST_MISTAKES else []
        return {}, [*dict.fromkeys(line for _, line in lines[:_MOST_MISTAKES]), *more]
    return {
        key: Given(_value(BY_KEY[key], written, file, located), written, file.name, key, located)
        for key, written in located.value.items()
    }, []


def from_variables(environment: Mapping[str, str]) -> tuple[dict[str, Given], list[str]]:
    """The values of variables, by key, and their mistakes, a line each."""
    given: dict[str, Given] = {}
    lines = []
    options = {option.variable: option for option in ROWS if option.variable}
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        option = options.get(name)
        if option is None:
            hint = nearest_hint(name, options)
            lines += [f"{name}: unknown variable{hint}"] if hint else []
            continue
        # the variable with the path of the file is read elsewhere
        written = _decoded(option, environment[name]) if option.name else None
        in_file = written is not None and option.in_file
        wrong = _mistakes({option.key: written}, whole=False) if in_file else []
        lines += [f"{name}: {mistake.message}" for mistake in wrong]
        if written is not None and not wrong:
            given[option.key] = Given(_flat(written), written, name)
    return given, lines


def _decoded(option: Option, text: str) -> Any:
    """The value of a variable as in a file; None if it is empty."""
    if option.type is Type.SWITCH:
        word = text.strip().lower()
        return True if word in _YES else False if word in _NO else text
    if option.type.is_list:
        return [part.strip() for part in text.split(",") if part.strip()] or None
    return text.strip() or None


def _mistakes(settings: Any, *, whole: bool = True) -> list[Mistake]:
    """Whether the settings require another version; only else their other mistakes.

    What is not the `whole` may name policies that another part has.
    """
    schema = config_schema.schema()
    bounds = settings.get("required-version", "") if isinstance(settings, dict) else ""
    is_valid = not list(mistakes({"required-version": bounds}, schema))
    if is_valid and not is_met(bounds, __version__):
        required = f"vmsnap-lint {bounds.strip()} is required, but this is {__version__}"
        return [Mistake(("required-version",), required)]
    if wrong := list(islice(mistakes(settings, schema), _MOST_MISTAKES + 1)):
        return wrong
    others = chain(
        _unknown_releases(settings),
        alike(settings.get("clusters", {})),
        _of_policies(settings) if whole else (),
    )
    return list(islice(others, _MOST_MISTAKES + 1))


def _of_policies(settings: Mapping[str, Any]) -> Iterator[Mistake]:
    """The mistakes of policies and of what names them; most files do neither."""
    if "policies" not in settings and POLICY not in json.dumps(settings):
        return iter(())
    from vmsnap_lint.config.file.policy_entries import policy_mistakes

    return policy_mistakes(settings)


def _unknown_releases(settings: Mapping[str, Any]) -> Iterator[Mistake]:
    of_clusters = ((("clusters", n), one) for n, one in settings.get("clusters", {}).items())
    for path, holder in (((), settings), *of_clusters):
        try:
            resolve(holder.get("kubevirt", "1.6"))
        except UsageError as error:
            yield Mistake((*path, "kubevirt"), str(error))


def _unsafe_paths(settings: Mapping[str, Any], file: File) -> Iterator[Mistake]:
    """Paths that a file may not name: devices and pipes, and for one of the tree what is outside.

    helm shows a part of its values in errors, so that these are restricted in every file.
    """
    top = os.path.join(os.path.realpath(top_of(file.base)), "")
    for key, where, path in _paths(settings):
        real = os.path.realpath(os.path.join(file.base, path))
        is_own = file.is_chosen and key != "helm-values"
        remedy = "" if key == "clusters" else f"; pass it by --{key}"
        if os.path.exists(real) and not (os.path.isfile(real) or os.path.isdir(real)):
            yield Mistake(where, f'"{path}" is neither a file nor a directory')
        elif not (is_own or f"{real}{os.sep}".startswith(top)):
            yield Mistake(where, f'"{path}" is outside of the repository{remedy}')
        elif not is_own and is_internal(real[len(top) :]):
            yield Mistake(where, f'"{path}" belongs to git itself{remedy}')
        elif "paths" in where and not os.path.exists(real):
            yield Mistake(where, missing(path, file.base))


def _paths(settings: Mapping[str, Any]) -> Iterator[tuple[str, Path, str]]:
    """The paths in the settings, each with its key and its place."""
    for key, written in settings.items():
        if BY_KEY[key].type is Type.FILE:
            yield key, (key,), written
        elif BY_KEY[key].type is Type.FILES:
            yield from ((key, (key, index), path) for index, path in enumerate(written))
        elif BY_KEY[key].type is Type.CLUSTERS:
            yield from ((key, where, path) for where, path in paths_in(written))


def _line(located: Located, mistake: Mistake) -> str:
    path = mistake.path[:-1] if mistake.key else mistake.path
    names = ".".join(step for step in path if isinstance(step, str))
    place = f"{located.source.file}:{_at(located, mistake)}"
    return ": ".join(filter(None, (place, names, mistake.message)))


def _at(located: Located, mistake: Mistake) -> int:
    return located.spot(mistake.path, key=mistake.key).span.line


def _value(option: Option, written: Any, file: File, located: Located) -> Any:
    if option.type is Type.OVERRIDES:
        return tuple(_overrides(written, file, located))
    if option.type is Type.CLUSTERS:
        return clusters_of(written, os.path.dirname(file.name))
    if option.type is Type.POLICIES:
        from vmsnap_lint.config.file.policy_entries import policies_of  # few files have any

        return policies_of(written, located)
    if option.type is Type.SEVERITIES:
        return _severities(written)
    if option.type in (Type.FILES, Type.FILE):
        above = os.path.dirname(file.name)
        paths = [written] if isinstance(written, str) else written
        below = tuple(os.path.normpath(os.path.join(above, path)) for path in paths)
        return below[0] if option.type is Type.FILE else below
    if option.type is Type.GLOBS:
        return tuple(_from_here(glob, file) for glob in written)
    return _flat(written)


def _from_here(glob: str, file: File) -> str:
    """The glob relative to the working directory, which is that of the file or below it."""
    above = os.path.relpath(file.base).replace(os.sep, "/")
    if above == ".":
        return glob
    anywhere = "/" not in glob.rstrip("/")
    return f"{above}/{'**/' if anywhere else ''}{glob.lstrip('/')}"


def _flat(written: Any) -> Any:
    return tuple(written) if isinstance(written, list) else written


def _severities(written: Mapping[str, str]) -> tuple[tuple[str, Severity], ...]:
    return tuple((rule, Severity.named(level)) for rule, level in written.items())


def _overrides(written: Iterable[Any], file: File, located: Located) -> Iterator[Override]:
    for index, entry in enumerate(written):
        scope = Scope(file.base, tuple(entry.get("paths", ())), tuple(entry.get("objects", ())))
        reason, until = entry.get("reason", ""), entry.get("until", "")
        path = ("overrides", index, "ignore")
        waivers = tuple(
            Waiver((rule,), scope, reason, until, located.spot((*path, at)))
            for at, rule in enumerate(entry.get("ignore", ()))
        )
        named = located.spot(("overrides", index, "paths" if scope.paths else "objects"))
        yield Override(scope, _severities(entry.get("severity", {})), waivers, named)
