"""Files become what was found in them; each is read once a run, by several processes where it pays.

What other processes find comes back through memory, so that they send only what matters, and no
more than fits.
"""

from __future__ import annotations

from enum import Enum
from itertools import chain

from vmsnap_lint.core.bounded_files import head, regular, why
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.relevance import Relevance, plain, shows, uploads
from vmsnap_lint.core.workers import spread
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

__all__ = ["Content", "Readings", "Searched", "is_marked", "searched", "shows_config_map"]

_MOST_REMEMBERED = 2**24  # of texts that several steps read
_MOST_FOUND = 2**27  # of files that matter, which a further walk finds again
_MOST_SENT = 2**25  # of files that matter, from a process that reads ahead
_SECONDS = 25e-6  # about what a file takes; it decides whether other processes help
_BLOCK = 64  # files that a process reads at once
_CONFIG_MAP = CONFIG_MAP.kind.encode()


class Content(Enum):
    """What a file holds, by its bytes."""

    OURS = "ours"  # perhaps an object that rules read
    MARKED = "marked"  # one of the markers of the run
    COMMANDS = "commands"  # that make objects
    NOTHING = "nothing"


class Searched(NamedTuple):
    """What was found in a file; `data` is empty where that is nothing.

    `is_cut` says that nothing is in the first bytes of a file that is longer; `fault` is why it
    could not be read. One that `shows_config_map` may hold a ConfigMap, which pointers may take
    values from.
    """

    content: Content
    data: bytes = b""
    is_cut: bool = False
    fault: str = ""
    shows_config_map: bool = False


_NOTHING = Searched(Content.NOTHING)
_CONFIG_MAPS = Searched(Content.NOTHING, shows_config_map=True)
_LEFT = Searched(Content.NOTHING, is_cut=True, fault="left to the process that asked")


class Readings:
    """What was read in a run by location, so that no step reads it again."""

    def __init__(self) -> None:
        self._searched: dict[str, Searched] = {}
        self._found_room = _MOST_FOUND
        self._texts: dict[str, bytes] = {}
        self._room = _MOST_REMEMBERED

    def search(
        self, locations: Sequence[str], special: Collection[str], markers: Sequence[bytes]
    ) -> Iterator[Searched]:
        """What is in files, in their order; the special ones may be no regular files."""
        known = self._searched
        new = [each for each in locations if each not in known and each not in special]
        read = _read_ahead(new, markers)
        for location in locations:
            found = known.get(location)
            if found is None:
                found = _read(location, markers, head) if location in special else next(read)
                self._found_room -= len(found.data)
                if self._found_room >= 0 or not found.data:
                    known[location] = found
            yield found

    def known(self, location: str) -> Searched | None:
        """What was found in a file, None where that is not remembered."""
        return self._searched.get(location)

    def forget(self, location: str) -> None:
        """Lets a file be read again, as it has changed."""
        found = self._searched.pop(location, None)
        self._found_room += len(found.data) if found else 0
        self._room += len(self._texts.pop(location, b""))

    def locations(self) -> list[str]:
        """The files of which something is remembered."""
        return [*{**self._searched, **dict.fromkeys(self._texts)}]

    def text(self, location: str) -> bytes:
        """The bytes of a file. Raises OSError where it cannot be read."""
        if location in self._texts:
            return self._texts[location]
        data = head(location, MOST_BYTES)
        self._room -= len(data)
        if self._room >= 0:
            self._texts[location] = data
        return data


def searched(data: bytes, markers: Sequence[bytes]) -> Searched:
    """What is in the bytes of a file."""
    maps = shows_config_map(data)
    if shows(data, Relevance.READ):
        return Searched(Content.OURS, data, shows_config_map=maps)
    if markers and is_marked(data, markers):
        return Searched(Content.MARKED, data, shows_config_map=maps)
    is_cut = len(data) > MOST_BYTES
    if uploads(data):
        return Searched(Content.COMMANDS, data, is_cut, shows_config_map=maps)
    if is_cut:
        return Searched(Content.NOTHING, is_cut=True, shows_config_map=maps)
    return _CONFIG_MAPS if maps else _NOTHING


def shows_config_map(data: bytes) -> bool:
    """Whether the bytes of a file may hold a ConfigMap."""
    at = data.find(_CONFIG_MAP[:1])  # many files lack the letter
    return at >= 0 and data.find(_CONFIG_MAP, at) >= 0


def is_marked(data: bytes, markers: Sequence[bytes]) -> bool:
    """Whether the bytes of a file hold one of the markers."""
    data = plain(data)
    return any(marker in data for marker in markers)


def _read_ahead(locations: Sequence[str], markers: Sequence[bytes]) -> Iterator[Searched]:
    """What is in regular files, in their order."""
    blocks = [locations[at : at + _BLOCK] for at in range(0, len(locations), _BLOCK)]
    ahead = _Ahead(markers)
    seconds = [len(block) * _SECONDS for block in blocks]
    found = spread(blocks, ahead.read, seconds, lambda: (_NOTHING, _CONFIG_MAPS, _LEFT, *Content))
    for location, each in zip(locations, chain.from_iterable(found), strict=True):
        ahead.room += len(each.data)
        yield _read(location, markers) if each is _LEFT else each


class _Ahead:
    """Reads files before they are asked for; `room` are the bytes that it may still hold then."""

    def __init__(self, markers: Sequence[bytes]) -> None:
        self.room = _MOST_SENT
        self._markers = markers

    def read(self, locations: Iterable[str]) -> Iterator[Searched]:
        """What is in regular files; what does not fit is left."""
        for location in locations:
            found = _read(location, self._markers) if self.room > 0 else _LEFT
            self.room -= len(found.data)
            yield found


def _read(
    location: str, markers: Sequence[bytes], bytes_of: Callable[[str, int], bytes] = regular
) -> Searched:
    try:
        data = bytes_of(location, MOST_BYTES)
    except OSError as error:
        return Searched(Content.NOTHING, fault=why(error))
    return searched(data, markers)
