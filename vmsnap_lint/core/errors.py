"""The exceptions of the program, by whose fault each is."""

__all__ = ["ConfigError", "DefectError", "ExhaustedError", "Interruption", "UsageError"]


class UsageError(Exception):
    """The caller's fault: a path, flag or setting that cannot be used. Exit code 2.

    The text is one line that says what is wrong and what to do.
    """


class ConfigError(UsageError):
    """Mistakes in a configuration file or variable: all of them, a line each. Exit code 2."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


class ExhaustedError(UsageError):
    """The input takes more memory, or deeper calls, than there are. Exit code 2.

    The text names the file, if it is known.
    """

    def __init__(self, error: MemoryError | RecursionError, file: str = "") -> None:
        subject = f'"{file}"' if file else "the input"
        reason = "takes more memory than there is"
        if isinstance(error, RecursionError):
            reason = "is nested too deeply"
        super().__init__(f"{subject} {reason}: exclude it, or check parts of it by themselves")


class DefectError(Exception):
    """Our fault: a check or a reader broke on some input. Exit code 3.

    The text names the rule and the file, so that a report can be acted on.
    """


class Interruption(KeyboardInterrupt):
    """A signal asks the process to end. Exit code 128 and its number, as in a shell."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
