"""Environment and configuration become a Check, as flags of the same values would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.cli.command_options import CheckArguments, Voice
from vmsnap_lint.cli.flags import Flags, settings
from vmsnap_lint.cli.layers import configured
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.cli.layers import Layers

__all__ = ["check"]


def check(paths: tuple[str, ...], layers: Layers) -> CheckArguments:
    """The lint of these paths."""
    values = {key.replace("-", "_"): value for key, value in layers.values().items()}
    flags = Flags(**{name: values[name] for name in Flags._fields if name in values})
    voice = Voice(**{name: values[name] for name in Voice._fields if name in values})
    default = CheckArguments()
    return CheckArguments(
        paths,
        configured(settings(flags), layers),
        format=values.get("format", default.format),
        fail_on=Severity[values.get("fail_on", str(default.fail_on)).upper()],
        exit_zero=values.get("exit_zero", default.exit_zero),
        voice=voice,
    )
