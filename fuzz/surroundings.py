"""What an input may use of the machine, wherever it is tried."""

from __future__ import annotations

import os
import resource
import warnings

__all__ = ["confine"]

_ADDRESS_SPACE = 4 * 2**30


def confine() -> None:
    """No other programs, no settings, no input; memory that a machine can spare."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = _ADDRESS_SPACE if hard == resource.RLIM_INFINITY else min(hard, _ADDRESS_SPACE)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in [name for name in os.environ if name.startswith("VMSNAP_LINT_")]:
        del os.environ[name]
    os.environ["PATH"] = ""
    warnings.simplefilter("error")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
