"""Files of a walk become those that may hold something of ours; the bytes of others are dropped."""

from __future__ import annotations

from vmsnap_lint.core import stages
from vmsnap_lint.core.bounded_files import head, why
from vmsnap_lint.core.file_names import is_page
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, shows, uploads
from vmsnap_lint.input.files import MOST_BYTES, Role, SourceFile, unread
from vmsnap_lint.input.readings import Content, is_marked, searched, shows_config_map

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from vmsnap_lint.input.readings import Readings, Searched

__all__ = ["RelevantFiles"]

_LARGE = 2**20  # of a file in which no commands are looked for
_MOST_SCRIPTS = 2_000
_LONGEST_SCRIPT = 2**18
_MOST_KEPT = 2**27  # of all files that matter, which stay in memory


class RelevantFiles:
    """The files of a run, added one by one; those with one of `markers` are in scope by that.

    `irrelevant` are the locations of those that hold nothing. `unread` could not be read, or not
    any more: what a run keeps is limited as well.
    """

    def __init__(self, markers: Sequence[bytes], readings: Readings) -> None:
        self.in_scope = False
        self.examined = 0
        self.irrelevant: set[str] = set()
        self.not_checked: set[NotChecked] = set()
        self.unread: set[NotChecked] = set()
        self._markers = markers
        self._readings = readings
        self._scripts: list[SourceFile] = []
        self._kept: list[SourceFile] = []
        self._kept_bytes = 0
        self._pages: list[SourceFile] = []

    def load(self, paths: Mapping[str, str], special: Collection[str]) -> None:
        """Reads and adds files by location; the special ones may be no regular files."""
        locations = sorted(paths)
        found = self._readings.search(locations, special, self._markers)
        for location, each in zip(locations, found, strict=True):
            self._add(location, paths[location], each)

    def add(self, file: SourceFile) -> None:
        """Adds a file that was read."""
        self._add(file.location, file.path, searched(file.data, self._markers))

    def _add(self, location: str, path: str, found: Searched) -> None:
        if found.fault:
            self.unread.add(unread(path, found.fault))
            return
        self.examined += 1
        stages.step()
        if found.content is Content.NOTHING and not found.is_cut:
            self.irrelevant.add(location)
            return
        file = SourceFile(path, location, found.data)
        if is_page(path):
            self._add_page(file, found)
        elif found.content in (Content.OURS, Content.MARKED):
            self.in_scope = self.in_scope or self._is_reason(file)
            self._keep(file, self._kept)
        elif found.is_cut:
            reason = f"has more than {MOST_BYTES:,} bytes; the first of them hold nothing of ours"
            self.not_checked.add(NotChecked(path, reason))
        elif len(file.data) <= _LARGE:
            self._tell(file)

    def _add_page(self, page: SourceFile, found: Searched) -> None:
        if found.content is Content.OURS:
            self._keep(page._replace(role=Role.PAGE), self._pages)
        else:
            self._tell(page)

    def _is_reason(self, file: SourceFile) -> bool:
        """Whether a file brings the run in scope."""
        return shows(file.data, Relevance.MARKER) or is_marked(file.data, self._markers)

    def shows_config_map(self, location: str, path: str) -> bool:
        """Whether one of the files, or one that decides about these, may hold a ConfigMap."""
        found = self._readings.known(location)
        return found.shows_config_map if found else shows_config_map(self.text(location, path))

    def text(self, location: str, path: str) -> bytes:
        """The bytes of another file that decides about these, none where it cannot be read."""
        try:
            return self._readings.text(location)
        except OSError as error:
            self.unread.add(unread(path, why(error)))
            return b""

    def scripts(self, paths: Mapping[str, str]) -> list[SourceFile]:
        """The texts with commands that make objects: of these scripts, and of irrelevant files."""
        for location, path in sorted(paths.items())[:_MOST_SCRIPTS]:
            try:
                data = head(location, _LONGEST_SCRIPT)
            except OSError:
                continue  # it is no input: the worst is a claim that is said to be missing
            self._tell(SourceFile(path, location, data))
        return sorted(self._scripts, key=lambda file: (file.path, file.location))

    def _tell(self, file: SourceFile) -> None:
        if uploads(file.data):
            self._scripts.append(file._replace(role=Role.SCRIPT))

    def files(self) -> list[SourceFile]:
        """The files that may hold something of ours, but for pages."""
        return self._kept

    def pages(self) -> list[SourceFile]:
        """The pages that may."""
        return self._pages

    def _keep(self, file: SourceFile, kept: list[SourceFile]) -> None:
        self._kept_bytes += len(file.data)
        if self._kept_bytes <= _MOST_KEPT:
            kept.append(file)
            return
        reason = f"is not read, as others of the run have {_MOST_KEPT:,} bytes: check fewer at once"
        self.unread.add(NotChecked(file.path, reason))
