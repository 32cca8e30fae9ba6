"""Manifests, the table of references, the index with its three answers, problems, provenance."""
