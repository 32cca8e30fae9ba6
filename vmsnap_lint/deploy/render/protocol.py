"""What `guarded` and the process of `guard` say to each other."""

import struct

__all__ = ["ANSWER", "CPU", "END", "EXIT", "MEMORY", "MOST_ERROR", "MOST_MEMORY", "OUTPUT",
           "REQUEST", "RUN_OUTPUT", "RUN_TIME", "TIME"]  # fmt: skip

REQUEST = struct.Struct("<?HddQQQ")
"""Whether only the home is read; programs at once; seconds of all and of one; bytes of all and of
one; length of what follows.

What follows are fields, each ended by a NUL. The first are the environment, after their number.
Then come the programs: the number of fields, the seconds of processor time, the words.
"""
ANSWER = struct.Struct("<IBiQQ")
"""Number of the program, why it ended, exit status; lengths of its output and its errors."""
MOST_ERROR = 2**14
"""The bytes of errors that are kept of a program."""
MOST_MEMORY = 240 * 2**20
"""The bytes of memory that a program may use."""
END = b"\0"
EXIT, TIME, CPU, MEMORY, OUTPUT, RUN_TIME, RUN_OUTPUT = range(7)
"""Why it ended: by itself, by its own limits, or by those of all programs together."""
