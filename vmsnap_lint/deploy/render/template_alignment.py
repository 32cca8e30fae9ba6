"""A rendered object beside the document of the template that wrote it."""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.template_text import LETTERS
from vmsnap_lint.deploy.render.templated_scalars import is_templated, may_become, specificity
from vmsnap_lint.document.faults import FaultKind
from vmsnap_lint.document.positions import Inset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.deploy.render.layered_values import LayeredValues
    from vmsnap_lint.deploy.render.template_text import ControlBranch, TemplatePart, TemplateText
    from vmsnap_lint.document import Document

__all__ = ["Alignment", "TemplateReader"]

_MOST_KEYS = 100  # of an object, among which one that an action writes is looked for
_MOST_LINES = 2000  # of an array, that are looked at
_MOST_ITEMS = 40  # of an array of a template: those of longer ones are known by their number


class Alignment:
    """One document of a template, read as the YAML that wrote an object.

    `lines` are those that have two values for one key, so that neither is certain.
    """

    def __init__(self, text: TemplateText, part: TemplatePart, read: Document) -> None:
        self.text = text
        self.part = part
        self.value: dict[str, Any] = read.value
        self._read = read
        self._uncertain = {
            span.line
            for fault in read.source.faults
            if fault.kind is FaultKind.DUPLICATE_KEY
            for span in (fault.span, fault.first)
            if span is not None
        }

    def locate(self, value: object, path: align.Path) -> align.Path:
        """The path in the template of what is at `path` of the object, as far as it is certain."""
        ours: Any = self.value
        result: list[str | int] = []
        for step in path:
            at = self.step((*result,), value, step)
            if at is None:
                break
            ours, value = align.value_at(ours, (at,)), align.value_at(value, (step,))
            result.append(at)
        while result and self.written((*result,), key=True).line in self._uncertain:
            result.pop()
        is_line = not isinstance(value, dict | list) and "\n" not in str(value)
        if len(result) == len(path) and result and is_line and not may_become(ours, value):
            result.pop()
        return tuple(result)

    def step(self, path: align.Path, value: object, step: str | int) -> str | int | None:
        """The key or index, below `path` of the template, of an entry of `value`, if certain."""
        ours: Any = self.at(path)
        if isinstance(ours, dict) and isinstance(value, dict):
            if step in ours or len(ours) > _MOST_KEYS:
                return step if step in ours else None
            keys = [key for key in ours if is_templated(key) and may_become(key, step)]
            return keys[0] if len(keys) == 1 else None
        if not (isinstance(ours, list) and isinstance(value, list) and isinstance(step, int)):
            return None
        if not 0 <= step < len(value):
            return None
        at = self._counted(path, len(ours), len(value), step)
        return (
            at if at is not None and may_become(ours[at], value[step]) else _item(ours, value, step)
        )

    def _counted(self, path: align.Path, count: int, size: int, step: int) -> int | None:
        """The item of an array of which all on one side are written once, as it is itself."""
        if count == size:
            return step
        after = size - 1 - step
        if step < min(count, _MOST_ITEMS) and self._once(path, range(step + 1), count):
            return step
        at = count - 1 - after
        if at >= 0 and after < _MOST_ITEMS and self._once(path, range(at, count), count):
            return at
        return None

    def _once(self, path: align.Path, items: range, count: int) -> bool:
        """Whether these of `count` items are written once, and nothing else on their side."""
        owners, blocks = self.text.owners, self.text.blocks
        home = owners[self.written(path, key=True).line - 1]
        spans = [self.written((*path, item), key=False) for item in items]
        first = self.written(path, key=True).line if items[0] == 0 else spans[0].line - 1
        end = self.part.last if items[-1] == count - 1 else spans[-1].line
        column = spans[0].column - 3
        between = range(first, min(end, first + _MOST_LINES))
        return all(owners[span.line - 1] == home for span in spans) and not any(
            number in blocks and blocks[number][0] == column for number in between
        )

    @property
    def document(self) -> Document:
        """What was read, at the places of the template."""
        return self._read

    def keeps_keys(self, text: str, _value: object) -> bool:
        """Whether no key gets a second place in the template where it becomes this text."""
        from vmsnap_lint.deploy.render.template_keys import keeps_keys  # fixes only

        return keeps_keys(self.text, text)

    def at(self, path: align.Path) -> object:
        """The value of the template at a path of it."""
        return align.value_at(self.value, path)

    def written(self, path: align.Path, *, key: bool) -> Span:
        """The place of a value (or key) of the template."""
        return self._read.span(path, key)

    def block(self, path: align.Path, indentation: int) -> int | None:
        """The one line (from 1) that writes fields of the object at `path` with that indentation.

        None where there are none, or several.
        """
        first = self.written(path, key=True).line if path else self.part.first
        found = []
        for number in range(first, self.part.last):
            line = self.text.lines[number]
            if line.strip() and len(line) - len(line.lstrip()) < indentation and number >= first:
                break
            if number in self.text.blocks and self.text.blocks[number][0] == indentation:
                found.append(number + 1)
        return found[0] if len(found) == 1 else None


