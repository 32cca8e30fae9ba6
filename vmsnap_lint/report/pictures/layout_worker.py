"""A graph of ids and sizes on standard input becomes their positions on standard output.

Runs as a process of its own (`python -m`), as graphviz is C code, and takes long for large graphs:
its time and memory are limited to this process, which can be ended.
"""

from __future__ import annotations

import sys

from vmsnap_lint.core.worker_process import confine

__all__ = ["main"]

_MOST_MEMORY = 2**31
_MOST_SECONDS = 12
_LARGEST_FILE = 2**26  # pygraphviz hands the text on in one


def main() -> None:
    """Lays out DOT text, and writes what graphviz calls json0."""
    text = sys.stdin.buffer.read().decode()
    confine(_MOST_MEMORY, _MOST_SECONDS, RLIMIT_FSIZE=_LARGEST_FILE)
    import pygraphviz  # an extra

    graph = pygraphviz.AGraph(string=text)
    sys.stdout.buffer.write(graph.draw(format="json0", prog="dot"))


if __name__ == "__main__":
    main()
