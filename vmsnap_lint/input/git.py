"""Questions to the local `git` become lists of files, revisions and blobs.

Only reading commands with fixed arguments run. What a repository's own configuration could start
(hooks, file system monitors, filters, fetches of a partial clone) is switched off.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """The root of a working tree, and the way from there to a directory ("" or "a/b/")."""

    root: str
    prefix: str


def locate(directory: str) -> Home | None:
    """The working tree that a directory belongs to, or None."""
    answer = _run(directory, "rev-parse", "--show-toplevel", "--show-prefix")
    if answer.code == 0:
        root, prefix, *_ = [*answer.text.split("\n"), ""]
        return Home(root, prefix)
    if "dubious ownership" in answer.error:
        raise UsageError(
            f'git does not trust "{directory}", which belongs to somebody else: allow it with '
            f"`git config --global --add safe.directory {os.path.abspath(directory)}`"
        )
    return None


def index(directory: str) -> dict[str, Entry] | None:
    """The tracked files below a directory, by their path from there; None outside of git."""
    if locate(directory) is None:
        return None
    answer = _run(directory, "ls-files", "-z", "--stage", "--", ".")
    if answer.code:
        raise _failed("list the tracked files", answer.error)
    found: dict[str, Entry] = {}
    for line in _lines(answer.data):
        head, _, path = line.partition("\t")
        mode, blob, *_ = head.split(" ")
        found[path] = Entry(mode, blob)
    return found


def merge_base(root: str, ref: str) -> str:
    """The commit from which HEAD and `ref` went apart; a UsageError says what is missing."""
    theirs = "" if "\0" in ref else _commit(root, ref)
    if not theirs:
        raise UsageError(
            f'--since: git knows no revision "{ref}": check the name, or fetch it{_hint(root)}'
        )
    ours = _commit(root, "HEAD")
    if not ours:
        raise UsageError("--since: the repository has no commit yet: leave --since out")
    answer = _run(root, "merge-base", ours, theirs)
    if answer.code or not answer.text:
        raise UsageError(
            f'--since: "{ref}" and HEAD have no common history here: fetch more of it{_hint(root)}'
        )
    return answer.text.partition("\n")[0]


def tree(root: str, commit: str) -> dict[str, Entry]:
    """The files of a commit, by their path from the root; giants are not among them."""
    answer = _run(root, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--")
    if answer.code:
        raise _failed(f"list the files of {commit}", answer.error)
    found = {}
    for line in _lines(answer.data):
        head, _, path = line.partition("\t")
        mode, kind, blob, size = head.split()
        if kind == "blob" and int(size) <= _MOST_BYTES:
            found[path] = Entry(mode, blob)
    return found


def blobs(root: str, wanted: Iterable[str]) -> dict[str, bytes]:
    """The contents by their hash, all read at once."""
    names = sorted(set(wanted))
    if not names:
        return {}
    asked = "".join(f"{name}\n" for name in names).encode()
    answer = _run(root, "cat-file", "--batch", stdin=asked)
    found: dict[str, bytes] = {}
    at = 0
    while at < len(answer.data):
        end = answer.data.index(b"\n", at)
        name, *rest = answer.data[at:end].decode().split(" ")
        at = end + 1
        if rest[0] == "blob":
            found[name] = answer.data[at : at + int(rest[1])]
            at += int(rest[1]) + 1
    if answer.code or len(found) != len(names):
        raise _failed("read old files", answer.error or "some are not in this clone: fetch them")
    return found


def digest(data: bytes, like: str) -> str:
    """The hash that git gives to a content, of the kind that `like` is."""
    import hashlib  # few runs compare

    kind = hashlib.sha256 if len(like) == _SHA256_DIGITS else hashlib.sha1
    return kind(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class _Answer(NamedTuple):
    code: int
    data: bytes
    error: str

    @property
    def text(self) -> str:
        return os.fsdecode(self.data)


def _run(directory: str, *arguments: str, stdin: bytes = b"") -> _Answer:
    import subprocess  # most runs need no git

    try:
        done = subprocess.run(  # noqa: S603 # the arguments are ours, and no shell reads them
            ["git", *_SAFE, *arguments],  # noqa: S607 # which git that is, the caller's PATH says
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
    """That of the caller, but for what would lead git elsewhere (hooks set GIT_DIR) or out.

    Git finds its own settings by it, `safe.directory` among them.
    """
    mine = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {
        **mine, "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }  # fmt: skip


def _commit(root: str, ref: str) -> str:
    answer = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return answer.text.strip() if answer.code == 0 else ""


def _hint(root: str) -> str:
    if _run(root, "rev-parse", "--is-shallow-repository").text.strip() != "true":
        return ""
    return "; this clone is shallow: `git fetch --unshallow`, or fetch-depth: 0 in the checkout"


def _failed(what: str, error: str) -> UsageError:
    first = error.strip().partition("\n")[0] or "unknown error"
    return UsageError(f"git cannot {what}: {first.removeprefix('fatal: ')}")


def _lines(data: bytes) -> list[str]:
    return [os.fsdecode(line) for line in data.split(b"\0") if line]
