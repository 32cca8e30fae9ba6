"""The flags that say what is looked at, and what of it is reported. Imports typer."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Context", "Exclude", "Root", "Since", "Tracked"]

Context = Annotated[
    list[str] | None,
    typer.Option(
        "--context",
        metavar="PATH",
        help="Look at this, too, and report nothing of it (repeatable).",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="GLOB", help="Pass over such files and directories (repeatable)."
    ),
]
Root = Annotated[
    str | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="Look at all of this directory, and report what concerns the paths that are named.",
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="REF",
        help="Also judge what changed since the merge base with this git revision.",
    ),
]
Tracked = Annotated[
    bool, typer.Option("--tracked", help="Look at the files that git tracks, not at all files.")
]
