"""Lists of files, revisions and blobs from the local `git`.

Only reading commands with fixed arguments run. Programs that a repository's configuration could
start (hooks, file system monitors, filters, fetches of a partial clone) are switched off.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.messages import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "LINK", "SUBMODULE", "Entry", "Home", "blobs", "digest", "index", "locate", "merge_base",
    "tree",
]  # fmt: skip

LINK, SUBMODULE = "120000", "160000"
_SECONDS = 60.0
_MOST_BYTES = 2**26
_SHA256_DIGITS = 64
_SAFE = (
    "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.quotePath=false",
)  # fmt: skip


class Entry(NamedTuple):
    """A file that git knows: its mode and the hash of its content."""

    mode: str
    blob: str


class Home(NamedTuple):
    """The root of a working tree, and the path from there to a directory ("" or "a/b/")."""

    root: str
    prefix: str


def locate(directory: str) -> Home | None:
    """The working tree of a directory, or None. Raises UsageError where git does not trust it."""
    answer = _run(directory, "rev-parse", "--show-toplevel", "--show-prefix")
    if answer.code == 0:
        root, prefix, *_ = [*os.fsdecode(answer.data).split("\n"), ""]
        return Home(root, prefix)
    if "dubious ownership" in answer.error:
        raise UsageError(
            f'git does not trust "{directory}", which has another owner: allow it with '
            f'"git config --global --add safe.directory {os.path.abspath(directory)}"'
        )
    return None


def index(directory: str) -> dict[str, Entry] | None:
    """The tracked files below a directory, by their path from there; None outside of git.

    Raises UsageError where git fails.
    """
    if locate(directory) is None:
        return None
    command = ("ls-files", "-z", "--stage", "--", ".")
    lines = _listed(directory, "list the tracked files", command)
    return {path: Entry(mode, blob) for (mode, blob, _), path in lines}


def merge_base(root: str, ref: str) -> str:
    """The last common commit of HEAD and `ref`. Raises UsageError where there is none."""
    theirs = "" if "\0" in ref else _commit(root, ref)
    if not theirs:
        raise UsageError(
            f'--since: unknown git revision "{ref}" (check the name, or fetch it){_hint(root)}'
        )
    ours = _commit(root, "HEAD")
    if not ours:
        raise UsageError("--since: the repository has no commits")
    answer = _run(root, "merge-base", ours, theirs)
    if answer.code or not answer.text:
        raise UsageError(
            f'--since: "{ref}" and HEAD have no common history (fetch more of it){_hint(root)}'
        )
    return answer.text


def tree(root: str, commit: str) -> dict[str, Entry]:
    """The files of a commit, by their path from the root, without those that are too large.

    Raises UsageError where git fails.
    """
    command = ("ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--")
    lines = _listed(root, f"list the files of {commit}", command)
    return {
        path: Entry(mode, blob)
        for (mode, kind, blob, size), path in lines
        if kind == "blob" and int(size) <= _MOST_BYTES
    }


def blobs(root: str, hashes: Iterable[str]) -> dict[str, bytes]:
    """The contents by their hash, all read at once. Raises UsageError where one is missing."""
    names = sorted(set(hashes))
    if not names:
        return {}
    answer = _run(
        root, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in names).encode()
    )
    contents: dict[str, bytes] = {}
    at = 0
    while at < len(answer.data):
        end = answer.data.index(b"\n", at)
        name, *rest = answer.data[at:end].decode().split(" ")
        at = end + 1
        if rest[0] == "blob":
            contents[name] = answer.data[at : at + int(rest[1])]
            at += int(rest[1]) + 1
    if answer.code or len(contents) != len(names):
        missing = "some objects are not in this clone (fetch them)"
        raise _failed("read old files", answer.error or missing)
    return contents


def digest(data: bytes, like: str) -> str:
    """The hash that git gives to a content, by the algorithm that `like` is of."""
    import hashlib  # few runs compare

    kind = hashlib.sha256 if len(like) == _SHA256_DIGITS else hashlib.sha1
    return kind(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class _Answer(NamedTuple):
    code: int
    data: bytes
    error: str

    @property
    def text(self) -> str:
        """The first line."""
        return os.fsdecode(self.data).partition("\n")[0]


def _run(directory: str, *arguments: str, stdin: bytes = b"") -> _Answer:
    import subprocess  # most runs need no git

    try:
        done = subprocess.run(  # noqa: S603 # the arguments are ours, and no shell reads them
            ["git", *_SAFE, *arguments],  # noqa: S607 # found by the caller's PATH
            cwd=directory, env=_environment(), input=stdin, capture_output=True, check=False,
            timeout=_SECONDS,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise UsageError("git is not installed: --tracked and --since need it") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"git took longer than {_SECONDS:g} seconds to {arguments[0]}") from error
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}") from error
    return _Answer(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def _environment() -> dict[str, str]:
    """That of the caller, without GIT_* (hooks set GIT_DIR) and without network access.

    Git finds its settings by it, such as `safe.directory`.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {
        **kept, "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }  # fmt: skip


def _commit(root: str, ref: str) -> str:
    answer = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return answer.text if answer.code == 0 else ""


def _hint(root: str) -> str:
    if _run(root, "rev-parse", "--is-shallow-repository").text != "true":
        return ""
    return '; this clone is shallow, use "git fetch --unshallow" or fetch-depth 0 in the checkout'


def _failed(what: str, error: str) -> UsageError:
    first = error.strip().partition("\n")[0] or "unknown error"
    return UsageError(f"git cannot {what}: {verbatim(first.removeprefix('fatal: '))}")


def _listed(directory: str, what: str, command: tuple[str, ...]) -> Iterator[tuple[list[str], str]]:
    """The attributes and the path of each line of a list of git."""
    answer = _run(directory, *command)
    if answer.code:
        raise _failed(what, answer.error)
    for line in filter(None, answer.data.split(b"\0")):
        attributes, _, path = os.fsdecode(line).partition("\t")
        yield attributes.split(), path
