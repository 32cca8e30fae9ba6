"""Reads a configuration file and variables into values with their origin, or mistakes."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint import __version__
from vmsnap_lint.config.file import config_schema
from vmsnap_lint.config.file.find import top_of
from vmsnap_lint.config.file.located import from_toml, from_yaml
from vmsnap_lint.config.file.mistakes import Mistake, mistakes
from vmsnap_lint.config.file.version import is_met
from vmsnap_lint.config.options import PREFIX, Option, Type
from vmsnap_lint.config.settings import BY_KEY, ROWS, Override
from vmsnap_lint.config.suppressions.directives import Waiver
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vmsnap_lint.config.file.find import File
    from vmsnap_lint.config.file.located import Located

__all__ = ["Given", "from_file", "from_variables"]

_MOST_MISTAKES = 100
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
        return {}, []
    wrong = _mistakes(located.value) or [
        *_special_files(located.value, file),
        *_outside(located.value, file),
    ]
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
        written = _decoded(option, environment[name]) if option.in_file else None
        wrong = [] if written is None else _mistakes({option.key: written})
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


def _mistakes(settings: Any) -> list[Mistake]:
    """Whether the settings require another version; only else their other mistakes."""
    schema = config_schema.schema()
    bounds = settings.get("required-version", "") if isinstance(settings, dict) else ""
    is_valid = not list(mistakes({"required-version": bounds}, schema))
    if is_valid and not is_met(bounds, __version__):
        required = f"vmsnap-lint {bounds.strip()} is required, but this is {__version__}"
        return [Mistake(("required-version",), required)]
    if wrong := list(islice(mistakes(settings, schema), _MOST_MISTAKES + 1)):
        return wrong
    try:
        resolve(settings.get("kubevirt", "1.6"))
    except UsageError as error:
        return [Mistake(("kubevirt",), str(error))]
    return []


def _outside(settings: Mapping[str, Any], file: File) -> Iterator[Mistake]:
    """The files of values that a file of the tree may not have helm read."""
    top = os.path.join(os.path.realpath(top_of(file.base)), "")
    for index, path in enumerate(settings.get("helm-values", ())):
        if "\0" in path:  # no file has that name
            continue
        real = os.path.realpath(os.path.join(file.base, path))
        is_special = os.path.exists(real) and not os.path.isfile(real)  # see below
        if not is_special and not real.startswith(top):
            message = f'"{path}" is outside of the repository; pass it by --helm-values'
            yield Mistake(("helm-values", index), message)
        elif ".git" in real[len(top) :].lower().split(os.sep):  # which may hold credentials
            yield Mistake(("helm-values", index), f'"{path}" belongs to git itself: name another')


def _special_files(settings: Mapping[str, Any], file: File) -> Iterator[Mistake]:
    """Paths to devices and pipes, which are read only where the command line names them."""
    for key, written in settings.items():
        if BY_KEY[key].type in (Type.FILE, Type.FILES):
            paths = [written] if isinstance(written, str) else written
            for at, path in enumerate(paths):
                place = os.path.join(file.base, path)
                if os.path.exists(place) and not (os.path.isfile(place) or os.path.isdir(place)):
                    where = (key,) if isinstance(written, str) else (key, at)
                    yield Mistake(where, f'"{path}" is neither a file nor a directory')


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
    return tuple((rule, Severity[level.upper()]) for rule, level in written.items())


def _overrides(written: Iterable[Any], file: File, located: Located) -> Iterator[Override]:
    for index, entry in enumerate(written):
        scope = Scope(file.base, tuple(entry.get("paths", ())), tuple(entry.get("objects", ())))
        reason, until = entry.get("reason", ""), entry.get("until", "")
        path = ("overrides", index, "ignore")
        waivers = tuple(
            Waiver((rule,), scope, reason, until, located.spot((*path, at)))
            for at, rule in enumerate(entry.get("ignore", ()))
        )
        yield Override(scope, _severities(entry.get("severity", {})), waivers)
