"""Standard input stands in the place of a file of the tree, as editors and hooks pass it."""

from __future__ import annotations

import os

from vmsnap_lint.cli import console
from vmsnap_lint.core import buffers
from vmsnap_lint.core.bounded_files import why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import is_candidate
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.repository import STDIN, is_below, working_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.cli.command import Command

__all__ = ["run"]

_HERE = (".",)


def run(command: Command, go: Callable[[Command, bytes | None], int]) -> int:
    """Runs a command on the file that is named, with the rest of its tree around it.

    Raises UsageError where the file is none, or outside of the paths.
    """
    name = command.settings.stdin_filename
    _refuse_no_file(name)
    text = console.read_stdin(("-",), allow_empty=True)
    with buffers.instead({name: text or b""}):
        world = _world(command, os.path.realpath(name))
        passed_over = () if is_candidate(os.path.basename(name)) else (name,)
        settings = command.settings._replace(world=(*world, *passed_over), allow_empty=True)
        return go(command._replace(arguments=(name,), settings=settings), None)


def _refuse_no_file(name: str) -> None:
    """Raises UsageError for what cannot be a file."""
    if name in ("-", STDIN) or "\0" in name or os.path.isdir(name) or name.endswith(os.sep):
        raise UsageError(f'--stdin-filename: "{name}" is no path of a file; name one in the tree')
    try:
        os.lstat(name)
    except FileNotFoundError:
        return  # a new one
    except OSError as error:
        raise UsageError(f'--stdin-filename: "{name}" cannot be used ({why(error)})') from error
    if os.path.exists(name) and not os.path.isfile(name):
        raise UsageError(f'--stdin-filename: "{name}" is no regular file; name one in the tree')


def _world(command: Command, place: str) -> tuple[str, ...]:
    """What is read: the root or the paths; where none is named, what is around the file.

    Raises UsageError where the file is outside of them.
    """
    root = command.settings.root
    paths = (root,) if root else tuple(path for path in command.arguments if path != "-") or _HERE
    around = next(iter(working_tree(os.path.dirname(place))), "")
    here = os.path.realpath(os.curdir)
    if paths == _HERE and around and not is_below(here, around):
        return (os.path.relpath(around),)
    if any(is_below(place, os.path.realpath(path)) for path in paths):
        return paths
    if paths == _HERE:
        return (os.path.relpath(around),) if around else (command.settings.stdin_filename,)
    shown = " and ".join(f'"{path}"' for path in paths)
    name = command.settings.stdin_filename
    raise UsageError(f'--stdin-filename: "{name}" is not below {shown}; pass a path that holds it')
