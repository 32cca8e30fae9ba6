"""How many examples a property is tried with: a fifth by default, all with the profile `long`."""

from __future__ import annotations

from hypothesis import settings

__all__ = ["define", "examples"]

_ALL = 100


def define() -> None:
    """Registers the profiles `quick`, which holds from now on, and `long`."""
    settings.register_profile("quick", max_examples=_ALL // 5, deadline=None)
    settings.register_profile("long", max_examples=_ALL, deadline=None)
    settings.load_profile("quick")


def examples(count: int) -> settings:
    """Settings with that many examples in the profile `long`, fewer in `quick`."""
    share = settings().max_examples
    return settings(max_examples=max(5, count * share // _ALL), deadline=None)
