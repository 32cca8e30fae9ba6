"""CEL rules and values on standard input become verdicts on standard output. Floor 3.

Runs as a process of its own, `python -m vmsnap_lint.crds.worker`, because rules and values are
hostile input: whatever they cost, they cost this process, which has limits and can be ended. The
library bounds the iterations and the nesting of a rule, and matches patterns in linear time.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vmsnap_lint.values import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cel_expr_python.cel import Env, Value

    Verdict = tuple[bool | None, str]

__all__ = ["answer", "main"]

MOST_MEMORY = 2**30
MOST_SECONDS = 20
_LONGEST_RULE = 20_000


def main() -> None:
    """Answers each question, [self, [[rule, messageExpression or null], ...]], with one line."""
    _confine()
    env = _environment()
    for question in json.load(sys.stdin):
        sys.stdout.write(json.dumps(list(answer(env, question))) + "\n")
        sys.stdout.flush()


def answer(env: Env, question: list[Any]) -> Iterator[Verdict]:
    """For each rule whether it holds, or None and why that cannot be told."""
    value, rules = question
    try:
        data = {"self": _decoded(value)}
    except ValueError as error:
        yield from [(None, str(error))] * len(rules)
        return
    for rule, message in rules:
        holds, why = _verdict(env, rule, data)
        yield holds, _message(env, message, data) if holds is False and message else why


def _verdict(env: Env, rule: str, data: dict[str, Any]) -> Verdict:
    if len(rule) > _LONGEST_RULE:
        return None, "it is too long"
    try:
        result = env.compile(rule).eval(data=data)
        return _truth(result)
    except (RuntimeError, MemoryError, ValueError, OverflowError) as error:
        return None, _reason(str(error))


def _truth(result: Value) -> Verdict:
    value = result.value()
    if isinstance(value, bool):
        return value, ""
    return None, _reason(str(value)) if result.type().name() == "ERROR" else "it is no boolean"


def _message(env: Env, expression: str, data: dict[str, Any]) -> str:
    """What a messageExpression says; "" where it cannot, so that the rule's own message holds."""
    try:
        text = env.compile(expression).eval(data=data)
    except (RuntimeError, MemoryError, ValueError, OverflowError):
        return ""
    value = text.value()
    return value if isinstance(value, str) and text.type().name() == "STRING" else ""


def _reason(text: str) -> str:
    """The first line of what the library says, without its position in the rule."""
    return text.splitlines()[0].rpartition("<input>:")[2].strip() if text else "it failed"


def _environment() -> Env:
    from cel_expr_python import cel  # noqa: PLC0415 # an extra
    from cel_expr_python.ext import ext_optional, ext_strings  # noqa: PLC0415

    return cel.NewEnv(
        variables={"self": cel.Type.DYN},
        extensions=[ext_optional.ExtOptional(), ext_strings.ExtStrings()],
    )


def _decoded(value: Any) -> Any:  # noqa: ANN401 # JSON
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((tag, inner),) = value.items()
    if tag == "m":
        return {name: _decoded(item) for name, item in inner.items()}
    if tag == "t":
        time = datetime.fromisoformat(inner)
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    if tag == "d":
        seconds = parse_duration(inner)
        if seconds is None:
            raise ValueError("a duration is in words")
        return timedelta(seconds=seconds)
    from base64 import b64decode  # noqa: PLC0415 # few CRDs have bytes

    return b64decode(inner)


def _confine() -> None:
    """Limits this process where the system can."""
    try:
        import resource  # noqa: PLC0415 # not on Windows
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
