"""Configuration files: which one counts, what is in it, what is wrong with it."""
