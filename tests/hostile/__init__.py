"""Trees that a stranger may hand in, and inputs of the fuzzer: see `tests/test_hostile.py`."""
