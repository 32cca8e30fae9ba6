"""A graph of ids and sizes on standard input becomes their positions on standard output.

Runs as a process of its own (`python -m`), as graphviz is C code, and takes long for large graphs:
its time and memory are limited to this process, which can be ended.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

MOST_MEMORY = 2**31
MOST_SECONDS = 12
_LARGEST_FILE = 2**26  # pygraphviz hands the text on in one


def main() -> None:
    """Lays out DOT text, and writes what graphviz calls json0."""
    text = sys.stdin.buffer.read().decode()
    _confine()
    import pygraphviz  # an extra

    graph = pygraphviz.AGraph(string=text)
    sys.stdout.buffer.write(graph.draw(format="json0", prog="dot"))


def _confine() -> None:
    """Limits this process where the system can."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
