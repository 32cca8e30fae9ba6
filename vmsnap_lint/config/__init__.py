"""Settings from files, flags and environment; the table of options; suppressions."""
