"""Times ten nasty inputs against other linters: `python -m benchmarks.nasty`.

yamllint, check-jsonschema, kubeconform and checkov are those on PATH; the ones that are not there
are left out. An answer is an exit within 30 s: what is ended after that, dies of a signal or an
exception of its own, or reads the first document alone has not answered.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30
MEMORY = 8 * 2**30
_HEAD = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
_NAMED = f"{_HEAD}metadata: {{name: nightly}}\nspec:\n"
_JSON = """{"apiVersion": "snapshot.kubevirt.io/v1beta1", "kind": "VirtualMachineSnapshot",
"metadata": {"name": "nightly"}, "spec": {"a": [%s]}}"""
_SCHEMA = '{"type": "object", "required": ["apiVersion", "kind", "spec"]}'


_NO_ANSWERS = {
    b"Traceback (most recent call last)": "exception",
    b"RecursionError": "exception",
    b"MemoryError": "exception",
    b"goroutine ": "panic",
    b"expected a single document": "reads one document only",
}


class Answer(NamedTuple):
    """How a program ended: its wall time, and why that is no answer ("" for an answer)."""

    seconds: float
    lacks: str


def _levels(first: str, level: Callable[[int], str], count: int) -> str:
    return f"{_NAMED}  a0: {first}\n" + "".join(f"  a{n}: {level(n)}\n" for n in range(1, count))


def _documents(text: str, count: int) -> str:
    return "---\n".join([text] * count)


def _keys() -> str:
    return "".join(f"  k{number}: 1\n" for number in range(300_000))


_BOMB = _levels("&a0 [x]", lambda n: f"&a{n} [{', '.join([f'*a{n - 1}'] * 9)}]", 12)
_MERGES = _levels(
    "&a0 {k: v}", lambda n: f"&a{n} {{k{n}: v, <<: [{', '.join([f'*a{n - 1}'] * 9)}]}}", 12
)
INPUTS: dict[str, tuple[str, Callable[[], str]]] = {
    "deep flows": (
        "900 documents of 10,000 open brackets",
        lambda: _documents(f"{_NAMED}  a: {'[' * 10_000}\n", 900),
    ),
    "deep blocks": (
        "400 documents of 9,000 nested arrays",
        lambda: _documents(f"{_NAMED}  a:\n    {'- ' * 9_000}x\n", 400),
    ),
    "alias bombs": ("9,000 documents of 9^11 values", lambda: _documents(_BOMB, 9_000)),
    "merge bombs": ("6,000 documents of 9^11 merges", lambda: _documents(_MERGES, 6_000)),
    "separators": ("2,000,000 lines of `---`", lambda: "---\n" * 2_000_000 + _HEAD),
    "directives": ("600,000 lines of `%YAML`", lambda: "%YAML 1.1\n---\n" * 600_000 + _HEAD),
    "documents": ("90,000 objects", lambda: _documents(f"{_HEAD}metadata: {{name: a}}\n", 90_000)),
    "duplicate keys": ("300,000 keys, each twice", lambda: _NAMED + _keys() * 2),
    "empty mappings": ("2,400,000 times `{}`", lambda: f"{_NAMED}  a: [{'{}, ' * 2_400_000}]\n"),
    "JSON": ("3,000,000 empty arrays", lambda: _JSON % f"{'[],' * 3_000_000}1"),
}


def _programs(peers: str) -> dict[str, list[str]]:
    """The programs that are there, ours first; `@` is the file, `%` the folder of the schema."""
    path = f"{peers}{os.pathsep}{os.environ.get('PATH', '')}"
    commands = {
        "yamllint": ["yamllint", "@"],
        "check-jsonschema": ["check-jsonschema", "--schemafile", "%/VirtualMachineSnapshot.json",
        "@"],
        "kubeconform": ["kubeconform", "-schema-location", "%/{{.ResourceKind}}.json", "@"],
        "checkov": ["checkov", "--skip-download", "--framework", "kubernetes", "--compact",
        "--quiet", "-f", "@"],
    }  # fmt: skip
    ours = [str(Path(sys.executable).with_name("vmsnap-lint")), "@"]
    there = {
        name: [program, *rest]
        for name, (word, *rest) in commands.items()
        if (program := shutil.which(word, path=path))
    }
    return {"vmsnap-lint": ours, **there}


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(command: list[str]) -> Answer:
    """Runs a program once."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_limited,  # noqa: PLW1509  # there are no threads
        )  # fmt: skip
        try:
            code = child.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            child.wait()
            return Answer(SECONDS, f"killed after {SECONDS} s")
        seconds = time.perf_counter() - began
        output.seek(0)
        said = output.read(2**24)
    if code < 0:
        return Answer(seconds, f"signal {-code}")
    return Answer(seconds, next((why for mark, why in _NO_ANSWERS.items() if mark in said), ""))


def _best(command: list[str], runs: int) -> Answer:
    """The fastest of some runs; what takes long is not run again."""
    answers = [_answer(command)]
    while len(answers) < runs and answers[-1].seconds < 3:
        answers.append(_answer(command))
    return min(answers, key=lambda answer: (bool(answer.lacks), answer.seconds))


def _shown(answer: Answer) -> str:
    if answer.lacks.startswith("killed"):
        return answer.lacks
    return f"{answer.seconds:.2f} s" + (f" ({answer.lacks})" if answer.lacks else "")


def main() -> int:
    """Prints the table; 1 if a peer answers before us."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="", help="a folder with the other programs")
    parser.add_argument("--input", action="append", choices=INPUTS, help="one of all (repeatable)")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    programs = _programs(asked.peers)
    later: list[str] = []
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}\n")
    print(f"| input | | {' | '.join(programs)} |\n|---|---|{'---|' * len(programs)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "virtualmachinesnapshot.json").write_text(_SCHEMA)
        for name in asked.input or INPUTS:
            what, content = INPUTS[name]
            made = content()
            file = Path(folder, "m.yaml")
            file.write_text(made)
            answers = {
                program: _best(
                    [word.replace("@", str(file)).replace("%", folder) for word in command],
                    asked.runs,
                )
                for program, command in programs.items()
            }
            print(f"| {name} | {what} | {' | '.join(map(_shown, answers.values()))} |", flush=True)
            ours = answers.pop("vmsnap-lint")
            later += [
                f"{name}: {program} answers in {answer.seconds:.2f} s, ours in {_shown(ours)}"
                for program, answer in answers.items()
                if not answer.lacks and (ours.lacks or answer.seconds < ours.seconds)
            ]
    print("\n" + ("\n".join(later) or "no other program answers before vmsnap-lint"))
    return int(bool(later))


if __name__ == "__main__":
    sys.exit(main())
