"""Writes ten thousand findings of one file in a format; prints the seconds of CPU, and the MB."""

from __future__ import annotations

import resource
import sys
import time

from tests.report.made import MACHINE, MISSING, SOURCES, rendered, report
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Source

NUMBER = 10_000
LINES = MACHINE.count(b"\n")


def main() -> None:
    """Prints what the format takes that the first argument names."""
    text = b"".join(MACHINE.replace(b"web", b"web-%d" % index) for index in range(NUMBER))
    sources = {**SOURCES, "snapshot.yaml": Source("snapshot.yaml", text, (), ())}
    findings = tuple(
        MISSING._replace(
            span=Span(LINES * index + 4, 9, LINES * index + 4, 12),
            message=f'no VirtualMachine "web-{index}" in namespace "prod"',
            path=f"/spec/{index}",
            fingerprint=f"{index:032x}",
        )
        for index in range(NUMBER)
    )
    start = time.process_time()
    written = sum(len(line) + 1 for line in rendered(sys.argv[1], report(*findings), sources))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{written} {seconds:.2f} {peak:.0f}\n")


if __name__ == "__main__":
    main()
