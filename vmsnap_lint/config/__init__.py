"""Files, flags and environment become settings; the table of options; suppressions."""
