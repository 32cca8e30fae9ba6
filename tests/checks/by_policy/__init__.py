"""Tests of the policies of a configuration."""
