"""A restore becomes what it is about, what blocks it, and what it leaves behind."""
