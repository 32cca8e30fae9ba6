"""The objects that a restore refers to, what blocks it, and its outcome."""
