"""Commands on copies of trees become outputs: equal trees are built once, also in later runs.

All that a build reads is known: the program, the words, and the copies. So two trees that are equal
as seen from the directory that holds all of each have one output, but for that directory.
"""

from __future__ import annotations

import json
import os
import re
from hashlib import sha256

from vmsnap_lint import __version__
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import programs
from vmsnap_lint.deploy.render.programs import Ending, Output, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.core.cache_folder import CacheFolder
    from vmsnap_lint.deploy.render.private_copy import PrivateCopy
    from vmsnap_lint.deploy.render.programs import ProgramLimits

__all__ = ["TreeCommand", "TreeOutput", "run_equal"]

_FORM = 1  # of what is kept for later runs
_KEY = 64  # the length of a key by which equal commands are known
# A path that kustomize and helm write as it is in every text.
_PLAIN = re.compile(r"[\w./@+=~-]+", re.ASCII)
# What holds a Secret is kept nowhere: the folder may outlive the tree, and who deletes a password
# there does not know of the copy. It may be written in any form.
_SECRET = re.compile(rb"kind[\"']?\s*:\s*(?:[!&]\S*\s+)*[\"']?Secret(?:List)?\b")
_SECRET_IN_ERROR = re.compile("secret|passw|token", re.IGNORECASE)
# An error of the tree itself begins so; others may be those of this moment.
_OF_TREE = re.compile(r'(?m)^(?:Error|error): |"command failed" err=')
_OF_SYSTEM = re.compile("too many|no space|cannot allocate|temporarily|permission|input/output")


class TreeCommand(NamedTuple):
    """A command that builds a tree or chart in a directory (real path).

    `used` are the paths that it consists of, of which the files are in `copy`; `size` is theirs.
    `works_in` is the directory that the paths in the output are relative to.
    """

    words: Sequence[str]
    directory: str
    copy: PrivateCopy
    used: frozenset[str]
    size: int
    works_in: str

    @property
    def top(self) -> str:
        """The directory that holds all of it."""
        return os.path.commonpath([self.directory, *self.used])


class TreeOutput(NamedTuple):
    """An output of a command, with our paths in its error.

    `base` is what it calls the directory `top`.
    """

    output: Output
    base: str
    top: str


class _Kept(NamedTuple):
    """An output as an equal tree can have it; its error names a directory `top`."""

    output: Output
    base: str
    top: str

    def of(self, top: str) -> TreeOutput:
        """The same for the tree in another directory."""
        error = self.output.error
        if top != self.top:
            error = re.sub(rf"{re.escape(self.top)}(?![\w.-])", lambda _: top, error)
        return TreeOutput(self.output._replace(error=error), self.base, top)

    def written(self) -> bytes:
        """As bytes, b"" where it is not to be kept."""
        data, error, ending = self.output
        is_of_tree = ending is Ending.FAILED and _OF_TREE.search(error) is not None
        if not (ending is Ending.DONE or (is_of_tree and not _OF_SYSTEM.search(error))):
            return b""
        if _SECRET.search(data) or _SECRET_IN_ERROR.search(error):
            return b""
        head = {"base": self.base, "error": error, "top": self.top}
        return json.dumps(head).encode() + b"\n" + data


def run_equal(
    commands: Sequence[TreeCommand], home: str, limits: ProgramLimits, folder: CacheFolder
) -> list[TreeOutput]:
    """The outputs in the order of the commands of one program; equal ones are carried out once."""
    tops = [command.top for command in commands]
    keys = list(_keys(commands, tops))
    kept = dict(_of_earlier_runs(keys, limits, folder))
    firsts: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key not in kept:
            firsts.setdefault(key, number)
    new = [commands[number] for number in firsts.values()]
    sizes = [command.size for command in new]
    made = programs.run_all([each.words for each in new], home, limits, sizes, apart=True)
    for (key, number), command, output in zip(firsts.items(), new, made, strict=True):
        kept[key] = _kept(command, tops[number], output)
        if len(key) == _KEY and (content := kept[key].written()):
            folder.write(key, content)
    folder.trim()
    found = [kept[key].of(top) for key, top in zip(keys, tops, strict=True)]
    outputs = settled((each.output for each in found), limits)
    return [each._replace(output=one) for each, one in zip(found, outputs, strict=True)]


def _keys(commands: Sequence[TreeCommand], tops: Iterable[str]) -> Iterator[str]:
    """What only equal commands have in common; of a script, which may read anything, a number."""
    program = _identity(commands[0].words[0]) if commands else ""
    for number, (command, top) in enumerate(zip(commands, tops, strict=True)):
        if not program:
            yield str(number)
            continue
        words = [_without_place(word, command, top) for word in command.words[1:]]
        place = "" if _PLAIN.fullmatch(top) else top
        below = os.path.relpath(command.directory, top)
        content = command.copy.digest(command.used, top)
        parts = (_FORM, __version__, program, words, place, below, content)
        yield sha256(json.dumps(parts).encode()).hexdigest()


def _identity(program: str) -> str:
    """What another version of a program does not have, "" for a script and what cannot be read."""
    try:
        with open(program, "rb") as file:
            known = os.fstat(file.fileno())
            is_script = file.read(2) == b"#!"
    except OSError:
        return ""
    real = os.path.realpath(program)
    return "" if is_script else f"{real}:{known.st_size}:{known.st_mtime_ns}:{known.st_ctime_ns}"


def _without_place(word: str, command: TreeCommand, top: str) -> str:
    """A word of a command as an equal tree has it."""
    if word == command.works_in:
        return ""
    copied = command.copy.directory
    return word.removeprefix(copied).removeprefix(top) if word.startswith(copied) else word


def _of_earlier_runs(
    keys: Iterable[str], limits: ProgramLimits, folder: CacheFolder
) -> Iterator[tuple[str, _Kept]]:
    """The outputs that are kept, as many as all trees may have together."""
    room = limits.run_bytes
    for key in dict.fromkeys(keys):
        content = folder.read(key) if len(key) == _KEY and room > 0 else None
        kept = _read(content) if content is not None else None
        if kept is not None:
            room -= len(kept.output.data)
            yield key, kept


def _read(content: bytes) -> _Kept | None:
    """What was kept, None where it is not of this form."""
    head, _, data = content.partition(b"\n")
    try:
        fields = json.loads(head)
        base, error, top = (fields[name] for name in ("base", "error", "top"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not all(isinstance(text, str) for text in (base, error, top)):
        return None
    ending = Ending.FAILED if error else Ending.DONE
    return _Kept(Output(data, error, ending), base, top)


def _kept(command: TreeCommand, top: str, output: Output) -> _Kept:
    base = os.path.relpath(command.copy.place(top), command.works_in)
    error = command.copy.originals(output.error)
    return _Kept(output._replace(error=error), base, top)
