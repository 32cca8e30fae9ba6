"""An ApplicationSet of Argo CD becomes the Applications that it makes.

Source: GenerateApplications, argo-cd v3.5.1, applicationset/controllers/template/template.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.applied import gap_of
from vmsnap_lint.deploy.generators import MOST_SETS, GeneratorError, Generators
from vmsnap_lint.deploy.kustomize_fields import patched
from vmsnap_lint.deploy.set_templates import SetTemplates, TemplateError
from vmsnap_lint.deploy.yaml_value import value_of
from vmsnap_lint.objects.manifest import Manifest

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.deploy.set_templates import Parameters
    from vmsnap_lint.objects.gaps import Gap

__all__ = ["Expanded", "applications"]

_API_VERSION = "argoproj.io/v1alpha1"


class Expanded(NamedTuple):
    """The Applications that a set makes, and what may make more of them."""

    applications: tuple[Manifest, ...] = ()
    gaps: tuple[Gap, ...] = ()


def applications(pointer: Manifest, around: Around) -> Expanded:
    """The Applications of the set, each at the place of its template."""
    templates = SetTemplates(pointer)
    generators = Generators(templates, around)
    made: list[Manifest] = []
    gaps: list[Gap] = []
    for index, generator in pointer.items("spec", "generators"):
        at = ("spec", "generators", index)
        try:
            sets = generators.sets(generator)
        except (GeneratorError, TemplateError) as error:
            gaps.append(_gap(pointer, str(error), at))
            continue
        template = _template(pointer, generator)
        for parameters in sets:
            if len(made) >= MOST_SETS:
                reason = f"it makes more than {MOST_SETS:,} Applications; the rest is not read"
                gaps.append(_gap(pointer, reason, at))
                break
            try:
                made.append(_application(pointer, template, parameters, templates))
            except TemplateError as error:
                gaps.append(_gap(pointer, str(error), ("spec", "template")))
                break
    return Expanded(tuple(made), tuple(gaps))


def _application(
    pointer: Manifest, template: dict[str, Any], parameters: Parameters, templates: SetTemplates
) -> Manifest:
    """One Application. Raises TemplateError."""
    value = templates.value(template, parameters) if parameters else template
    patch = pointer.get("spec", "templatePatch")
    if isinstance(patch, str) and patch.strip():
        given = _read(templates.text(patch, parameters))
        spec = {key: entry for key, entry in _spec(given).items() if key != "project"}
        value = patched(value, {**given, "spec": spec})
    metadata = value.get("metadata")
    metadata = {**(metadata if isinstance(metadata, dict) else {}), "namespace": pointer.namespace}
    value = {**value, "apiVersion": _API_VERSION, "kind": "Application", "metadata": metadata}
    return Manifest(pointer.document, value, (*pointer.root, "spec", "template"))


def _template(pointer: Manifest, generator: dict[str, Any]) -> dict[str, Any]:
    """The template of a generator, with all that it leaves out of the template of the set."""
    own: Any = {}
    for settings in generator.values():
        if isinstance(settings, dict) and isinstance(settings.get("template"), dict):
            own = settings["template"]
    return _filled(own, pointer.mapping("spec", "template"))


def _filled(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in own.items():
        old = base.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _filled(value, old)
        elif value:
            result[key] = value
    return result


def _read(text: str) -> dict[str, Any]:
    """The patch that a rendered text is. Raises TemplateError where it is none."""
    try:
        value = value_of(text)
    except ValueError:
        value = text
    if value is not None and not isinstance(value, dict):
        message = "its templatePatch makes no object"
        raise TemplateError(message)
    return value or {}


def _spec(value: dict[str, Any]) -> dict[str, Any]:
    spec = value.get("spec")
    return spec if isinstance(spec, dict) else {}


def _gap(pointer: Manifest, reason: str, at: tuple[str | int, ...]) -> Gap:
    namespace = pointer.text("spec", "template", "spec", "destination", "namespace")
    return gap_of(pointer, reason, at, namespace)
