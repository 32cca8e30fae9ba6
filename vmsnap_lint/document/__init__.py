"""Bytes become documents: values as Kubernetes decodes them, places, comments."""

from __future__ import annotations

from vmsnap_lint.document.faults import Budget, Fault, FaultKind
from vmsnap_lint.document.reader import parts, read
from vmsnap_lint.document.source import Document, Source

__all__ = ["Budget", "Document", "Fault", "FaultKind", "Source", "parts", "read"]
