"""Targets: the text of a field, a flag, a variable or a glob becomes a value."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from fuzz.promises import kept
from vmsnap_lint.cli import command
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.file import configuration
from vmsnap_lint.config.options import PREFIX
from vmsnap_lint.config.suggestions import choice_mistake, kind_mistake, rule_mistake
from vmsnap_lint.core import values
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.relevance import Relevance, of_text, shows
from vmsnap_lint.deploy.envsubst import BadSubstitutionError, Expander
from vmsnap_lint.deploy.go_template import GoTemplates, TemplateError
from vmsnap_lint.deploy.render import remote, remote_objects
from vmsnap_lint.deploy.star_globs import fits_names, fits_text
from vmsnap_lint.document.embedded import Page
from vmsnap_lint.kubevirt.restore import json_patch
from vmsnap_lint.objects.uploads import made_by
from vmsnap_lint.schema.crds import patterns

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["arguments", "field", "names", "patches", "pattern", "templates", "variables"]

_MOST = 300  # lines of an input that are looked at one by one


def field(data: bytes) -> None:
    """Reads each line, and the whole text, as every kind of value."""
    text = _text(data)
    for part in (text, *text.splitlines()[:_MOST]):
        seconds = values.parse_duration(part)
        kept(seconds is None or abs(seconds) < 1e10, f"a duration of {seconds} s")
        values.parse_quantity(part)
        values.Release.parse(part)
        values.holds_placeholder(part)
        for prefix in (True, False):
            label = values.is_dns1123_label(part, prefix=prefix)
            subdomain = values.is_dns1123_subdomain(part, prefix=prefix)
            kept(subdomain or not label, f"{part!r} is a label, but no subdomain")
        remote.is_remote(part)
        remote_objects.described(part)
    of_text(text)
    made_by(Page("input.sh", data))
    for least in Relevance:
        shows(data, least)


def templates(data: bytes) -> None:
    """Renders the text as Argo CD and Flux do, and takes it as a glob of theirs."""
    text = _text(data)
    parameters = {"name": text[:50], "list": [text[:9]], "map": {"path": "a/b"}, "n": 3}
    with suppress(TemplateError):
        kept(len(GoTemplates(100_000).rendered(text, parameters)) < 10**7, "an endless text")
    for values_of in (parameters.get, lambda _: "", lambda _: None):
        with suppress(BadSubstitutionError):
            made = Expander(partial(_text_of, values_of), 100_000).replaced(text)
            kept(len(made) <= len(text) + 100_000, "an endless text")
    first, _, path = text.partition("\n")
    fits_names(first, path)
    kept(fits_text("*", path), "a star that does not fit a text")
    fits_text(first, path)


def _text_of(values_of: Callable[[str], object], name: str) -> str | None:
    value = values_of(name)
    return value if isinstance(value, str) else None


def names(data: bytes) -> None:
    """Looks for the names nearest to the first one, in any order of the others."""
    word, *others = _text(data).splitlines() or [""]
    hint = nearest_hint(word, others)
    kept(hint.count('"') <= 6 + 2 * word.count('"') or '"' in "".join(others), f"too many: {hint}")
    shuffled = Random(len(others)).sample(others, len(others))
    kept(nearest_hint(word, shuffled) == hint, f"another order gives another hint than {hint}")
    for mistake in (rule_mistake, kind_mistake):
        mistake(word)
    choice_mistake(word, others[:_MOST])


def patches(data: bytes) -> None:
    """Judges each line, and the whole text, as a JSON patch of a restore."""
    text = _text(data)
    for part in (text, *text.splitlines()[:_MOST]):
        for metadata in (True, False):
            json_patch.rejections(part, metadata=metadata)
            json_patch.fault(part, metadata=metadata)
        decoded = json_patch.operations(part)
        kept(isinstance(decoded, str) or all("op" in each for each in decoded), "no operations")


def pattern(data: bytes) -> None:
    """Rewrites each line as a pattern of a CRD, and matches the others by it."""
    lines = _text(data).splitlines()[:20]
    for line in lines:
        rewritten = patterns.rewritten(line)
        if rewritten is not None:
            matches = patterns.matcher(rewritten)
            for other in lines:
                matches(other)


def arguments(data: bytes) -> None:
    """Parses command lines; nothing is run."""
    for line in os.fsdecode(data).splitlines()[:3]:
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        words = [word for word in words if "-h" not in word and "\0" not in word]
        for read in (command.read_plain, _parsed):
            _usable(read, words)


def _parsed(words: list[str]) -> object:
    return parse(words) if words and "--version" not in words else None


def _usable(read: Callable[[list[str]], object], words: list[str]) -> None:
    try:
        read(words)
    except UsageError as error:
        kept("\n" not in str(error), f"a usage error of several lines: {str(error)!r}")


def variables(data: bytes) -> None:
    """Reads lines such as `KUBEVIRT=1.6` as variables, and versions in them."""
    lines = _text(data).splitlines()[:_MOST]
    pairs = (line.partition("=") for line in lines)
    given, mistakes = configuration.from_variables(
        {f"{PREFIX}{name.upper()}": value for name, _, value in pairs}
    )
    kept(given is not None and all("\n" not in line for line in mistakes), "a mistake of two lines")
    for line in lines:
        _usable(lambda words: resolve(words[0]), [line])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
