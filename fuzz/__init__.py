"""Fuzzes every way by which foreign text comes into the program: `python -m fuzz.run`."""
