"""What is run on a tree: the linter, the bases that it is held against, and the peers on PATH."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.bases import BUILDS, EVENTS, READING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BARE", "GROWING", "KUBECONFORM", "KUSTOMIZE", "OURS", "PARSER", "READER", "RENDERING",
    "TENTH", "Program", "Target", "builder", "manifests", "of", "versions",
]  # fmt: skip

OURS = "vmsnap-lint"
RENDERING = "vmsnap-lint with kustomize and helm"
TENTH = "vmsnap-lint on a tenth of it"
BARE = "python -c pass"
PARSER = "events of the C parser"
READER = "reading and looking"
KUSTOMIZE = "kustomize alone"
KUBECONFORM = "kubeconform"

_SCHEMA = '{"type": "object", "required": ["apiVersion", "kind"]}'
_OF_SCHEMAS = ("virtualmachine", "virtualmachinesnapshot", "persistentvolumeclaim")
_CALLS = {
    KUBECONFORM: (
        "kubeconform", "-ignore-missing-schemas", "-summary", "-schema-location",
        "SCHEMAS/{{.ResourceKind}}.json", "PATHS",
    ),
    "yamllint": ("yamllint", "-d", "relaxed", "PATHS"),
    "check-jsonschema": (
        "check-jsonschema", "--schemafile", "SCHEMAS/virtualmachine.json", "PATHS",
    ),
}  # fmt: skip
"""How the peers are called."""
_VERSION_FLAGS = {KUBECONFORM: "-v"}
GROWING = ("deep", "dense", "export", "wide")
"""The trees whose documents all are parsed, which are also measured at a tenth of their size."""


class Target(NamedTuple):
    """What is measured: a generated tree by its name, or a directory; `tenth` is a smaller one."""

    name: str
    what: str
    folder: Path
    tenth: Path | None = None
    is_generated: bool = True


class Program(NamedTuple):
    """A program on a target.

    It prints its own time where `tells_time`. What it prints has `answer` in it, or it has not read
    the whole tree; an exit code up to `most_code` is no failure. A peer may be run once only, and
    ended.
    """

    command: tuple[str, ...]
    is_peer: bool = False
    tells_time: bool = False
    answer: str = ""
    most_code: int = 0


def of(target: Target, schemas: Path) -> dict[str, Program]:
    """All that is run on a target, ours first; writes the schemas of the peers."""
    programs = {**_ours(target), **_bases(target), **_peers(target, schemas)}
    return {name: program for name, program in programs.items() if program.command}


def versions() -> dict[str, str]:
    """The versions of ours and of the peers that are there, with how each is called."""
    there = {name: call for name, call in _CALLS.items() if shutil.which(name)}
    told = {OURS: _version(_program(), "--version")}
    for name, call in there.items():
        version = _version(name, _VERSION_FLAGS.get(name, "--version"))
        told[name] = f"{version}, `{' '.join(call)}`"
    return told


def _ours(target: Target) -> dict[str, Program]:
    path, lint = str(target.folder), (_program(), "--render")
    if target.name == "tiny":
        return {OURS: _linting(_program(), *_files(target.folder))}
    if target.name == "clusters":
        return {OURS: _linting(*lint, "require", path)} if builder() else {}
    found = {OURS: _linting(*lint, "never", path)}
    if target.tenth:
        found[TENTH] = _linting(*lint, "never", str(target.tenth))
    if target.name not in GROWING and (builder() or shutil.which("helm")):
        found[RENDERING] = _linting(*lint, "auto", path)
    return found


def _linting(*command: str) -> Program:
    return Program(command, answer=" file", most_code=1)


def _bases(target: Target) -> dict[str, Program]:
    path, python = str(target.folder), sys.executable
    if target.name == "tiny":
        return {BARE: Program((python, "-c", "pass"))}
    if target.name == "clusters":
        command = builder()
        return {KUSTOMIZE: Program((python, "-c", BUILDS, path, *command))} if command else {}
    found = {READER: Program((python, "-c", READING, path))}
    if target.name in GROWING:
        found[PARSER] = Program((python, "-c", EVENTS, path), tells_time=True)
    return found


def _peers(target: Target, schemas: Path) -> dict[str, Program]:
    for kind in _OF_SCHEMAS:
        (schemas / f"{kind}.json").write_text(_SCHEMA)
    paths = _files(target.folder) if target.name == "tiny" else (str(target.folder),)
    calls = {} if target.name == "clusters" else dict(_CALLS)
    if target.name != "tiny":
        calls.pop("check-jsonschema", None)  # it reads no directory, and one document a file
    # it stops at the first broken link, and exits as it does for an invalid object
    read_all = "resource" if target.name == "tiny" else f" in {len(manifests(target.folder))} file"
    answers = {KUBECONFORM: read_all}
    return {
        name: Program(
            _filled(call, paths, schemas), is_peer=True, answer=answers.get(name, ""), most_code=1
        )
        for name, call in calls.items()
        if shutil.which(name)
    }


def manifests(folder: Path) -> list[Path]:
    """The YAML and JSON files below a directory."""
    suffixes = (".yaml", ".yml", ".json")
    return [path for path in folder.rglob("*") if path.suffix in suffixes and path.is_file()]


def _filled(call: tuple[str, ...], paths: tuple[str, ...], schemas: Path) -> tuple[str, ...]:
    words = (word.replace("SCHEMAS", str(schemas)) for word in call if word != "PATHS")
    return (*words, *paths)


def _files(folder: Path) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(folder.iterdir()))


def _program() -> str:
    beside = shutil.which(OURS, path=sys.executable.rpartition("/")[0])
    return beside or shutil.which(OURS) or OURS


def builder() -> tuple[str, ...]:
    """The command that builds the directory appended to it, () where there is none."""
    if shutil.which("kustomize"):
        return ("kustomize", "build")
    return ("kubectl", "kustomize") if shutil.which("kubectl") else ()


def _version(program: str, flag: str) -> str:
    said = subprocess.run([program, flag], check=False, capture_output=True, text=True).stdout
    return said.split("\n")[0].strip()
