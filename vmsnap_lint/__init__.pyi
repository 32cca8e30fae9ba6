from vmsnap_lint.cli.python_api import check as check
from vmsnap_lint.cli.python_api import plan as plan

__all__ = ["__version__", "check", "plan"]

__version__: str
