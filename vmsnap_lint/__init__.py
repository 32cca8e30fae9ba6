"""vmsnap-lint: an offline linter for the manifests of KubeVirt VM snapshots and restores.

For Python programs it has `check` and `plan`; `__init__.pyi` has their types.
"""

from typing import Any

__all__ = ["__version__", "check", "plan"]

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """`check` or `plan`, which are imported only where they are used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("vmsnap_lint.cli.python_api"), name)