class TemplateReader:
    """Reads the documents of a template, each as far as it may have written an object."""

    def __init__(self, text: TemplateText, values: LayeredValues) -> None:
        self._text = text
        self._holds = _decided(text.branches, values)
        self._read: dict[tuple[TemplatePart, frozenset[int]], Alignment | None] = {}

    def alignment(self, part: TemplatePart, rendered: str) -> Alignment | None:
        """A document as the YAML that wrote `rendered`; None where it is none that can be read."""
        without = frozenset(self._unwritten(part, rendered))
        key = part, without
        if key not in self._read:
            self._read[key] = self._aligned(part, without)
        return self._read[key]

    def _aligned(self, part: TemplatePart, without: frozenset[int]) -> Alignment | None:
        text, numbers = self._text, range(part.first, part.last)
        lines = ("" if text.owners[n] in without else text.lines[n] for n in numbers)
        data = "\n".join(lines).encode("utf-8", "surrogatepass")
        inset = Inset(text.source.lines, part.first + 1, ())
        source = document.read(text.source.file, data, inset=inset)
        whole = [each for each in source.documents if isinstance(each.value, dict)]
        return Alignment(text, part, whole[0]) if len(whole) == 1 else None

    def _unwritten(self, part: TemplatePart, rendered: str) -> Iterator[int]:
        """The branches that did not write an object, and those of which none is certain."""
        certain = self._fitting(part, rendered)
        missing: set[int] = set()
        for number, branch in enumerate(self._text.branches):
            inside = branch.first >= part.first and branch.last <= part.last
            is_lost = self._holds[number] is False or (inside and not certain.get(number, True))
            if branch.action.word == "define" or branch.parent in missing or is_lost:
                missing.add(number)
                yield number

    def _fitting(self, part: TemplatePart, rendered: str) -> dict[int, bool]:
        """For each branch with lines in the document whether it wrote them, and it alone."""
        written = {line.strip() for line in rendered.splitlines()}
        keys = {line.partition(":")[0] for line in written}
        text, branches = self._text, self._text.branches
        fits: dict[int, bool] = {}
        literal: dict[int, bool] = {}
        for number in range(part.first, part.last):
            branch, line = text.owners[number], text.lines[number].strip()
            if branch >= 0 and line and not line.startswith("#"):
                fits[branch] = fits.get(branch, True) and _is_among(line, written, keys)
                literal[branch] = literal.get(branch, True) and LETTERS.search(line) is None
        chosen: dict[int, list[int]] = {}
        for branch, does in fits.items():
            if does or self._holds[branch]:
                chosen.setdefault(branches[branch].block, []).append(branch)
        for several in chosen.values():
            best = [b for b in several if self._holds[b]] or [b for b in several if literal[b]]
            for branch in several if len(several) > 1 else ():
                fits[branch] = best == [branch]
        return fits | {branch: True for branch in fits if self._holds[branch]}


def _decided(branches: Sequence[ControlBranch], values: LayeredValues) -> list[bool | None]:
    """For each branch whether its conditions hold, None where that is not known."""
    result: list[bool | None] = []
    before: dict[int, bool | None] = {}
    for branch in branches:
        words = branch.action.body.split()
        words = words[1:] if words[0] == "else" else words
        is_if = words[:1] in (["if"], ["with"])
        holds = values.holds(" ".join(words[1:])) if is_if else (None if words else True)
        earlier = before.get(branch.block, False)
        result.append(False if earlier else (None if earlier is None and holds else holds))
        met = (earlier, holds)
        before[branch.block] = True if True in met else (None if None in met else False)
    return result


def _is_among(line: str, written: set[str], keys: set[str]) -> bool:
    """Whether a line of a template may have written one of these lines, which have these keys."""
    match = LETTERS.search(line)
    if match is None:
        return line in written
    key, colon, _ = line.partition(":")
    return not colon or match.start() <= len(key) or key in keys


def _item(ours: list[Any], value: list[Any], step: int) -> int | None:
    """The one item of an array of a template that may have become that of the object."""
    if len(ours) > _MOST_ITEMS:
        return None
    item = value[step]
    fitting = [index for index, each in enumerate(ours) if may_become(each, item)]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    known = [specificity(_name(ours[index])) for index in fitting]
    best = [index for index, size in zip(fitting, known, strict=True) if size == max(known)]
    return best[0] if len(best) == 1 else None


def _name(item: object) -> object:
    metadata = align.object_at(item, "metadata")
    return metadata.get("name") if metadata else align.object_at(item).get("name", item)
