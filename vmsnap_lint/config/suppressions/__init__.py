"""Suppressed findings: by which comment, annotation or entry, and until when."""
