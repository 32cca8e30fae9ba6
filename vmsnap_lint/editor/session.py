"""What is open in an editor, and the thread that lints its folders while texts change.

A change is judged at once with what is nearest to it, everything when nothing more is typed. A
newer change ends the lint under way; no change is lost, as each lint takes the texts of its start.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from functools import partial

from vmsnap_lint.core import stages
from vmsnap_lint.core.file_names import CONFIGURATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.repository import is_below, working_tree
from vmsnap_lint.editor.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.editor.open_text import OpenText

__all__ = ["Session", "Told"]

_QUIET = 0.25  # seconds without a change after which everything is judged
_LATEST = 1.0  # seconds after which a result is shown though the texts have changed again
_TIDIED = 20  # lints of everything after which all memory is looked through
_CONFIGURING = (*CONFIGURATIONS, "pyproject.toml")


class Told(NamedTuple):
    """Who is told: of a folder that was linted, with the texts that were judged; of our faults."""

    linted: Callable[[Folder, Mapping[str, OpenText]], None]
    failed: Callable[[Exception], None]


class _SupersededError(BaseException):
    """The texts have changed since the lint began; no error of a rule, which are caught."""


class Session:
    """The open texts by their paths, and the folders by theirs.

    `config` is the configuration of all folders, "" where each has its own.

    All but the folders belongs to the thread of the server, which only says what has changed.
    """

    def __init__(self, settings_of: Callable[[], Settings], told: Told, config: str = "") -> None:
        self.texts: dict[str, OpenText] = {}
        self._settings_of = settings_of
        self._told = told
        self._config = os.path.realpath(config) if config else ""
        self._roots: dict[str, str] = {}
        self._folders: dict[str, Folder] = {}
        self._changed: set[str] = set()
        self._configured = False
        self._all_due = True
        self._number = 0
        self._is_over = False
        self._shown_at = 0.0
        self._lints = 0
        self._is_of_all = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="lint", daemon=True)

    def start(self) -> None:
        """Begins to lint."""
        self._thread.start()

    def end(self) -> None:
        """Ends the lint under way, and does no other."""
        with self._wake:
            self._is_over = True
            self._number += 1
            self._wake.notify()

    def set_folders(self, roots: Iterable[str]) -> None:
        """Sets the folders that are open."""
        self._roots = {os.path.realpath(root): os.path.abspath(root) for root in sorted(roots)}
        self._changes(())

    def put(self, text: OpenText) -> None:
        """Takes a text that was opened or has changed."""
        self.texts = {**self.texts, text.path: text}
        self._changes((text.path,))

    def drop(self, path: str) -> None:
        """Forgets a text that was closed: its file counts again."""
        self.texts = {at: text for at, text in self.texts.items() if at != path}
        self._changes((path,), everything=True)

    def changed_on_disk(self, paths: Iterable[str]) -> None:
        """Lints again, as files are others than before."""
        self._changes(paths, everything=True)

    def configure(self) -> None:
        """Reads the configuration again."""
        self._configured = True
        self._changes((), everything=True)

    def folder_of(self, path: str) -> Folder | None:
        """The folder whose world a file belongs to, if it has been linted."""
        return self._folders.get(self._root_of(path)[0])

    def folders(self) -> list[Folder]:
        """The folders that are linted."""
        return [*self._folders.values()]

    def shows(self, folder: Folder, path: str) -> bool:
        """Whether a folder shows what is found in a file: no other one has it, or only around."""
        root = self._root_of(path)[0]
        owner = self._folders.get(root)
        return owner is folder or (owner is None and root not in self._roots.values())

    def _changes(self, paths: Iterable[str], *, everything: bool = False) -> None:
        paths = {*paths}
        with self._wake:
            self._configured = self._configured or any(map(self._configures, paths))
            self._changed |= paths
            self._all_due = self._all_due or everything or not paths
            self._number += 1
            self._wake.notify()

    def _configures(self, path: str) -> bool:
        """Whether settings are read from a file."""
        return os.path.basename(path) in _CONFIGURING or path == self._config

    def _root_of(self, path: str) -> tuple[str, str]:
        """The innermost open folder that holds a path, else its repository, else the path itself.

        With the file that is all of it in the last case, else "".
        """
        holding = [real for real in self._roots if is_below(path, real)]
        if holding:
            return self._roots[max(holding, key=len)], ""
        above = os.path.dirname(path)
        around = next(iter(working_tree(above)), "")
        return (around, "") if around else (path, path)

    # What follows runs in the thread that lints.

    def _work(self) -> None:
        gc.disable()  # it looks through everything again and again: between lints it is told to
        stages.interrupt(self._end_if_superseded)
        rounds = 0
        while self._wait_for_work():
            try:
                self._lint_changed()
                gc.collect()  # in the pause between two keys
                if self._is_quiet():
                    self._lint_all()
                    rounds += 1
                    _tidy(thoroughly=rounds % _TIDIED == 1)
            except _SupersededError:
                continue

    def _wait_for_work(self) -> bool:
        """Waits until something has to be linted; False where the session is over."""
        with self._wake:
            while not (self._is_over or self._changed or self._all_due):
                self._wake.wait()
            return not self._is_over

    def _is_quiet(self) -> bool:
        """Whether everything is to be judged, and nothing has changed for a while."""
        with self._wake:
            if not self._all_due:
                return False
            number = self._number
            if self._folders:
                self._wake.wait_for(lambda: self._number != number, _QUIET)
            return self._number == number and not self._is_over

    def _end_if_superseded(self) -> None:
        if threading.current_thread() is not self._thread:
            return
        if self._number != self._lints and (self._is_over or self._may_wait()):
            raise _SupersededError

    def _may_wait(self) -> bool:
        """Whether what was shown last is new enough to let the lint under way go."""
        return self._is_of_all or time.monotonic() - self._shown_at < _LATEST

    def _begin(self, *, of_all: bool) -> Mapping[str, OpenText]:
        """The texts of a lint that begins."""
        with self._wake:
            self._lints, self._is_of_all = self._number, of_all
            return self.texts

    def _lint_changed(self) -> None:
        """Lints what has changed, folder by folder; the rest is due then."""
        texts = self._begin(of_all=False)
        with self._wake:
            changed = {path for path in self._changed if path in texts}
            elsewhere = self._changed - changed
            configured = self._configured
        if configured or elsewhere or not changed:
            self._done(changed | elsewhere)
            return
        is_all = True
        for (root, alone), paths in self._by_root(changed).items():
            folder = self._folder(root, alone)
            is_all &= self._guarded(folder, texts, partial(folder.lint_around, changed=paths))
        self._done(changed, is_all=is_all)

    def _done(self, changed: set[str], *, is_all: bool = False) -> None:
        """Notes what is judged, unless it has changed again."""
        with self._wake:
            if self._number == self._lints:
                self._changed -= changed
            self._all_due = self._all_due or not is_all

    def _lint_all(self) -> None:
        """Lints every folder."""
        texts = self._begin(of_all=True)
        with self._wake:
            configured, self._configured = self._configured, False
            self._all_due = False
        try:
            roots = {(root, "") for root in self._roots.values()} | {*map(self._root_of, texts)}
            left = {root: self._folders[root] for root, _ in roots if root in self._folders}
            gone = [folder for root, folder in self._folders.items() if root not in left]
            self._folders = left
            for folder in gone:
                folder.clear()
                self._told.linted(folder, texts)
            for root, alone in sorted(roots):
                folder = self._folder(root, alone)
                if configured:
                    folder.configured()
                self._guarded(folder, texts, folder.lint)
                folder.index()
        except _SupersededError:
            with self._wake:
                self._all_due, self._configured = True, self._configured or configured
            raise

    def _folder(self, root: str, alone: str) -> Folder:
        if root not in self._folders:
            directory = os.path.dirname(alone) if alone else root
            self._folders = {
                **self._folders, root: Folder(directory, self._settings_of, alone)
            }  # fmt: skip
        return self._folders[root]

    def _by_root(self, paths: Iterable[str]) -> dict[tuple[str, str], set[str]]:
        by_root: dict[tuple[str, str], set[str]] = {}
        for path in sorted(paths):
            by_root.setdefault(self._root_of(path), set()).add(path)
        return by_root

    def _guarded(
        self,
        folder: Folder,
        texts: Mapping[str, OpenText],
        lint: Callable[[Mapping[str, bytes]], bool],
    ) -> bool:
        """Lints a folder, whatever happens, and tells of it."""
        try:
            is_all = lint({path: text.data for path, text in texts.items()})
        except Exception as error:  # noqa: BLE001  # a bug of ours must not end the server
            self._told.failed(error)
            return True
        self._shown_at = time.monotonic()
        self._told.linted(folder, texts)
        return is_all


def _tidy(*, thoroughly: bool) -> None:
    """Frees what lints have left; what stays for long is looked at only now and then."""
    if thoroughly:
        gc.unfreeze()
    gc.collect()
    if thoroughly:
        gc.freeze()
