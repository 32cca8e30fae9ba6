"""Whether the URL of a repository is that of the tree itself.

No URL can be looked up, so that names and paths decide. A fork and a mirror have another owner or
host, and most often the same name.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.kinds import (
    ARGO_APPLICATION,
    ARGO_APPLICATION_SET,
    FLUX_GIT_REPOSITORY,
    FLUX_KUSTOMIZATION,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import holds_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Repositories", "repository_name"]

_LONGEST_URL = 2_000
_DEEPEST = 8  # generators of generators


class Repositories:
    """The repositories that `objects` name; `remotes` are URLs of this one, as far as git tells.

    `has` says whether a path from the root of this one is a directory in it.
    """

    def __init__(
        self, objects: Sequence[Manifest], remotes: Iterable[str], has: Callable[[str], bool]
    ) -> None:
        self._has = has
        declared = dict.fromkeys(_declared(objects))
        known = {repository_name(url) for url in remotes}
        self._by_git = known & {repository_name(url) for url, _ in declared}
        self._by_path = {
            repository_name(url)
            for url, path in declared
            if not self._by_git and not _is_root(path) and has(path)
        }

    @property
    def is_known(self) -> bool:
        """Whether a name, or a path from the root, shows that the root is that of a repository."""
        return bool(self._by_git or self._by_path)

    def is_here(self, url: str, path: str) -> bool:
        """Whether the repository at `url`, which holds `path`, is this one.

        Its name is one that git knows. Where git knows none that the objects name, this path or
        another one of that repository exists here; a root counts where no repository is known so.
        """
        if holds_placeholder(url) or not url:
            return self._has(path)
        if self._by_git:
            return repository_name(url) in self._by_git
        if repository_name(url) in self._by_path:
            return True
        return not self._by_path if _is_root(path) else self._has(path)


def repository_name(url: str) -> str:
    """`fleet` of `https://github.com/acme/fleet.git`, `git@github.com:acme/fleet`."""
    name = url[:_LONGEST_URL].rstrip("/").replace(":", "/").rpartition("/")[2]
    return name.removesuffix(".git").lower()


def _is_root(path: str) -> bool:
    return path.strip("./") == ""


def _declared(objects: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """The URLs of repositories, with the paths that are applied of them, or ""."""
    by_kind: dict[Kind, list[Manifest]] = {kind: [] for kind in _KINDS}
    for known in objects:
        if known.group_kind in by_kind:
            by_kind[known.group_kind].append(known)
    urls = {source.name: source.text("spec", "url") for source in by_kind[FLUX_GIT_REPOSITORY]}
    yield from ((url, "") for url in urls.values() if url)
    for kustomization in by_kind[FLUX_KUSTOMIZATION]:
        if kustomization.text("spec", "sourceRef", "kind") == FLUX_GIT_REPOSITORY.kind:
            name = kustomization.text("spec", "sourceRef", "name")
            # One that nothing declares is none of those with a URL.
            yield urls.get(name) or f"?{name}", kustomization.text("spec", "path")
    for application in by_kind[ARGO_APPLICATION]:
        yield from _sources(application.mapping("spec"))
    for applications in by_kind[ARGO_APPLICATION_SET]:
        yield from _sources(applications.mapping("spec", "template", "spec"))
        yield from _generated(applications.get("spec", "generators"))


def _sources(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sources = spec.get("sources")
    for source in [spec.get("source"), *(sources if isinstance(sources, list) else ())]:
        if isinstance(source, dict) and isinstance(url := source.get("repoURL"), str):
            path = source.get("path")
            yield url, path if isinstance(path, str) and not source.get("chart") else ""


def _generated(generators: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    for generator in generators if isinstance(generators, list) and depth < _DEEPEST else ():
        if not isinstance(generator, dict):
            continue
        git = generator.get("git")
        if isinstance(git, dict) and isinstance(url := git.get("repoURL"), str):
            yield from ((url, path) for path in ("", *_asked_for(git)))
        for name in ("matrix", "merge"):
            if isinstance(nested := generator.get(name), dict):
                yield from _generated(nested.get("generators"), depth + 1)


def _asked_for(git: dict[str, Any]) -> Iterator[str]:
    """The directories that hold all that a git generator asks for."""
    for field in ("directories", "files"):
        items = git.get(field)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and isinstance(path := item.get("path"), str):
                yield _GLOB.split(path)[0].rpartition("/")[0]


_GLOB = re.compile(r"[*?\[{\\]")
_KINDS = (ARGO_APPLICATION, ARGO_APPLICATION_SET, FLUX_GIT_REPOSITORY, FLUX_KUSTOMIZATION)
