"""Files of a walk become those that may hold something of ours; the bytes of others are dropped.

Until one shows that the run is in scope, some bytes are held back: most trees hold nothing of ours,
and are only searched for that.
"""

from __future__ import annotations

from vmsnap_lint.core import stages
from vmsnap_lint.core.bounded_files import head
from vmsnap_lint.core.file_names import is_page
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, plain, shows, uploads
from vmsnap_lint.input.files import MOST_BYTES, Role, SourceFile, unread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RelevantFiles"]

_LARGE = 2**20  # of a file that is judged at once, and not held back
_MOST_HELD = 2**24  # of files that may turn out to hold nothing
_MOST_SCRIPTS = 2_000
_LONGEST_SCRIPT = 2**18
_MOST_KEPT = 2**27  # of all files that matter, which stay in memory


class RelevantFiles:
    """The files of a run, added one by one; those with one of `markers` are in scope by that.

    `unread` could not be read, or not any more: what a run keeps is limited as well.
    """

    def __init__(self, markers: Sequence[bytes]) -> None:
        self.in_scope = False
        self.examined = 0
        self.not_checked: set[NotChecked] = set()
        self.unread: set[NotChecked] = set()
        self._markers = markers
        self._scripts: list[SourceFile] = []
        self._held: list[SourceFile] = []
        self._held_bytes = 0
        self._kept: list[SourceFile] = []
        self._kept_bytes = 0
        self._pages: list[SourceFile] = []

    def load(self, location: str, path: str) -> None:
        """Reads and adds a file."""
        try:
            data = head(location, MOST_BYTES)
        except OSError as error:
            self.unread.add(unread(path, error))
            return
        self.add(SourceFile(path, location, data))

    def add(self, file: SourceFile) -> None:
        """Adds a file that was read."""
        self.examined += 1
        stages.step()
        if is_page(file.path):
            if shows(file.data, Relevance.READ):
                self._keep(file._replace(role=Role.PAGE), self._pages)
            else:
                self._tell(file._replace(role=Role.SCRIPT))
            return
        if len(file.data) > _LARGE and not self._is_relevant(file):
            return
        if not self.in_scope:
            self.in_scope = self._is_marked(file) or shows(file.data, Relevance.MARKER)
        self._held.append(file)
        self._held_bytes += len(file.data)
        if self.in_scope or self._held_bytes > _MOST_HELD:
            self._sort()

    def text(self, location: str, path: str) -> bytes:
        """The bytes of another file that decides about these, none where it cannot be read."""
        try:
            return head(location, MOST_BYTES)
        except OSError as error:
            self.unread.add(unread(path, error))
            return b""

    def scripts(self, paths: Mapping[str, str]) -> list[SourceFile]:
        """The texts with commands that make objects: of these scripts, and of irrelevant files."""
        for location, path in sorted(paths.items())[:_MOST_SCRIPTS]:
            try:
                data = head(location, _LONGEST_SCRIPT)
            except OSError:
                continue  # it is no input: the worst is a claim that is said to be missing
            self._tell(SourceFile(path, location, data, Role.SCRIPT))
        return sorted(self._scripts, key=lambda file: (file.path, file.location))

    def _tell(self, file: SourceFile) -> None:
        if uploads(file.data):
            self._scripts.append(file)

    def files(self) -> list[SourceFile]:
        """The files that may hold something of ours, but for pages."""
        self._sort()
        return self._kept

    def pages(self) -> list[SourceFile]:
        """The pages that may."""
        return self._pages

    def _sort(self) -> None:
        """Keeps the relevant ones of the files that were held back."""
        for file in self._held:
            if self._is_relevant(file):
                self._keep(file, self._kept)
            else:
                self._tell(file._replace(role=Role.SCRIPT))
        self._held.clear()
        self._held_bytes = 0

    def _is_relevant(self, file: SourceFile) -> bool:
        if shows(file.data, Relevance.READ) or self._is_marked(file):
            return True
        if len(file.data) > MOST_BYTES:
            reason = f"has more than {MOST_BYTES:,} bytes; the first of them hold nothing of ours"
            self.not_checked.add(NotChecked(file.path, reason))
        return False

    def _keep(self, file: SourceFile, kept: list[SourceFile]) -> None:
        self._kept_bytes += len(file.data)
        if self._kept_bytes <= _MOST_KEPT:
            kept.append(file)
            return
        reason = f"is not read, as others of the run have {_MOST_KEPT:,} bytes: check fewer at once"
        self.unread.add(NotChecked(file.path, reason))

    def _is_marked(self, file: SourceFile) -> bool:
        if not self._markers:
            return False
        data = plain(file.data)
        return any(marker in data for marker in self._markers)
