"""The exit codes of the program, the same for every format: one row a code."""

from __future__ import annotations

__all__ = ["EXIT_CODES", "SIGNAL_CODES"]

EXIT_CODES = (
    ("0", "no finding reaches --fail-on"),
    ("1", "findings"),
    ("2", "usage, configuration or unreadable input"),
    ("3", "a bug in vmsnap-lint"),
)
SIGNAL_CODES = (
    ("129", "ended by SIGHUP; nothing is left behind"),
    ("130", "ended by SIGINT; nothing is left behind"),
    ("143", "ended by SIGTERM; nothing is left behind"),
)
