"""Manifests, the table of references, the index of objects, problems, and provenance."""
