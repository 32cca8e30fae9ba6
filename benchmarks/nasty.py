"""Times ten nasty inputs against other linters: `python -m benchmarks.nasty`.

yamllint, check-jsonschema, kubeconform and checkov are those on PATH; the ones that are not there
are left out. An answer is an exit with a message about the input within 30 s: what is ended
after that, or dies of a signal or an exception of its own, has not answered.
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


class Answer(NamedTuple):
    """How a program ended: its wall time, and why that is no answer ("" for an answer)."""

    seconds: float
    lacks: str


def _levels(first: str, level: Callable[[int], str], count: int) -> str:
    return f"{_NAMED}  a0: {first}\n" + "".join(f"  a{n}: {level(n)}\n" for n in range(1, count))


INPUTS: dict[str, tuple[str, Callable[[], str | bytes]]] = {
    "deep nesting": ("100,000 open brackets", lambda: f"{_NAMED}  a: {'[' * 100_000}\n"),
    "alias bomb": (
        "a list of nine lists, twelve times over",
        lambda: _levels("&a0 [x]", lambda n: f"&a{n} [{', '.join([f'*a{n - 1}'] * 9)}]", 12),
    ),
    "merge bomb": (
        "a mapping merged nine times, twelve times over",
        lambda: _levels("&a0 {k: v}",
        lambda n: f"&a{n} {{k{n}: v, <<: [{', '.join([f'*a{n - 1}'] * 9)}]}}", 12),
    ),
    "giant scalar": ("one word of 9 MB", lambda: f"{_NAMED}  a: {'x' * 9_000_000}\n"),
    "separators": ("2,000,000 lines of `---`", lambda: "---\n" * 2_000_000 + _HEAD),
    "UTF-16": ("4 MB of UTF-16 without a mark",
    lambda: (_NAMED + "  a: b\n" * 300_000).encode("utf-16-le")),
    "duplicate keys": ("200,000 keys, each twice",
    lambda: _NAMED + "".join(f"  k{n}: 1\n" for n in range(200_000)) * 2),
    "huge JSON": (
        "9 MB of small numbers",
        lambda: _JSON % ", ".join("1" * 3_000_000),
    ),
    "empty mappings": ("900,000 times `{}`", lambda: f"{_NAMED}  a: [{'{}, ' * 900_000}]\n"),
    "colons": ("500,000 pairs of colons in flows",
    lambda: f"{_NAMED}  a: {{{'a::b, ' * 500_000}}}\n"),
}  # fmt: skip


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
    raised = b"Traceback (most recent call last)" in said or b"goroutine " in said
    return Answer(seconds, "exception" if raised or b"MemoryError" in said else "")


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
        Path(folder, "VirtualMachineSnapshot.json").write_text(_SCHEMA)
        for name in asked.input or INPUTS:
            what, content = INPUTS[name]
            made = content()
            file = Path(folder, "m.json" if name == "huge JSON" else "m.yaml")
            file.write_bytes(made if isinstance(made, bytes) else made.encode())
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
