"""The `postBuild` of a Flux Kustomization becomes variables and their values."""

from __future__ import annotations

import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.applied import Substitution
from vmsnap_lint.deploy.kustomize_fields import objects, strings, text

if TYPE_CHECKING:
    from vmsnap_lint.deploy.around import Around
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["substitution"]

_NAME = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")


def substitution(pointer: Manifest, around: Around) -> tuple[Substitution | None, str]:
    """The variables, None where nothing is replaced, and why the values may differ, or "".

    What a Secret or another absent object holds is unknown, even if it may be missing; it rarely
    repeats a variable of a ConfigMap.
    Source: SubstituteVariables, fluxcd/pkg kustomize v1.39.0, kustomize_varsub.go.
    """
    settings = pointer.mapping("spec", "postBuild")
    variables: dict[str, str] = {}
    unknown = False
    for reference in objects(settings, "substituteFrom"):
        found = _config_map(reference, pointer, around)
        unknown = unknown or found is None
        variables |= found or {}
    variables |= strings(settings.get("substitute"))
    values = {name: value.replace("\n", "") for name, value in variables.items()}
    invalid = next((name for name in values if not _NAME.fullmatch(name)), None)
    reason = "" if invalid is None else f'"{cut(invalid)}" is no name of a variable'
    if not values and not unknown and settings.get("substituteStrategy") != "Always":
        return None, reason
    return Substitution(values, unknown), reason


def _config_map(
    reference: dict[str, object], pointer: Manifest, around: Around
) -> dict[str, str] | None:
    """The data of the ConfigMap that a reference names, None where it is not known."""
    if text(reference, "kind") != CONFIG_MAP.kind:
        return None
    found = around.find(CONFIG_MAP, pointer.namespace, text(reference, "name"), pointer)
    return None if found is None else strings(found.get("data"))
