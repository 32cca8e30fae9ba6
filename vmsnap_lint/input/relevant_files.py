"""Files of a walk become those that may hold something of ours; the bytes of others are dropped."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core import stages
from vmsnap_lint.core.bounded_files import head, regular
from vmsnap_lint.core.file_names import is_page
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance, plain, shows, uploads
from vmsnap_lint.input.files import MOST_BYTES, Role, SourceFile, unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Readings", "RelevantFiles", "Searched", "search"]

_LARGE = 2**20  # of a file in which no commands are looked for
_MOST_REMEMBERED = 2**24  # of texts that several steps read
_MOST_SCRIPTS = 2_000
_LONGEST_SCRIPT = 2**18
_MOST_KEPT = 2**27  # of all files that matter, which stay in memory


class Content(Enum):
    """What a file holds, by its bytes."""

    OURS = "ours"  # perhaps an object that rules read
    MARKED = "marked"  # one of the markers of the run
    COMMANDS = "commands"  # that make objects
    NOTHING = "nothing"


class Searched(NamedTuple):
    """What was found in a file; `data` is empty where that is nothing.

    `is_cut` says that nothing is in the first bytes of a file that is longer. One that
    `shows_config_map` may hold a ConfigMap, which pointers may take values from.
    """

    content: Content
    data: bytes = b""
    is_cut: bool = False
    error: OSError | None = None
    shows_config_map: bool = False


class Readings:
    """What was read in a run by location, so that no step reads it again."""

    def __init__(self) -> None:
        self.searched: dict[str, Searched] = {}
        self._texts: dict[str, bytes] = {}
        self._room = _MOST_REMEMBERED

    def text(self, location: str) -> bytes:
        """The bytes of a file. Raises OSError where it cannot be read."""
        if location in self._texts:
            return self._texts[location]
        data = head(location, MOST_BYTES)
        self._room -= len(data)
        if self._room >= 0:
            self._texts[location] = data
        return data


def search(locations: Iterable[str], markers: Sequence[bytes]) -> list[Searched]:
    """What is in regular files, in their order; a process of its own may do that."""
    return [_read(location, markers) for location in locations]


class RelevantFiles:
    """The files of a run, added one by one; those with one of `markers` are in scope by that.

    `unread` could not be read, or not any more: what a run keeps is limited as well.
    """

    def __init__(self, markers: Sequence[bytes], readings: Readings) -> None:
        self.in_scope = False
        self.examined = 0
        self.not_checked: set[NotChecked] = set()
        self.unread: set[NotChecked] = set()
        self._markers = markers
        self._readings = readings
        self._scripts: list[SourceFile] = []
        self._kept: list[SourceFile] = []
        self._kept_bytes = 0
        self._pages: list[SourceFile] = []

    def load(self, location: str, path: str, *, is_regular: bool = True) -> None:
        """Reads and adds a file."""
        found = self._readings.searched.get(location)
        if found is None:
            found = _read(location, self._markers, regular if is_regular else head)
            self._readings.searched[location] = found
        self._add(location, path, found)

    def add(self, file: SourceFile) -> None:
        """Adds a file that was read."""
        self._add(file.location, file.path, _searched(file.data, self._markers))

    def _add(self, location: str, path: str, found: Searched) -> None:
        if found.error is not None:
            self.unread.add(unread(path, found.error))
            return
        self.examined += 1
        stages.step()
        if found.content is Content.NOTHING and not found.is_cut:
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
        return shows(file.data, Relevance.MARKER) or _is_marked(file.data, self._markers)

    def shows_config_map(self, location: str, path: str) -> bool:
        """Whether one of the files, or one that decides about these, may hold a ConfigMap."""
        found = self._readings.searched.get(location)
        return found.shows_config_map if found else _CONFIG_MAP in self.text(location, path)

    def text(self, location: str, path: str) -> bytes:
        """The bytes of another file that decides about these, none where it cannot be read."""
        try:
            return self._readings.text(location)
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


_CONFIG_MAP = CONFIG_MAP.kind.encode()
_NOTHING = Searched(Content.NOTHING)
_CONFIG_MAPS = Searched(Content.NOTHING, shows_config_map=True)


def _read(
    location: str, markers: Sequence[bytes], bytes_of: Callable[[str, int], bytes] = regular
) -> Searched:
    try:
        data = bytes_of(location, MOST_BYTES)
    except OSError as error:
        return Searched(Content.NOTHING, error=error)
    return _searched(data, markers)


def _searched(data: bytes, markers: Sequence[bytes]) -> Searched:
    maps = _CONFIG_MAP in data
    if shows(data, Relevance.READ):
        return Searched(Content.OURS, data, shows_config_map=maps)
    if markers and _is_marked(data, markers):
        return Searched(Content.MARKED, data, shows_config_map=maps)
    is_cut = len(data) > MOST_BYTES
    if uploads(data):
        return Searched(Content.COMMANDS, data, is_cut, shows_config_map=maps)
    if is_cut:
        return Searched(Content.NOTHING, is_cut=True, shows_config_map=maps)
    return _CONFIG_MAPS if maps else _NOTHING


def _is_marked(data: bytes, markers: Sequence[bytes]) -> bool:
    data = plain(data)
    return any(marker in data for marker in markers)
