"""Findings that somebody does not want to see: who says so, where, and how long.

A run without any imports `mark` and `flaw` alone.
"""
