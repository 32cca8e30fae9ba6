"""What typer has against the arguments becomes one line."""

from __future__ import annotations

from vmsnap_lint.core.values import nearest

__all__ = ["in_one_line"]


def in_one_line(error: Exception, program: str) -> str:
    """What typer has against the arguments, with the verb whose help tells more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else program
    if near := getattr(error, "possibilities", None):
        name: str = getattr(error, "option_name", "")
        return f"no such option: {name}; did you mean {(nearest(name, near) or sorted(near))[0]}?"
    message: str = error.format_message()  # type: ignore[attr-defined]  # of _Refused
    text = " ".join(message.replace(": Value error, ", ": ").split()).rstrip(".")
    return f"{text[:1].lower()}{text[1:]} (`{command} --help` shows what it takes)"
