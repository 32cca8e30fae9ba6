"""Tests of edits of documents."""
