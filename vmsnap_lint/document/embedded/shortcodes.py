"""A block with Hugo's shortcodes becomes a text that can be read.

https://gohugo.io/content-management/shortcodes/: `{{% name %}}` and `{{< name >}}` are replaced
inside fenced blocks, too.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.embedded.block import LONGEST, hidden

if TYPE_CHECKING:
    from vmsnap_lint.document.embedded.block import Block

__all__ = ["without_shortcodes"]

_MARKS = ("{{%", "{{<")
_SHORTCODE = re.compile(r"\{\{(?:%[^{}]*%|<[^{}]*>)\}\}")


def without_shortcodes(block: Block) -> Block:
    """The block with placeholders for values; what a shortcode on a line of its own adds is cut."""
    if not any(mark in line for line in block.lines for mark in _MARKS):
        return block
    cut, lines = block.cut, []
    for line in block.lines:
        if len(line) > LONGEST:
            lines.append(line)
        elif line.strip() and not _SHORTCODE.sub("", line).strip():
            cut = True
            lines.append("")
        else:
            lines.append(_SHORTCODE.sub(lambda match: hidden(match[0]), line))
    return block._replace(lines=tuple(lines), cut=cut, filled=True)
