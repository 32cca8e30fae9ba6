"""Fixes of findings: from what a rule says to texts, files and patches."""
