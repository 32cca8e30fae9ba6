"""Imports jsonschema_rs, without what only its build date needs.

To give the date of its build as a datetime it imports `email.utils`, and with it sockets, calendars
and random numbers: a quarter of the time of a small run (pyo3-built, `build-time`).
"""

from __future__ import annotations

import sys
from types import ModuleType

__all__ = ["jsonschema_rs"]

_MODULE = "email.utils"


def _imported() -> ModuleType:
    """The module; while it is imported, `email.utils` is one that knows no dates."""
    from importlib import import_module

    if _MODULE in sys.modules or "jsonschema_rs" in sys.modules:
        return import_module("jsonschema_rs")
    dateless = ModuleType(_MODULE)
    dateless.parsedate_to_datetime = lambda _: None  # type: ignore[attr-defined]
    sys.modules[_MODULE] = dateless
    try:
        return import_module("jsonschema_rs")
    except Exception:  # noqa: BLE001  # a release that needs more of it imports it as usual
        del sys.modules[_MODULE]
        return import_module("jsonschema_rs")
    finally:
        if sys.modules.get(_MODULE) is dateless:
            del sys.modules[_MODULE]


jsonschema_rs = _imported()
