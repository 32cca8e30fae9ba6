"""Reads `policies:` of a configuration file into settings, and tells what is wrong with it."""

from __future__ import annotations

from vmsnap_lint.config.file.mistakes import Mistake
from vmsnap_lint.config.policies import typed_expression
from vmsnap_lint.config.policies.policy_ids import policy_mistake
from vmsnap_lint.config.policies.policy_settings import DEFAULT_KINDS, PolicySettings
from vmsnap_lint.core import cel_process
from vmsnap_lint.core.data_files import POLICY, is_policy
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vmsnap_lint.config.file.located import Located
    from vmsnap_lint.config.file.mistakes import Path

__all__ = ["policies_of", "policy_mistakes"]

_MOST_POLICIES = 200
_LONGEST = 4_000
_SECONDS = 20.0  # for the check of all expressions


def policies_of(written: Sequence[Any], located: Located) -> tuple[PolicySettings, ...]:
    """The policies, each with its place."""
    return tuple(
        _policy(entry, entry.get("match", {}), located, ("policies", index, "id"))
        for index, entry in enumerate(written)
    )


def policy_mistakes(settings: Mapping[str, Any]) -> Iterator[Mistake]:
    """The mistakes of policies that have the right form, and of the settings that name them.

    Expressions are checked where CEL is installed; a run that needs it says so itself.
    """
    written = settings.get("policies", ())
    yield from _repeated(written)
    known = [POLICY + entry["id"] for entry in written]
    for path, rule, is_key in _named_rules(settings):
        may_be_none = path[0] == "ignore"
        if is_policy(rule) and (wrong := policy_mistake(rule, known, may_be_none=may_be_none)):
            yield Mistake(path, wrong, key=is_key)
    if len(written) > _MOST_POLICIES:
        yield Mistake(
            ("policies",), f"has {len(written)} policies, expected {_MOST_POLICIES} at most"
        )
        return
    for index, entry in enumerate(written):
        if len(entry["require"]) > _LONGEST:
            number = len(entry["require"])
            message = f"has {number:,} characters, expected {_LONGEST:,} at most"
            yield Mistake(("policies", index, "require"), message)
    if written and cel_process.is_installed():
        yield from _of_expressions(written)


def _policy(
    entry: Mapping[str, Any], match: Mapping[str, Any], located: Located, path: Path
) -> PolicySettings:
    return PolicySettings(
        id=entry["id"],
        require=entry["require"].strip(),
        message=" ".join(entry.get("message", "").split()),
        severity=Severity.named(entry.get("severity", "error")),
        kinds=tuple(match.get("kinds", DEFAULT_KINDS)),
        labels=tuple(match.get("labels", {}).items()),
        namespaces=tuple(match.get("namespaces", ())),
        clusters=tuple(match.get("clusters", ())),
        at=located.spot(path),
    )


def _repeated(written: Sequence[Any]) -> Iterator[Mistake]:
    """The ids that an earlier policy has."""
    seen: set[str] = set()
    for index, entry in enumerate(written):
        if entry["id"] in seen:
            message = f'another policy has the id "{entry["id"]}": rename one'
            yield Mistake(("policies", index, "id"), message)
        seen.add(entry["id"])


def _named_rules(settings: Mapping[str, Any]) -> Iterator[tuple[Path, str, bool]]:
    """The rules that settings name, with their places; whether that is a key."""
    for key in ("select", "ignore"):
        yield from (((key, at), rule, False) for at, rule in enumerate(settings.get(key, ())))
    yield from ((("severity", rule), rule, True) for rule in settings.get("severity", {}))
    for index, entry in enumerate(settings.get("overrides", ())):
        path = ("overrides", index)
        ignored = enumerate(entry.get("ignore", ()))
        yield from (((*path, "ignore", at), rule, False) for at, rule in ignored)
        yield from (((*path, "severity", rule), rule, True) for rule in entry.get("severity", {}))


def _of_expressions(written: Sequence[Any]) -> Iterator[Mistake]:
    """What is wrong with the expressions, each checked for the kinds of its policy."""
    asked = [
        (index, entry["require"], kind)
        for index, entry in enumerate(written)
        if len(entry["require"]) <= _LONGEST
        for kind in dict.fromkeys(entry.get("match", {}).get("kinds", DEFAULT_KINDS))
    ]
    questions = (typed_expression.question(text, kind) for _, text, kind in asked)
    answers, stopped = cel_process.evaluated(questions, _SECONDS)
    wrong: set[int] = set()
    for (index, text, kind), answer in zip(asked, answers, strict=False):
        message = typed_expression.what_is_wrong(text, kind, answer)
        if message and index not in wrong:
            wrong.add(index)
            yield Mistake(("policies", index, "require"), message)
    if len(answers) < len(asked):
        index = asked[len(answers)][0]
        yield Mistake(("policies", index, "require"), f"cannot be checked ({stopped})")
