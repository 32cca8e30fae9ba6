"""Places become locations of SARIF: URIs, regions and objects.

What is below the root of the repository is relative to it (`%SRCROOT%`), as GitHub and viewers of
SARIF expect it. Everything else has a URI of its own: a file elsewhere `file:///..`, and standard
input a name that no file has.
"""

from __future__ import annotations

import os
from urllib.parse import quote

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.repository import is_path
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import Finding, ObjectId, Span

__all__ = ["ROOT", "artifact", "literal", "location", "region", "with_objects"]

ROOT = "%SRCROOT%"
_MOST_OBJECTS = 100
_LITERAL = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]"})


def artifact(file: str) -> dict[str, Any]:
    """The location of a file."""
    if not is_path(file):
        return {"uri": _quoted(file or "."), "description": {"text": visible(file) or "the run"}}
    if os.path.isabs(file) or file.split("/", maxsplit=1)[0] == os.pardir:
        place = os.path.abspath(file).replace(os.sep, "/") if "\0" not in file else file
        return {"uri": f"file:///{_quoted(place.lstrip('/'))}"}
    return {"uri": _quoted(file), "uriBaseId": ROOT}


def region(span: Span) -> dict[str, int]:
    """The region of a span, which begins at line 1 at least and does not end before it begins."""
    line, column = max(1, span.line), max(1, span.column)
    end_line = max(line, span.end_line)
    end_column = max(span.end_column, column if end_line == line else 1)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def location(file: str, span: Span) -> dict[str, Any]:
    """The location of a span of a file."""
    return {"physicalLocation": {"artifactLocation": artifact(file), "region": region(span)}}


def with_objects(finding: Finding) -> dict[str, Any]:
    """The location of a finding, with the objects that it is about."""
    place = location(finding.file, finding.span)
    objects = dict.fromkeys(subject.object for subject in finding.subjects[:_MOST_OBJECTS])
    return (
        {**place, "logicalLocations": list(_logical(objects, finding.path))} if objects else place
    )


def literal(text: str) -> str:
    """The text on one line, in which nothing is a link (SARIF 2.1.0, 3.11.6)."""
    return visible(text).translate(_LITERAL)


def _logical(objects: Iterable[ObjectId], path: str) -> Iterable[dict[str, Any]]:
    """The place in each object: `VirtualMachine prod/web/spec/template`, with a JSON Pointer."""
    for named in objects:
        kind, name = visible(abridged(named.kind)), visible(abridged(named.name or ""))
        namespace = visible(abridged(named.namespace or ""))
        whole = f"{namespace}/{name}" if namespace and name else name
        fields = {
            "apiVersion": visible(abridged(named.api_version)),
            "kind": kind,
            **({"namespace": namespace} if namespace else {}),
            **({"name": name} if name else {}),
            "path": visible(path),
        }
        yield {
            "name": name or kind,
            "fullyQualifiedName": f"{kind} {whole}".strip(),
            "kind": "object",
            "properties": fields,
        }


def _quoted(path: str) -> str:
    """The path with all percent-encoded but unreserved characters and slashes (RFC 3986)."""
    try:
        return quote(path, safe="/", errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(path, safe="/", errors="surrogatepass")
