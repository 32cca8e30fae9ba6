"""Runs the command line: `python -m vmsnap_lint` is `vmsnap-lint`."""

from vmsnap_lint.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
