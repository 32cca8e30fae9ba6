"""A configuration file and variables become values with their origin, or mistakes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import __version__
from vmsnap_lint.config.file import config_schema
from vmsnap_lint.config.file.located import from_toml, from_yaml
from vmsnap_lint.config.file.mistakes import Mistake, mistakes
from vmsnap_lint.config.file.version import is_met
from vmsnap_lint.config.options import PREFIX, Option, Type
from vmsnap_lint.config.settings import BY_KEY, ROWS, Override
from vmsnap_lint.config.suggestions import meant
from vmsnap_lint.config.suppressions.directives import Waiver
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.config.file.find import File
    from vmsnap_lint.config.file.located import Located

__all__ = ["Given", "from_file", "from_variables"]

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class Given(NamedTuple):
    """A value as a flag would give it, what is written for it, and the file or variable."""

    value: Any
    written: Any
    source: str
    key: str = ""
    located: Located | None = None

    @property
    def origin(self) -> str:
        """Where it is set: the variable, or the line of the file, which costs a parse of it."""
        if self.located is None:
            return self.source
        return f"{self.source}:{_at(self.located, Mistake((self.key,), '', key=True))}"


def from_file(file: File) -> tuple[dict[str, Given], list[str]]:
    """What a file sets, by key, and the lines that say what is wrong with it."""
    located = (from_toml if file.name.endswith(".toml") else from_yaml)(file.name, file.data)
    if located.faults:
        return {}, [f"{file.name}:{line}: {message}" for line, message in located.faults]
    if located.value is None:
        return {}, []
    found = _version_mistakes(located.value) or list(
        mistakes(located.value, config_schema.schema())
    )
    found += () if found else _meaning_mistakes(located.value)
    if found:
        lines = sorted((_at(located, one), _line(located, one)) for one in found)
        return {}, list(dict.fromkeys(line for _, line in lines))
    given = {}
    for key, written in located.value.items():
        value = _value(BY_KEY[key], written, file, located)
        given[key] = Given(value, written, file.name, key, located)
    return given, []


def from_variables(environment: Mapping[str, str]) -> tuple[dict[str, Given], list[str]]:
    """What the environment sets, by key, and the lines that say what is wrong with it."""
    given, wrong = {}, []
    options = {option.variable: option for option in ROWS if option.variable}
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        if name not in options:
            hint = meant(name, options)
            wrong += [f"{name}: no such variable: {hint}"] if hint else []
            continue
        option = options[name]
        if not option.in_file:  # it says which file, and is read elsewhere
            continue
        written = _decoded(option, environment[name])
        if written is None:
            continue
        found = [*mistakes(written, config_schema.of(option), (option.key,))]
        found += () if found else _meaning_mistakes({option.key: written})
        wrong += [f"{name}: {one.message}" for one in found]
        if not found:
            given[option.key] = Given(_flat(option, written), written, name)
    return given, wrong


def _decoded(option: Option, text: str) -> Any:
    """The text of a variable as a file would have it; None where it is empty and says nothing."""
    if option.type is Type.SWITCH:
        word = text.strip().lower()
        return True if word in _YES else False if word in _NO else text
    if option.type.is_list:
        return [part.strip() for part in text.split(",") if part.strip()] or None
    return text.strip() or None


def _version_mistakes(value: object) -> list[Mistake]:
    """Whether the file is meant for others; what else is wrong with it may then be new to us."""
    bounds = value.get("required-version") if isinstance(value, dict) else None
    path = ("required-version",)
    if not isinstance(bounds, str) or list(
        mistakes(bounds, config_schema.of(BY_KEY[path[0]]), path)
    ):
        return []
    if is_met(bounds, __version__):
        return []
    return [Mistake(path, f"{bounds.strip()} is needed, and this is vmsnap-lint {__version__}")]


def _meaning_mistakes(value: Mapping[str, Any]) -> list[Mistake]:
    """What is wrong with values of the right shape."""
    try:
        resolve(value.get("kubevirt", "1.6"))
    except UsageError as error:
        return [Mistake(("kubevirt",), str(error))]
    return []


def _line(located: Located, mistake: Mistake) -> str:
    path = mistake.path[:-1] if mistake.key else mistake.path
    names = ".".join(step for step in path if isinstance(step, str))
    where = f"{located.source.file}:{_at(located, mistake)}"
    return f"{where}: {names}: {mistake.message}" if names else f"{where}: {mistake.message}"


def _at(located: Located, mistake: Mistake) -> int:
    return located.spot(mistake.path, key=mistake.key).span.line


def _value(option: Option, written: Any, file: File, located: Located) -> Any:
    if option.type is Type.OVERRIDES:
        return tuple(_overrides(written, file, located))
    if option.type is Type.SEVERITIES:
        return _severities(written)
    if option.type in (Type.FILES, Type.FILE):
        above = os.path.dirname(file.name)
        paths = [written] if isinstance(written, str) else written
        return _flat(option, [os.path.normpath(os.path.join(above, path)) for path in paths])
    if option.type is Type.GLOBS:
        return tuple(_from_here(glob, file) for glob in written)
    return _flat(option, written)


def _from_here(glob: str, file: File) -> str:
    """The glob as seen from the working directory, which is the file's or below it."""
    above = os.path.relpath(file.base).replace(os.sep, "/")
    if above == ".":
        return glob
    anywhere = "/" not in glob.rstrip("/")
    return f"{above}/{'**/' if anywhere else ''}{glob.lstrip('/')}"


def _flat(option: Option, written: Any) -> Any:
    if option.type is Type.FILE:
        return written[0] if isinstance(written, list) else written
    return tuple(written) if isinstance(written, list) else written


def _severities(written: Mapping[str, str]) -> tuple[tuple[str, Severity], ...]:
    return tuple((rule, Severity[level.upper()]) for rule, level in written.items())


def _overrides(written: Iterable[Any], file: File, located: Located) -> Iterator[Override]:
    for index, entry in enumerate(written):
        scope = Scope(file.base, tuple(entry.get("paths", ())), tuple(entry.get("objects", ())))
        waivers = []
        for at, rule in enumerate(entry.get("ignore", ())):
            spot = located.spot(("overrides", index, "ignore", at))
            until = entry.get("until", "")
            waivers.append(Waiver((rule,), scope, entry.get("reason", ""), until, spot))
        yield Override(scope, _severities(entry.get("severity", {})), tuple(waivers))
