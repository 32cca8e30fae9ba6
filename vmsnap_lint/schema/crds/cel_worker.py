"""CEL rules and values on standard input become verdicts on standard output.

Runs as a process of its own (`python -m`), because rules and values are
hostile input: their cost is limited to this process, which can be ended. The
library bounds the iterations and the nesting of a rule, and matches patterns in linear time.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import parse_duration
from vmsnap_lint.core.worker_process import confine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cel_expr_python.cel import Env

    Verdict = tuple[bool | None, str]

__all__ = ["answer", "main"]

_MOST_MEMORY = 2**29
_MOST_SECONDS = 20
_LONGEST_RULE = 20_000
_TYPES: dict[type, str] = {datetime: "TIMESTAMP", timedelta: "DURATION"}


def main() -> None:
    """Answers each question, [self, [[rule, messageExpression or null], ...]], with one line."""
    confine(_MOST_MEMORY, _MOST_SECONDS)
    for question in json.load(sys.stdin):
        sys.stdout.write(json.dumps(list(answer(question))) + "\n")
        sys.stdout.flush()


def answer(question: list[Any]) -> Iterator[Verdict]:
    """For each rule whether it holds, or None and why that is unknown."""
    value, rules = question
    timed: set[str] = set()
    try:
        data = {"self": _decoded(value, "", timed)}
    except ValueError as error:
        yield from [(None, str(error))] * len(rules)
        return
    env = _environment(_TYPES.get(type(data["self"]), "DYN"))
    if isinstance(data["self"], datetime | timedelta):
        timed.clear()
    for rule, message in rules:
        if any(re.search(rf"\b{re.escape(name)}\b", rule) for name in timed):
            yield None, "it reads a time or a duration in an object or array"
            continue
        holds, why = _verdict(env, rule, data)
        yield holds, _message(env, message, data) if holds is False and message else why


def _verdict(env: Env, rule: str, data: dict[str, Any]) -> Verdict:
    if len(rule) > _LONGEST_RULE:
        return None, "it is too long"
    value, kind = _result(env, rule, data)
    if isinstance(value, bool):
        return value, ""
    return None, _reason(str(value)) if kind == "ERROR" else "its result is not a boolean"


def _result(env: Env, expression: str, data: dict[str, Any]) -> tuple[Any, str]:
    """The value of an expression and the name of its type; of an error, too, which may be ours."""
    try:
        result = env.compile(expression).eval(data=data)
        return result.value(), result.type().name()
    except (RuntimeError, MemoryError, ValueError, OverflowError) as error:
        return error, "ERROR"


def _message(env: Env, expression: str, data: dict[str, Any]) -> str:
    """The result of a messageExpression; "" where it fails: the rule's own message is used."""
    value, kind = _result(env, expression, data)
    return value if isinstance(value, str) and kind == "STRING" else ""


def _reason(text: str) -> str:
    """The first line of what the library says, without its own labels."""
    line = text.partition("\n")[0].rpartition("<input>:")[2]
    return re.sub(r"^[A-Z_]+: |^[0-9]+:[0-9]+: | \[[A-Z_]+\]$", "", line) or "it failed"


@cache
def _environment(kind: str) -> Env:
    """What rules may use; the library accepts times only where their type is declared."""
    from cel_expr_python import cel  # an extra
    from cel_expr_python.ext import ext_optional, ext_strings

    return cel.NewEnv(
        variables={"self": getattr(cel.Type, kind)},
        extensions=[ext_optional.ExtOptional(), ext_strings.ExtStrings()],
    )


def _decoded(value: Any, name: str, timed: set[str]) -> Any:  # JSON
    """The value as the library accepts it; `timed` collects the fields that hold times."""
    if isinstance(value, list):
        return [_decoded(item, name, timed) for item in value]
    if not isinstance(value, dict):
        return value
    ((tag, inner),) = value.items()
    if tag == "m":
        return {key: _decoded(item, key, timed) for key, item in inner.items()}
    if tag == "b":
        return _bytes(inner)
    timed.add(name or "self")
    moment = _time(inner) if tag == "t" else _duration(inner)
    return str(moment) if name else moment


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text)
    if b"\0" in data:
        raise ValueError("a value of format byte has a NUL, where the library cuts it off")
    return data


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _duration(text: str) -> timedelta:
    seconds = parse_duration(text)
    if seconds is None:
        raise ValueError("a duration is not in Go syntax")
    return timedelta(seconds=seconds)


if __name__ == "__main__":
    main()
