"""Lists of files, revisions and blobs from the local `git`.

Only reading commands with fixed arguments run. Programs that a configuration could start (hooks,
file system monitors, filters, fetches of a partial clone) are switched off; the rest of the user's
configuration counts.
"""

from __future__ import annotations

import os

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "LINK", "SUBMODULE", "Entry", "Home", "blobs", "digest", "index", "locate", "merge_base",
    "remotes", "tree",
]  # fmt: skip

LINK, SUBMODULE = "120000", "160000"
_SECONDS = 60.0
_MOST_BYTES = 2**26  # of all older contents
_SHA256_DIGITS = 64
_SAFE = (
    "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false",
    "-c", "core.sshCommand=false", "-c", "core.gitProxy=false", "-c", "core.askPass=false",
    "-c", "credential.helper=", "-c", "diff.external=false", "-c", "gc.auto=0",
    "-c", "maintenance.auto=false", "-c", "protocol.allow=never",
)  # fmt: skip
_SETTINGS = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
_NO_TREE = ("not a git repository", "must be run in a work tree")
_PROMISOR = r"^remote\..*\.promisor$|^extensions\.partialclone$"


class Entry(NamedTuple):
    """A file that git knows: its mode and the hash of its content."""

    mode: str
    blob: str


class Home(NamedTuple):
    """The root of a working tree, and the path from there to a directory ("" or "a/b/")."""

    root: str
    prefix: str


def locate(directory: str) -> Home | None:
    """The working tree of a directory, or None.

    Raises UsageError where git does not trust it, or cannot tell: its settings may be broken.
    """
    answer = _run(directory, "rev-parse", "--show-toplevel", "--show-prefix")
    if answer.code == 0:
        root, prefix, *_ = [*os.fsdecode(answer.data).split("\n"), ""]
        return Home(root, prefix)
    if "dubious ownership" in answer.error:
        raise UsageError(
            f'git does not trust "{directory}", which has another owner: allow it with '
            f'"git config --global --add safe.directory {os.path.abspath(directory)}"'
        )
    if not any(reason in answer.error for reason in _NO_TREE):
        raise _failed("tell the repository", answer.error)
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


def remotes(root: str) -> tuple[str, ...]:
    """The URLs of the remote repositories of a working tree; none where git cannot tell."""
    try:
        answer = _run(root, "config", "--local", "--null", "--get-regexp", r"^remote\..*\.url$")
    except UsageError:
        return ()
    lines = os.fsdecode(answer.data).split("\0")
    return tuple(line.partition("\n")[2] for line in lines if line)


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
    """The files of a commit, by their path from the root.

    Their sizes are not asked for: in a partial clone few contents are there. Raises UsageError
    where git fails.
    """
    command = ("ls-tree", "-r", "-z", "--full-tree", commit, "--")
    lines = _listed(root, f"list the files of {commit}", command)
    return {path: Entry(mode, blob) for (mode, kind, blob), path in lines if kind == "blob"}


def blobs(root: str, hashes: Iterable[str]) -> dict[str, bytes]:
    """The contents by their hash, without those that are too large; all are read at once.

    Raises UsageError where one is missing, or they are too large together.
    """
    names = sorted(set(hashes))
    if not names:
        return {}
    sizes = dict(_sizes(root, names))
    small = [name for name, size in sizes.items() if size <= MOST_BYTES]
    if sum(sizes[name] for name in small) > _MOST_BYTES:
        raise UsageError(
            f"--since: the older files have more than {_MOST_BYTES:,} bytes; name fewer paths"
        )
    answer = _asked(root, "--batch", small)
    contents: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        name, _, size = answer[at:end].decode().split(" ")
        contents[name] = answer[end + 1 : end + 1 + int(size)]
        at = end + int(size) + 2
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
    """That of the caller, without network access.

    Of GIT_* only the user's settings are kept, such as `safe.directory`: hooks set GIT_DIR, and
    others name programs. What settings could start, the arguments override.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key.startswith(_SETTINGS)
    }
    return {
        **kept, "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }  # fmt: skip


def _sizes(root: str, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The sizes of contents. Raises UsageError where one is missing."""
    for line in _asked(root, "--batch-check", names).splitlines():
        name, kind, *rest = line.decode().split(" ")
        if kind != "blob":
            raise _missing(root)
        yield name, int(rest[0])


def _asked(root: str, how: str, names: Sequence[str]) -> bytes:
    """What git says of objects. Raises UsageError where it cannot read them."""
    stdin = "".join(f"{name}\n" for name in names).encode()
    answer = _run(root, "cat-file", how, stdin=stdin)
    if answer.code:
        is_partial = _run(root, "config", "--get-regexp", _PROMISOR).code == 0
        raise _missing(root) if is_partial else _failed("read old files", answer.error)
    return answer.data


def _missing(root: str) -> UsageError:
    """The error about contents that are not in the clone, with the command that fetches them."""
    if _run(root, "config", "--get-regexp", _PROMISOR).code == 0:
        how = 'the clone is partial, "git diff --stat REF" of that revision fetches them'
    else:
        how = '"git fetch --refetch" fetches them, or clone again'
    return UsageError(f"--since: older contents are not in this clone ({how})")


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
