"""The templates of an ApplicationSet: texts, and objects in which every text is a template.

Source: argo-cd v3.5.1, applicationset/utils/utils.go.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.go_template import GoTemplates, MissingKeyError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Parameters", "SetTemplates", "TemplateError"]

Parameters = dict[str, Any]
"""What one Application is made with: of Go templates any values, else texts by their names."""
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_MOST_STEPS = 1_000_000


class SetTemplates:
    """Renders the templates of one ApplicationSet, in its language."""

    def __init__(self, pointer: Manifest) -> None:
        self.pointer = pointer
        self.is_go = pointer.get("spec", "goTemplate") is True
        options = pointer.get("spec", "goTemplateOptions")
        self._needs_keys = isinstance(options, list) and "missingkey=error" in options
        self._go = GoTemplates(_MOST_STEPS)

    def text(self, text: str, parameters: Parameters) -> str:
        """The text with the parameters. Raises TemplateError."""
        if "{{" not in text:
            return text
        if self.is_go:
            return self._go.rendered(text, parameters, needs_keys=self._needs_keys)
        self._go.spend(len(text))

        def known(tag: re.Match[str]) -> str:
            value = parameters.get(tag[1].strip())
            if not isinstance(value, str):
                return tag[0]
            self._go.spend(len(value))
            return value

        return _TAG.sub(known, text)

    def value(self, value: Any, parameters: Parameters) -> Any:
        """The value with all its texts and keys. Raises TemplateError."""
        if isinstance(value, str):
            return self.text(value, parameters)
        if isinstance(value, dict):
            return {
                self.text(key, parameters): self.value(entry, parameters)
                for key, entry in value.items()
                if entry is not None
            }
        if isinstance(value, list):
            return [self.value(entry, parameters) for entry in value]
        return value

    def early(self, values: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
        """The `values` of a generator; those with parameters of its own are left for later.

        Raises TemplateError.
        """
        return {key: self._early(value, parameters) for key, value in values.items()}

    def _early(self, value: Any, parameters: Parameters) -> Any:
        if not isinstance(value, str) or not self.is_go:
            return self.value(value, parameters)
        try:
            return self._go.rendered(value, parameters, needs_keys=True)
        except MissingKeyError:
            return value
