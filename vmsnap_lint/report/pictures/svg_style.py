"""The colors of an image on a light and a dark page, and the width of its text."""

from __future__ import annotations

from unicodedata import east_asian_width

__all__ = ["ROOT", "STYLE", "text_width"]

ROOT = "vmsnap-plan"
"""The class of the image, so that its styles reach nothing else of a page that it is part of."""
_LIGHT = {
    "page": "#ffffff", "text": "#1f2328", "faint": "#59636e", "frame": "#afb8c1",
    "ok": "#dafbe1", "ok-line": "#1a7f37", "skipped": "#f6f8fa", "skipped-line": "#818b98",
    "unknown": "#fff8c5", "unknown-line": "#9a6700", "broken": "#ffebe9",
    "broken-line": "#cf222e", "missing": "#ffffff", "edge": "#59636e",
}  # fmt: skip
_DARK = {
    "page": "#0d1117", "text": "#f0f6fc", "faint": "#9198a1", "frame": "#3d444d",
    "ok": "#0f2e1a", "ok-line": "#3fb950", "skipped": "#151b23", "skipped-line": "#8b949e",
    "unknown": "#342a03", "unknown-line": "#d29922", "broken": "#3c1416",
    "broken-line": "#ff7b72", "missing": "#0d1117", "edge": "#9198a1",
}  # fmt: skip
_FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
_LTR = "direction: ltr; unicode-bidi: isolate"
_RULES = (
    ("text", f"font: 12px {_FONTS}; fill: var(--text); text-anchor: middle; {_LTR}"),
    (".page", "fill: var(--page)"),
    (".box rect", "fill: none; stroke: var(--frame)"),
    (".cluster rect", "stroke-width: 2"),
    (".box text", "fill: var(--faint); font-weight: 600"),
    (".node rect", "fill: var(--ok); stroke: var(--ok-line)"),
    (".node .l0", "fill: var(--faint); font-size: 11px"),
    (".node .l1", "font-weight: 600"),
    (
        ".skipped rect",
        "fill: var(--skipped); stroke: var(--skipped-line); stroke-dasharray: 2 3",
    ),
    (
        ".unknown rect",
        "fill: var(--unknown); stroke: var(--unknown-line); stroke-dasharray: 6 3",
    ),
    (".node polygon", "stroke: var(--broken-line); stroke-width: 2"),
    (".broken polygon", "fill: var(--broken)"),
    (".missing polygon", "fill: var(--missing); stroke-dasharray: 6 3"),
    (".edge path", "fill: none; stroke: var(--edge)"),
    (".edge .head", "fill: var(--edge)"),
    (
        ".edge text",
        "font-size: 10px; paint-order: stroke; stroke: var(--page); stroke-width: 3px",
    ),
    (".edge.skipped path", "stroke-dasharray: 2 3"),
    (".edge.unknown path", "stroke: var(--unknown-line); stroke-dasharray: 6 3"),
    (".edge.unknown .head", "fill: var(--unknown-line)"),
    (".edge.unknown text", "fill: var(--unknown-line)"),
    (".edge.broken path", "stroke: var(--broken-line); stroke-width: 2"),
    (".edge.broken text", "fill: var(--broken-line)"),
    (".legend text", "text-anchor: start; fill: var(--faint)"),
)
# The widths of bold letters in a wide font, DejaVu Sans, in points of 12.
_WIDTHS = {
    **dict.fromkeys("ijlI|'.,:; ", 4.8), **dict.fromkeys("frt()[]-/\\!\"", 6.3),
    **dict.fromkeys("cszJv", 7.9), **dict.fromkeys("mMwWQO@%#&", 13.3),
}  # fmt: skip


def _variables(colors: dict[str, str]) -> str:
    return " ".join(f"--{name}: {color};" for name, color in colors.items())


STYLE = (
    "<style>",
    f".{ROOT} {{ color-scheme: light dark; {_variables(_LIGHT)} }}",
    f"@media (prefers-color-scheme: dark) {{ .{ROOT} {{ {_variables(_DARK)} }} }}",
    *(f".{ROOT} {selector} {{ {style} }}" for selector, style in _RULES),
    "</style>",
)
"""The styles, line by line."""


def text_width(text: str) -> float:
    """About how wide a bold text is, in points of 12; rather too wide than too narrow."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if not character.isascii():
        return 13.0 if east_asian_width(character) in {"W", "F"} else 10.0
    return _WIDTHS.get(character, 10.2 if character.isupper() else 8.7)
