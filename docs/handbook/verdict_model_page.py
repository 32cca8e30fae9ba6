"""Writes the reference of what the expressions of policies read, from the table of the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handbook.markdown import code, page, table
from vmsnap_lint.config.policies.verdict_model import CONSTANTS, EVERYWHERE, SUBJECTS, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.policies.verdict_model import Field

__all__ = ["verdict_model_page"]

_NOTE = (
    "<!-- written by docs/generate.py from vmsnap_lint/config/policies/verdict_model.py: "
    "edit that -->"
)
_INTRODUCTION = """\
The expression of a [policy](../guides/policies.md) reads these variables. Names and types are
checked before any file is read.

- **Unset.** A field has always a value: `""`, `0`, `false` or an empty list where nothing is set.
  `has(snapshot.failureDeadline)` is true where it is none of `""` and the empty list. Labels are
  those that are there: `has(vm.labels.tier)`, `"tier" in vm.labels`, `vm.labels["a/b"]`.
- **Absent.** An object that certainly does not exist has `exists` false, and its other fields are
  unset.
- **Unknown.** What the input does not show (a class, the size of a disk, whether a VM runs, what a
  template writes) has no value. `&&`, `||`, `all` and `exists` do not need it where the rest
  decides. Where it decides, the policy is not verified for the object: that is listed as not
  checked, and is no finding. A label whose value a template writes is there for `has` and `in`.
"""
_FUNCTIONS = """\
Operators, macros (`all`, `exists`, `exists_one`, `filter`, `map`, `has`) and functions are those of
[CEL](https://github.com/google/cel-spec/blob/master/doc/langdef.md) with its extensions for strings
and optional values, such as `startsWith`, `matches`, `size`, `split`, `join`, `duration` and `int`;
`dyn` is left out, since the types of all fields are checked.
{numbers} are numbers, so a size is written `100 * Gi`.
"""


def verdict_model_page() -> str:
    """The variables of each kind, then the fields of each type."""
    kinds = (
        block
        for kind, of in SUBJECTS.items()
        for block in (f"### For a {kind}", table(_HEAD, _rows((*of, *EVERYWHERE))))
    )
    types = (block for name in TYPES for block in (f"### {name}", table(_HEAD, _rows(TYPES[name]))))
    numbers = ", ".join(map(code, CONSTANTS))
    return page([
        _NOTE,
        "# The verdict model",
        _INTRODUCTION.strip(),
        _FUNCTIONS.format(numbers=numbers).strip(),
        "## Variables",
        "Each kind that `match.kinds` can name has these:",
        *kinds,
        "## Types",
        *types,
    ])  # fmt: skip


_HEAD = ("name", "type", "what it is")


def _rows(fields: Iterable[Field]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        yield code(field.name), _type(field.type), field.means


def _type(text: str) -> str:
    """The type, with a link to that of an object."""
    name = re.sub(r"^list\(|\)$", "", text)
    if name not in TYPES:
        return code(text)
    link = f"[{name}](#{name.lower()})"
    return f"list of {link}" if text != name else link
