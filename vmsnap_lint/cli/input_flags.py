"""The flags that say what is read beside manifests. Imports typer."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["CrdPaths", "CrdsFromInput", "Docs", "FactsFile", "FactsMaxAge", "HelmValues"]

CrdPaths = Annotated[
    list[str] | None,
    typer.Option(
        "--crds",
        metavar="PATH",
        help="CRDs that say what is valid, instead of what is built in (repeatable).",
    ),
]
CrdsFromInput = Annotated[
    bool, typer.Option("--crds-from-input", help="Take the CRDs in the input, too.")
]
Docs = Annotated[
    bool,
    typer.Option("--docs", help="Read the Markdown and AsciiDoc pages in directories, too."),
]
FactsFile = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar="FILE",
        help="What is known of the cluster; `vmsnap-lint facts` prints how to write it.",
    ),
]
FactsMaxAge = Annotated[
    str,
    typer.Option(
        "--facts-max-age", metavar="TIME", help="Note facts that are older: 30d, 2w or 12h."
    ),
]
HelmValues = Annotated[
    list[str] | None,
    typer.Option("--helm-values", metavar="FILE", help="Values for the charts (repeatable)."),
]
