"""The command `lsp`: a language server for one editor, over standard input and output."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib.util import find_spec

from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import command as command_of
from vmsnap_lint.cli.layers import chosen_file
from vmsnap_lint.core.addresses import EXTRAS
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.editor.server import Server

__all__ = ["run"]

_STDOUT, _STDERR = 1, 2


def run(command: Command) -> int:
    """Serves an editor until it ends; returns 1 if it left without a shutdown.

    Raises UsageError where the extra is not installed, or the chosen configuration cannot be read.
    """
    if find_spec("pygls") is None:
        raise UsageError(f"lsp needs pygls: install vmsnap-lint[lsp] ({EXTRAS})")
    config = chosen_file(command.config)
    import logging  # only a server has libraries that log

    from vmsnap_lint.editor.features import register  # imports pygls
    from vmsnap_lint.editor.server import Server

    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False  # the editor is told of what matters
    gc.enable()
    flags = {"config": config} if config else {}

    def settings() -> Settings:
        return console.prepared(command_of("check", (), flags).settings)

    server = Server(settings, config)
    register(server)
    _end_at_signals(server)
    try:
        # nobody else may write to where the editor reads
        with os.fdopen(os.dup(_STDOUT), "wb") as to_editor:
            os.dup2(_STDERR, _STDOUT)
            return server.serve(sys.stdin.buffer, to_editor)
    except BrokenPipeError:  # what was still to be written
        return 1
    finally:
        server.finish()


def _end_at_signals(server: Server) -> None:
    """Makes signals end the process at once, also while it waits for its input."""

    def end(number: int, _: object) -> None:
        server.finish()
        os._exit(128 + number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
