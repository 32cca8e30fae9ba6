"""What everything else is made of: kinds, values, releases, the model, errors, messages, globs.

The only I/O is that of bytes of a file up to a limit.
"""
