"""The exit codes of the program, the same for every format: one row a code."""

from __future__ import annotations

__all__ = [
    "CLEAN", "DEFECT", "EXIT_CODES", "FINDINGS", "INTERRUPTED", "SIGNAL_CODES", "USAGE",
]  # fmt: skip

CLEAN = 0
FINDINGS = 1
USAGE = 2
DEFECT = 3
INTERRUPTED = 130

EXIT_CODES = (
    (str(CLEAN), "no finding reaches --fail-on"),
    (str(FINDINGS), "findings"),
    (str(USAGE), "usage, configuration or unreadable input"),
    (str(DEFECT), "a bug in vmsnap-lint"),
)
SIGNAL_CODES = (
    ("129", "ended by SIGHUP; nothing is left behind"),
    (str(INTERRUPTED), "ended by SIGINT; nothing is left behind"),
    ("143", "ended by SIGTERM; nothing is left behind"),
)
