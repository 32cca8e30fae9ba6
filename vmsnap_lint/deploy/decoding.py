"""Decodes the files of a run, by several processes where that pays."""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core import stages, workers
from vmsnap_lint.core.errors import DefectError, ExhaustedError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.input.sources import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.document import Fault, Source
    from vmsnap_lint.document.source import Reading
    from vmsnap_lint.input.sources import SourceFile, Sources

    Decoded = dict[SourceFile, Source]

__all__ = ["decoded", "decoded_files", "with_objects"]

_SECONDS_A_BYTE = 70e-9  # about what decoding takes; it decides whether other processes help


def decoded(sources: Sources, known: Decoded | None = None) -> Decoded:
    """The files with objects and pointers.

    Those in `known` are not decoded again, and the others are added to it. Raises DefectError where
    the reader breaks, ExhaustedError for want of memory.
    """
    files = [*dict.fromkeys((*with_objects(sources), *sources.pointers))]
    known = {} if known is None else known
    new = [file for file in files if file not in known] if known else files
    stages.enter("parsing files", len(new))
    known.update(decoded_files(new))
    return {file: known[file] for file in files}


def with_objects(sources: Sources) -> list[SourceFile]:
    """The manifests and templates."""
    return [file for file in sources.files if file.role in (Role.MANIFEST, Role.TEMPLATE)]


def decoded_files(files: Sequence[SourceFile]) -> Decoded:
    """The files, each decoded once."""
    parts = workers.spread(files, _parts, [len(file.data) * _SECONDS_A_BYTE for file in files])
    return {
        file: document.Source(file.path, file.data, *of_file)
        for file, found in zip(files, parts, strict=True)
        for of_file in found
    }


def _parts(file: SourceFile) -> Iterator[tuple[list[Reading], Sequence[Fault]]]:
    stages.step()
    try:
        yield document.parts(file.data)
    except (MemoryError, RecursionError) as error:
        raise ExhaustedError(error, file.path) from None
    except Exception as error:
        raise DefectError(f"reading {file.path} failed: {error!r}") from error
