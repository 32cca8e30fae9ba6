"""Runs the command line: `python -m vmsnap_lint` is `vmsnap-lint`."""

from __future__ import annotations

import gc
import os

__all__ = ["main"]


def main() -> None:
    """Runs the program with the arguments of the process, and ends it.

    An interruption while modules are imported, half of the time of a small run, is no traceback.
    All objects of a lint are in use until it ends, so garbage collection would only take time: a
    tenth of a large run.
    """
    gc.disable()
    try:
        from vmsnap_lint.cli import main as run

        run()
    except KeyboardInterrupt as interruption:  # before the program is ready for it, or after it
        os._exit(getattr(interruption, "exit_code", 130))


if __name__ == "__main__":
    main()
