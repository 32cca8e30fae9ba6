"""Objects and the CEL rules of their CRDs become failures, and what was not checked.

x-kubernetes-validations are evaluated as on a create: a rule that compares with `oldSelf` holds
only for updates. What cannot be evaluated is never a failure.
"""

from __future__ import annotations

import re
from time import monotonic

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.cel_process import evaluated, is_installed
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.schema.crds.cel_value import encoded
from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.bundled import Json, Schema
    from vmsnap_lint.schema.crds.registry import Crds

    Path = tuple[Key, ...]

__all__ = ["Judgement", "RuleFailure", "judge"]

_TEXTS = re.compile(r"""[rR]?("{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.S)
_OLD = re.compile(r"\boldSelf\b")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']*)'\]|\[([0-9]+)\]")
_LONGEST = 300


class RuleFailure(NamedTuple):
    """A rule that does not hold, and the message of its CRD."""

    path: Path
    message: str


class Judgement(NamedTuple):
    """The failures of each object, and the rules that could not be evaluated."""

    failures: dict[Manifest, list[RuleFailure]]
    not_checked: tuple[NotChecked, ...]


class _Question(NamedTuple):
    """The rules of one level, and the value there."""

    manifest: Manifest
    path: Path
    value: Json
    source: Schema
    rules: tuple[Schema, ...]
    file: str

    def as_json(self) -> list[Json]:
        """The question as `cel_worker` reads it."""
        rules = [[rule["rule"], _text(rule.get("messageExpression"))] for rule in self.rules]
        return [encoded(self.value, self.source, root=not self.path), rules]


def judge(crds: Crds, manifests: Iterable[Manifest]) -> Judgement:
    """The verdict of the rules on objects of a valid shape; the API server does the same."""
    questions = [
        question
        for manifest in manifests
        if (version := crds.version(manifest)) is not None and not crds.problems(manifest)
        for question in _questions(manifest, version.ruled, crds.file(manifest))
    ]
    if not questions:
        return Judgement({}, ())
    if not is_installed():
        return Judgement({}, (_without_library(questions),))
    start = monotonic()
    answers, stopped = evaluated([each.as_json() for each in questions], max(0.0, crds.seconds))
    crds.seconds -= monotonic() - start
    failures: dict[Manifest, list[RuleFailure]] = {}
    reason = f"some CEL validation rules were not evaluated: {stopped}"
    not_checked = {NotChecked(question.file, reason) for question in questions[len(answers) :]}
    for question, verdicts in zip(questions, answers, strict=False):
        for rule, (holds, text) in zip(question.rules, verdicts, strict=True):
            if holds is None:
                named = f"the rule {quoted_value(rule['rule'])} of {question.manifest.kind}"
                reason = f"{named}: {text}"
                not_checked.add(NotChecked(question.file, reason))
            elif not holds and not _is_pending(question.value):
                failure = _failure(question, rule, text)
                failures.setdefault(question.manifest, []).append(failure)
    return Judgement(failures, tuple(sorted(not_checked)))


def _questions(manifest: Manifest, source: Schema, file: str) -> Iterator[_Question]:
    """Every level that has rules, from the root down."""
    stack: list[tuple[Path, Json, Schema]] = [((), manifest.value, source)]
    while stack:
        path, value, part = stack.pop()
        if value is None:
            continue  # a rule about null is on the level above
        rules = tuple(
            rule for rule in part.get("x-kubernetes-validations", ()) if _is_for_now(rule)
        )
        if rules:
            yield _Question(manifest, path, value, part, rules, file)
        stack += [((*path, key), item, below) for key, item, below in _below(value, part)]


def _below(value: Json, part: Schema) -> Iterator[tuple[Key, Json, Schema]]:
    if isinstance(value, list):
        for index, item in enumerate(value if "items" in part else ()):
            yield index, item, part["items"]
    elif isinstance(value, dict):
        fields, others = part.get("properties", {}), part.get("additionalProperties")
        for name, item in value.items():
            below = fields.get(name, others if isinstance(others, dict) else None)
            if below is not None:
                yield name, item, below


def _is_for_now(rule: object) -> bool:
    """Whether a rule applies when an object is created."""
    if not isinstance(rule, dict) or not isinstance(rule.get("rule"), str):
        return False
    return not _OLD.search(_TEXTS.sub("", rule["rule"]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _failure(question: _Question, rule: Schema, evaluated: str) -> RuleFailure:
    message = evaluated or rule.get("message") or f"failed rule: {rule['rule']}"
    text = " ".join(str(message).split()).replace('"', "'")
    path = (*question.path, *_field(rule.get("fieldPath")))
    return RuleFailure(path, f'{dotted(path)} violates a rule of its CRD: "{cut(text, _LONGEST)}"')


def _field(text: object) -> Iterator[Key]:
    """The steps of a fieldPath such as `.spec.names['x']`."""
    for name, quoted_name, index in _STEP.findall(_text(text) or ""):
        yield int(index) if index else name or quoted_name


def _is_pending(value: Json) -> bool:
    """Whether a templating tool replaces some of what the rule looks at."""
    if isinstance(value, dict):
        return any(_is_pending(key) or _is_pending(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(_is_pending, value))
    return holds_placeholder(value)


def _without_library(questions: list[_Question]) -> NotChecked:
    rules = {(question.file, rule["rule"]) for question in questions for rule in question.rules}
    files = sorted({file for file, _ in rules})
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    reason = f"{counted(len(rules), 'validation rule')} in CEL: install vmsnap-lint[cel]"
    return NotChecked(f"{files[0]}{more}", reason)
