"""CEL rules and values on standard input become verdicts on standard output.

Runs as a process of its own (`python -m`), because rules and values are
hostile input: their cost is limited to this process, which can be ended. The
library bounds the iterations and the nesting of a rule, and matches patterns in linear time.

Each line is a question, and gets one line:
[self, [[rule, messageExpression or null], ...]] are the rules of a CRD,
{"types": ..., "check": ...} an expression whose names and types are checked (`_checked`), and
{"expressions": ..., "pool": ..., "asks": ...} expressions over several values (`_asked`).
"""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import parse_duration
from vmsnap_lint.core.worker_process import confine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cel_expr_python.cel import Env, Expression

    Verdict = tuple[bool | None, str]

__all__ = ["NO_MEMORY", "answer", "main"]

_MOST_MEMORY = 2**29
_MOST_SECONDS = 20
_LONGEST_RULE = 20_000
NO_MEMORY = "it takes too much memory"
_SCALARS = frozenset(("bool", "double", "int", "string"))
_TYPES: dict[type, str] = {datetime: "TIMESTAMP", timedelta: "DURATION"}


def main() -> None:
    """Answers each line with one line."""
    confine(_MOST_MEMORY, _MOST_SECONDS)
    _environment(("self",))  # loads the library, perhaps before there is a question
    for line in sys.stdin:
        question = json.loads(line)
        if isinstance(question, list):
            result: Any = list(answer(question))
        else:
            result = _checked(question) if "check" in question else list(_asked(question))
        sys.stdout.write(json.dumps(result) + "\n")
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
    env = _environment(("self",), _TYPES.get(type(data["self"]), "DYN"))
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
    return _outcome(*_result(env, rule, data))


def _outcome(value: Any, kind: str) -> Verdict:
    if isinstance(value, bool):
        return value, ""
    return None, _reason(str(value)) if kind == "ERROR" else "its result is not a boolean"


def _result(env: Env, expression: str, data: dict[str, Any]) -> tuple[Any, str]:
    """The value of an expression and the name of its type; of an error, too, which may be ours."""
    try:
        compiled = env.compile(expression)
    except (RuntimeError, MemoryError, ValueError) as error:
        return error, "ERROR"
    return _evaluated(compiled, data)


def _evaluated(compiled: Expression, data: dict[str, Any]) -> tuple[Any, str]:
    try:
        result = compiled.eval(data=data)
        return result.value(), result.type().name()
    except (RuntimeError, MemoryError, ValueError, OverflowError) as error:
        return error, "ERROR"


def _message(env: Env, expression: str, data: dict[str, Any]) -> str:
    """The result of a messageExpression; "" where it fails: the rule's own message is used."""
    value, kind = _result(env, expression, data)
    return value if isinstance(value, str) and kind == "STRING" else ""


def _reason(text: str) -> str:
    """The first line of what the library says, without its own labels."""
    if text == "std::bad_alloc":
        return NO_MEMORY
    line = text.partition("\n")[0].rpartition("<input>:")[2]
    return re.sub(r"^[A-Z_]+: |^[0-9]+:[0-9]+: | \[[A-Z_]+\]$", "", line) or "it failed"


@cache
def _environment(names: tuple[str, ...], kind: str = "DYN") -> Env:
    """What rules may use; the library accepts times only where their type is declared."""
    from cel_expr_python import cel  # an extra

    return _made(dict.fromkeys(names, getattr(cel.Type, kind)))


def _made(variables: dict[str, Any], functions: Sequence[Any] = ()) -> Env:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_optional, ext_strings

    extensions = [ext_optional.ExtOptional(), ext_strings.ExtStrings()]
    return cel.NewEnv(variables=variables, functions=functions, extensions=extensions)


def _checked(question: dict[str, Any]) -> list[str]:
    """The type of an expression, and what is wrong with it, as the library says it, or "".

    `types` has the type of each variable, `fields` a list of [function, type of its object, type
    of its result]: the fields of objects, which the expression calls. `calls` are parts of it that
    have values of their own, each as it is written and as it is evaluated.
    """
    env = _typed(json.dumps([question["types"], question["fields"]]))
    try:
        compiled = env.compile(question["check"])
    except (RuntimeError, MemoryError, ValueError) as error:
        return ["", str(error) or "it is too large"]
    for call, alone in question["calls"]:
        value, kind = _result(_environment(()), alone, {})
        if kind == "ERROR":
            return ["", f"{_reason(str(value))} in {call}"]
    name = compiled.return_type().name()
    name = name.replace("<", "(").replace(">", ")")
    return [re.sub(r"\b[A-Z]+\b", lambda word: word[0].lower(), name), ""]


@lru_cache(maxsize=16)
def _typed(text: str) -> Env:
    """The environment of these types and fields, as JSON."""
    from cel_expr_python import cel

    types, fields = json.loads(text)
    declared: dict[str, list[Any]] = {}
    for name, owner, result in fields:
        overloads = declared.setdefault(name, [])
        overloads.append(
            cel.Overload(
                id=f"{name}{len(overloads)}", return_type=_type(result),
                parameters=[_type(owner)], is_member=True,
            )
        )  # fmt: skip
    functions = [cel.FunctionDecl(*each) for each in declared.items()]
    return _made({name: _type(kind) for name, kind in types.items()}, functions)


def _type(text: str) -> Any:
    """The type that is written as `string`, `list(T)`, `map(T)` of strings to T, or a name."""
    from cel_expr_python import cel

    outer, _, inner = text.removesuffix(")").partition("(")
    if outer == "list":
        return cel.Type.List(_type(inner))
    if outer == "map":
        return cel.Type.Map(cel.Type.STRING, _type(inner))
    return getattr(cel.Type, text.upper()) if text in _SCALARS else cel.Type.AbstractType(text)


def _asked(question: dict[str, Any]) -> Iterator[Verdict]:
    """Whether each expression holds for its values, or None and why that is not so.

    `asks` has the number of an expression, and of each variable the number of its value in `pool`.
    """
    pool = question["pool"]
    for number, given in question["asks"]:
        data = {name: pool[at] for name, at in given.items()}
        expression = question["expressions"][number]
        try:
            compiled = _compiled(tuple(data), expression)
        except (RuntimeError, MemoryError, ValueError) as error:
            yield None, _reason(str(error))
            continue
        yield _outcome(*_evaluated(compiled, data))


@lru_cache(maxsize=256)
def _compiled(names: tuple[str, ...], expression: str) -> Expression:
    return _environment(names).compile(expression)


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
