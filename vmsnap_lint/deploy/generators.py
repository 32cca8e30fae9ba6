"""The generators of an ApplicationSet become parameters.

Source: argo-cd v3.5.1, applicationset/generators. Those that ask a cluster or a server are unknown.
"""

from __future__ import annotations

import json

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.git_generator import GeneratorError, from_git
from vmsnap_lint.deploy.set_parameters import combined, fits, merged
from vmsnap_lint.deploy.yaml_value import value_of

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.deploy.set_templates import Parameters, SetTemplates

__all__ = ["MOST_SETS", "GeneratorError", "Generators"]

MOST_SETS = 1_000
"""Sets of parameters that one generator gives."""
_KINDS = ("list", "git", "matrix", "merge")
_ASKING = {
    "clusterDecisionResource": "asks for objects of a cluster",
    "clusters": "asks for the clusters that Argo CD knows",
    "plugin": "asks a plugin",
    "pullRequest": "asks a server for pull requests",
    "scmProvider": "asks a server for repositories",
}
_DEEPEST = 4


class Generators:
    """Gives the parameters of generators of one ApplicationSet."""

    def __init__(self, templates: SetTemplates, around: Around) -> None:
        self._templates = templates
        self._around = around

    def sets(self, generator: dict[str, Any], depth: int = 0) -> list[Parameters]:
        """The sets of parameters of a generator. Raises GeneratorError and TemplateError."""
        for name, reason in _ASKING.items():
            if isinstance(generator.get(name), dict):
                message = f'the generator "{name}" {reason}'
                raise GeneratorError(message)
        named = [name for name in _KINDS if isinstance(generator.get(name), dict)]
        if len(named) != 1 or depth > _DEEPEST:
            known = ", ".join(sorted(generator)) or "nothing"
            message = f'a generator has "{cut(known)}", not one of {", ".join(_KINDS)}'
            raise GeneratorError(message)
        found = self._given(named[0], generator[named[0]], depth)
        if len(found) > MOST_SETS:
            message = f"a generator makes more than {MOST_SETS:,} sets of parameters"
            raise GeneratorError(message)
        selector = generator.get("selector")
        if isinstance(selector, dict):
            found = [parameters for parameters in found if fits(selector, parameters)]
        return found

    def _given(self, kind: str, settings: dict[str, Any], depth: int) -> list[Parameters]:
        if kind == "list":
            return self._list(settings)
        if kind == "git":
            return from_git(settings, self._templates, self._around)
        nested = settings.get("generators")
        generators = (
            [entry for entry in nested or () if isinstance(entry, dict)]
            if isinstance(nested, list)
            else []
        )
        if kind == "matrix":
            return self._matrix(generators, depth + 1)
        return self._merge(generators, settings.get("mergeKeys"), depth + 1)

    def _list(self, settings: dict[str, Any]) -> list[Parameters]:
        elements = settings.get("elements")
        found = list(elements) if isinstance(elements, list) else []
        text = settings.get("elementsYaml")
        if isinstance(text, str) and text.strip():
            found += _yaml_elements(text)
        if not all(isinstance(element, dict) for element in found):
            message = "a list generator has an element that is no object"
            raise GeneratorError(message)
        return found if self._templates.is_go else [_texts(element) for element in found]

    def _matrix(self, generators: list[dict[str, Any]], depth: int) -> list[Parameters]:
        """Each set of the first generator with each that the second gives for it."""
        if len(generators) != 2:
            message = f"a matrix generator has {len(generators)} generators, not 2"
            raise GeneratorError(message)
        first, second = generators
        found: list[Parameters] = []
        for one in self.sets(first, depth):
            for other in self.sets(self._interpolated(second, one), depth):
                found.append(combined(one, other, is_go=self._templates.is_go))
                if len(found) > MOST_SETS:
                    return found
        return found

    def _merge(self, generators: list[dict[str, Any]], keys: Any, depth: int) -> list[Parameters]:
        """The sets of the first generator, with what the others have for the same keys."""
        names = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
        if len(generators) < 2 or not names:
            message = "a merge generator has less than 2 generators, or no mergeKeys"
            raise GeneratorError(message)
        base, *others = (self._by_keys(names, self.sets(entry, depth)) for entry in generators)
        for other in others:
            for key in base.keys() & other.keys():
                base[key] = merged(base[key], other[key], is_go=self._templates.is_go)
        return list(base.values())

    def _by_keys(self, names: list[str], sets: list[Parameters]) -> dict[str, Parameters]:
        found: dict[str, Parameters] = {}
        for parameters in sets:
            key = json.dumps([parameters.get(name) for name in names], sort_keys=True)
            if key in found:
                message = "a merge generator has two sets of parameters with the same mergeKeys"
                raise GeneratorError(message)
            found[key] = parameters
        return found

    def _interpolated(self, generator: dict[str, Any], parameters: Parameters) -> dict[str, Any]:
        """The second generator of a matrix, with the parameters of the first in its texts."""
        found: dict[str, Any] = {}
        for kind, settings in generator.items():
            values = settings.get("values") if isinstance(settings, dict) else None
            if kind == "git" and isinstance(values, dict):
                rest = {key: entry for key, entry in settings.items() if key != "values"}
                early = self._templates.early(values, parameters)
                found[kind] = {**self._templates.value(rest, parameters), "values": early}
            else:
                found[kind] = self._templates.value(settings, parameters)
        return found


def _yaml_elements(text: str) -> list[Any]:
    try:
        value = value_of(text)
    except ValueError:
        value = text
    if not isinstance(value, list):
        message = "elementsYaml of a list generator is no array"
        raise GeneratorError(message)
    return value


def _texts(element: dict[str, Any]) -> Parameters:
    """The parameters of an element without Go templates: texts, those of `values` by their path."""
    found: Parameters = {}
    for key, value in element.items():
        inside = value.items() if key == "values" and isinstance(value, dict) else ()
        found |= {f"values.{name}": entry for name, entry in inside}
        if not inside:
            found[key] = value
    if not all(isinstance(value, str) for value in found.values()):
        message = "a list generator has a value that is no string, which needs goTemplate"
        raise GeneratorError(message)
    return found
