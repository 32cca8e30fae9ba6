"""A file's name becomes what the file may be: a candidate for manifests, a page, prose."""

from __future__ import annotations

__all__ = [
    "CONFIGURATIONS", "KUSTOMIZATIONS", "is_candidate", "is_page", "is_prose", "is_script",
]  # fmt: skip

CONFIGURATIONS = (".vmsnap-lint.yaml", "vmsnap-lint.yaml")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""In the order in which kustomize looks for them."""


def is_candidate(name: str) -> bool:
    """Whether a file of that name in a directory may hold manifests."""
    if name in CONFIGURATIONS:
        return False
    return name.lower().endswith((".yaml", ".yml", ".json")) or name in KUSTOMIZATIONS


def is_page(path: str) -> bool:
    """Whether it is a page of documentation."""
    return path.lower().endswith((".adoc", ".asciidoc", ".markdown", ".md", ".mdx"))


def is_script(name: str) -> bool:
    """Whether it holds commands that people run: a script, a Makefile or a README."""
    lowered = name.lower()
    return lowered.endswith((".bash", ".sh", ".zsh")) or lowered.startswith(_COMMANDED)


_COMMANDED = ("gnumakefile", "justfile", "makefile", "readme")


def is_prose(file: str) -> bool:
    """Whether a file that was named holds prose, in a form that is not read."""
    return file.lower().endswith(".rst")
