"""Variables of Flux in objects, replaced as Flux does it after a build.

Flux writes an object as YAML, replaces variables in that text and reads it again, so that what was
a string may become a number, a boolean, even an object.
Source: SubstituteVariables, fluxcd/pkg kustomize v1.39.0, kustomize_varsub.go.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.envsubst import BadSubstitutionError, Expander
from vmsnap_lint.objects.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.deploy.applied import Substitution

__all__ = ["left_open", "substituted"]

_SETTING = "kustomize.toolkit.fluxcd.io/substitute"
_NAMES = ("name", "namespace")
_MOST_CHARACTERS = 2**24
"""Of all that variables are replaced by."""


def substituted(manifests: Iterable[Manifest], substitution: Substitution) -> tuple[Manifest, ...]:
    """The objects with the values of their variables, in the same documents."""
    variables = substitution.variables

    def value(name: str) -> str | None:
        known = variables.get(name)
        return known if known is not None or substitution.unknown else ""

    texts = _Texts(Expander(value, _MOST_CHARACTERS))
    return tuple(_replaced(manifest, texts) for manifest in manifests)


def left_open(manifest: Manifest) -> bool:
    """Whether a name in the object, its own or that of another one, is not known yet."""
    return _has_open_name(manifest.value)


def _has_open_name(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_open_name, value))
    if not isinstance(value, dict):
        return False
    return any(
        _has_open_name(entry) or (holds_placeholder(entry) and key.lower().endswith(_NAMES))
        for key, entry in value.items()
    )


def _replaced(manifest: Manifest, texts: _Texts) -> Manifest:
    """The object itself where nothing in it changes."""
    for field in ("labels", "annotations"):
        if manifest.mapping("metadata", field).get(_SETTING) == "disabled":
            return manifest
    value = texts.value(manifest.value)
    if value is manifest.value:
        return manifest
    return Manifest(manifest.document, value, manifest.root)


class _Texts:
    """Replaces the variables in values; those that come up again are looked up."""

    def __init__(self, expander: Expander) -> None:
        self._expander = expander
        self._known: dict[str, Any] = {}

    def value(self, value: Any) -> Any:
        """The value with its variables replaced; the same one where it has none."""
        if isinstance(value, str):
            return self._scalar(value) if "$" in value else value
        if isinstance(value, dict):
            new = {self._key(key): self.value(entry) for key, entry in value.items()}
            is_same = all(
                key is old and entry is value[old]
                for (key, entry), old in zip(new.items(), value, strict=False)
            )
            return value if is_same and len(new) == len(value) else new
        if isinstance(value, list):
            entries = [self.value(entry) for entry in value]
            is_same = all(entry is old for entry, old in zip(entries, value, strict=True))
            return value if is_same else entries
        return value

    def _key(self, key: str) -> str:
        if "$" not in key:
            return key
        new = self._scalar(key)
        return new if isinstance(new, str) else _as_key(self._text(key))

    def _scalar(self, text: str) -> Any:
        if text not in self._known:
            new = self._text(text)
            self._known[text] = text if new == text else _read_again(text, new)
        return self._known[text]

    def _text(self, text: str) -> str:
        try:
            return self._expander.replaced(text)
        except BadSubstitutionError:
            return text  # Flux applies nothing then; the objects are judged as they are written


def _read_again(text: str, new: str) -> Any:
    """What the text is read as, where kustomize writes the old one without quotes."""
    from vmsnap_lint.document.unquoted import unquoted  # the reader is loaded by need

    try:
        return new if "\n" in text or unquoted(text) != text else unquoted(new)
    except ValueError:
        return new


def _as_key(text: str) -> str:
    """A key that became a number or a boolean, as a string again."""
    return text.strip("'\"")
