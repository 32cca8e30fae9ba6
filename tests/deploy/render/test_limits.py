"""Programs are ended at hard limits, open no socket, start no process, and never outlive us."""

from __future__ import annotations

import ctypes
import http.server
import os
import resource
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from tests.shared import ROOT
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.deploy.render import guard, guarded, protocol, unguarded
from vmsnap_lint.deploy.render.confinement import network_filter
from vmsnap_lint.deploy.render.programs import Ending, ProgramLimits, find, run_all, settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vmsnap_lint.deploy.render.programs import Output

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs prctl and seccomp")
KUSTOMIZATION = {"kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n"}
TREE = {**KUSTOMIZATION, "vm.yaml": VM, "snapshot.yaml": SNAPSHOT}


def python(home: Path, *codes: str, limits: ProgramLimits | None = None) -> list[Output]:
    """The outputs of this Python as the program, with that code."""
    commands = [[sys.executable, "-I", "-S", "-c", code] for code in codes]
    return run_all(commands, str(home), limits or ProgramLimits())


def tool(directory: Path, name: str, code: str) -> str:
    """A search path with a program of that name, a script of Python."""
    path = directory / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable} -S\n{code}\n")
    path.chmod(0o755)
    return str(path.parent)


@linux
@pytest.mark.parametrize(
    ("code", "limits", "error"),
    [
        ("x = bytearray(2**29)", ProgramLimits(), "more than 240 MiB of memory"),
        ("x = []\nwhile True: x.append(bytes(2**20))", ProgramLimits(), "of memory"),
        ("while True: pass", ProgramLimits(cpu=1), "more than 1 seconds of processor time"),
        ("while True: print('x' * 1000)", ProgramLimits(), "longer than 10,485,760 bytes"),
        ("import time; time.sleep(60)", ProgramLimits(seconds=0.5), "longer than 0.5 seconds"),
        (
            "import os, time; os.close(1); os.close(2); time.sleep(60)",
            ProgramLimits(seconds=0.5), "longer than 0.5 seconds",
        ),
        (
            "import signal, time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(60)",
            ProgramLimits(seconds=0.5), "longer than 0.5 seconds",
        ),
        (
            "import os\nwhile True: os.write(2, bytes(2**16))",
            ProgramLimits(seconds=0.5), "longer than 0.5 seconds",
        ),
    ],
)  # fmt: skip
def test_a_limit_ends_a_program_and_is_named(
    tmp_path: Path, code: str, limits: ProgramLimits, error: str
) -> None:
    (output,) = python(tmp_path, code, limits=limits)
    assert (output.data, output.ending, error in output.limit) == (b"", Ending.STOPPED, True)


@linux
def test_what_hogs_memory_stays_small(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "import resource\n"
        "from vmsnap_lint.deploy.render.programs import ProgramLimits, run_all\n"
        "hog = 'x = []\\nwhile True: x.append(bytearray(b\"x\" * 2**20))'\n"
        "run_all([[sys.executable, '-c', hog]], sys.argv[2], ProgramLimits())\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    command = [sys.executable, "-c", code, str(ROOT), str(tmp_path)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    assert 200 * 1024 < int(run.stdout) < 300 * 1024


@linux
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os; os.fork()", "Permission denied"),
        ("import os; os.posix_spawn('/bin/true', ['true'], {})", "Permission denied"),
        ("open('big', 'wb').write(bytes(2**21))", "File too large"),
        ("import os; [os.open('/', 0) for _ in range(300)]", "Too many open files"),
        ("import _socket; _socket.socket(2, 1)", "Permission denied"),
        ("import _socket; _socket.socket(10, 2)", "Permission denied"),
        ("import _socket; _socket.socket(1, 1)", "Permission denied"),
        ("import _socket; _socket.socketpair()", "Permission denied"),
    ],
)
def test_what_is_walled_off_is_refused(tmp_path: Path, code: str, error: str) -> None:
    (output,) = python(tmp_path, code)
    assert (output.ending, error in output.error) == (Ending.FAILED, True), output.error


@linux
def test_threads_are_allowed_and_only_one_limit_of_descriptors_is_inherited(tmp_path: Path) -> None:
    code = (
        "import os, threading\n"
        "one = threading.Thread(target=print, args=('thread',)); one.start(); one.join()\n"
        "print(sorted(int(name) for name in os.listdir('/proc/self/fd'))[:4])\n"
    )
    (output,) = python(tmp_path, code)
    assert output.data == b"thread\n[0, 1, 2, 3]\n", output.error  # 3 reads that directory


class _Canary(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []  # noqa: RUF012 # of the class on purpose

    def do_GET(self) -> None:
        """Answers, so that a caller would succeed."""
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def canary() -> Iterator[int]:
    """The port of a server on this machine."""
    _Canary.hits.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@linux
@pytest.mark.parametrize("name", ["kustomize", "helm"])
def test_a_program_reaches_no_server_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: int, name: str
) -> None:
    tree = TREE if name == "kustomize" else {"Chart.yaml": "name: x\n", "templates/vm.yaml": VM}
    write(tmp_path / "tree", tree)
    code = (
        f"import http.client\nto = http.client.HTTPConnection('127.0.0.1', {canary})\n"
        "to.request('GET', '/x')\nto.getresponse()"
    )
    tools = tool(tmp_path, name, code)
    monkeypatch.chdir(tmp_path / "tree")
    assert not_checked(lint(tools))
    assert _Canary.hits == []
    plain = subprocess.run([f"{tools}/{name}"], check=True)
    assert (plain.returncode, _Canary.hits) == (0, ["/x"])  # the canary sings outside of the walls


needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) < 1,
    reason="needs Landlock in the kernel",
)


@needs_landlock
def test_a_program_apart_opens_only_what_is_in_its_home(tmp_path: Path) -> None:
    home, secret = tmp_path / "home", tmp_path / "secret"
    write(home, {"files/inside": "inside"})
    secret.write_text("SECRET")
    (home / "link").symlink_to(secret)
    (home / "below").symlink_to(tmp_path)
    cat, ls = (f"{at}/{name}" for at, name in (("/bin", "cat"), ("/bin", "ls")))
    refused = [
        [cat, str(secret)], [cat, f"{home}/link"], [cat, f"{home}/below/secret"],
        [cat, "/proc/self/root" + str(secret)], [cat, "/proc/self/environ"], [cat, "/etc/passwd"],
        [cat, "/dev/zero"], [ls, str(tmp_path)], [cat, f"{home}/../secret"],
    ]  # fmt: skip
    *outputs, inside = run_all(
        [*refused, [cat, f"{home}/files/inside"]], str(home), ProgramLimits(), apart=True
    )
    assert [output.data for output in outputs] == [b""] * len(refused)
    assert all("Permission denied" in output.error for output in outputs)
    assert inside.data == b"inside"
    (free,) = run_all([[cat, f"{home}/link"]], str(home), ProgramLimits())
    assert free.data == b"SECRET"


@needs_landlock
@pytest.mark.parametrize("name", ["kubectl", "helm"])
def test_real_programs_work_apart(tmp_path: Path, name: str) -> None:
    program = find(name, os.environ["PATH"])
    if not program:
        pytest.skip(f"needs {name}")
    write(tmp_path, {f"files/{path}": text for path, text in TREE.items()})
    chart = "apiVersion: v2\nname: x\nversion: 1.0.0\n"
    write(tmp_path, {"chart/Chart.yaml": chart, "chart/templates/vm.yaml": VM})
    verb = {"kubectl": ["kustomize", "files"], "helm": ["template", "x", "chart"]}[name]
    (output,) = run_all([[program, *verb]], str(tmp_path), ProgramLimits(), apart=True)
    assert (output.error, b"VirtualMachine" in output.data) == ("", True)


@linux
def test_a_wrapper_may_start_the_program_but_opens_no_socket_either(tmp_path: Path) -> None:
    inner = "import _socket\ntry: _socket.socket()\nexcept OSError as e: print(e.strerror)"
    wrapper = tmp_path / "kubectl"
    wrapper.write_text(f"#!/bin/sh\n{sys.executable} -I -S -c '{inner}'\necho done\n")
    wrapper.chmod(0o755)
    (output,) = run_all([[str(wrapper)]], str(tmp_path), ProgramLimits())
    assert output.data == b"Permission denied\ndone\n", output.error


def test_the_filter_is_made_for_machines_that_it_knows() -> None:
    assert network_filter("riscv64", may_fork=False) == b""
    for machine in ("x86_64", "aarch64"):
        strict, lenient = (network_filter(machine, may_fork=forks) for forks in (False, True))
        assert len(strict) > len(lenient) > 0
        assert len(strict) % 8 == 0


def test_all_programs_together_have_limits_and_one_stands_for_the_rest(tmp_path: Path) -> None:
    slow = ["import time; time.sleep(1)"] * 40
    outputs = python(tmp_path, *slow, limits=ProgramLimits(run_seconds=-19))
    limits = ProgramLimits(run_bytes=0)
    endings = [output.ending for output in settled(outputs, limits)]
    assert endings.count(Ending.STOPPED) == 1
    assert endings.count(Ending.NOT_DONE) >= 20
    assert {output.limit for output in outputs if output.limit} == {
        "all trees together took longer than 1 seconds"
    }


def test_the_output_of_all_programs_is_limited(tmp_path: Path) -> None:
    limits = ProgramLimits(run_bytes=2000)
    outputs = python(tmp_path, *["print('x' * 900)"] * 20, limits=limits)
    done = [output for output in outputs if output.ending is Ending.DONE]
    assert 1 <= len(done) <= 2
    assert {output.limit for output in outputs if output.limit} == {
        "the output of all trees is longer than 2,000 bytes"
    }


def test_larger_trees_get_more_time() -> None:
    limits = ProgramLimits()
    assert [limits.cpu_seconds(size) for size in (0, 100_000, 2**19, 2**30)] == [3, 5, 15, 30]
    assert limits.in_all(4) < 90


@pytest.mark.parametrize("answers", [guarded.answers, unguarded.answers])
def test_both_ways_give_the_same_answers(tmp_path: Path, answers: object) -> None:
    codes = {
        "print('fine')": (protocol.EXIT, 0, b"fine\n"),
        "import os; os.write(2, b'broken'); os._exit(4)": (protocol.EXIT, 4, b""),
        # ended by a limit: by a signal, or as its pipe was closed first
        "import time; time.sleep(60)": (protocol.TIME, None, b""),
        "while True: print('x' * 99)": (protocol.OUTPUT, None, b""),
    }
    limits = guarded.RunLimits(False, 4, 60, 4, 2**30, 2**16)
    jobs = [(4, [sys.executable, "-S", "-c", code]) for code in codes]
    given = answers(jobs, {"A": "b"}, str(tmp_path), limits)  # type: ignore[operator]
    short = {
        (a.reason, a.status, a.output[:10]) if a.reason == protocol.EXIT else (a.reason, None, b"")
        for a in given.values()
    }
    assert short == set(codes.values())
    none = answers(jobs, {}, str(tmp_path), limits._replace(run_seconds=0))  # type: ignore[operator]
    assert {answer.reason for answer in none.values()} == {protocol.RUN_TIME}


# Forks where pytest may have threads; what is forked is replaced at once.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    "parent", ["waits", "needs no more", "has died", "has died while it waits"]
)
def test_the_guard_answers_or_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parent: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    codes = ["print('x')", "1 / 0", "import time; time.sleep(60)", "while True: print('x' * 99)"]
    if parent == "has died":
        codes = ["import time; time.sleep(60)"] * 3
    jobs = [(4, [sys.executable, "-S", "-c", code]) for code in codes]
    limits = guarded.RunLimits(True, 3, 30, 4, 2**30, 2**12)
    source, to_source = os.pipe()
    from_sink, sink = os.pipe()
    os.write(to_source, guarded._request(jobs, {"A": "b"}, limits))
    if parent == "needs no more":
        os.write(to_source, protocol.END)
    if parent == "has died":
        os.close(to_source)
    if parent == "has died while it waits":
        os.close(from_sink)
        os.close(to_source)
    # Until it is another program, a child is as large as this process, which holds all the tests.
    monkeypatch.setattr(protocol, "MOST_MEMORY", 2**40)
    guard.serve(source, sink)
    assert home.exists() is (parent in ("waits", "needs no more"))
    if parent == "waits":
        os.close(sink)
        reasons = set()
        with open(from_sink, "rb") as answers:  # noqa: PTH123 # a descriptor
            while head := answers.read(protocol.ANSWER.size):
                number, reason, _, *lengths = protocol.ANSWER.unpack(head)
                reasons.add((number, reason))
                answers.read(sum(lengths))
        assert reasons == {(0, protocol.EXIT), (1, protocol.EXIT), (2, protocol.TIME),
                           (3, protocol.OUTPUT)}  # fmt: skip


def test_a_guard_that_nobody_asks_ends() -> None:
    source, to_source = os.pipe()
    os.close(to_source)
    with pytest.raises(EOFError):
        guard.serve(source, source)


def test_without_the_guard_all_that_a_program_started_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "slow"
    script.write_text("#!/bin/sh\n/bin/sleep 60 & /bin/sleep 60\n")
    script.chmod(0o755)
    limits = guarded.RunLimits(False, 1, 60, 0.2, 2**20, 2**20)
    began = time.monotonic()
    given = unguarded.answers([(4, [str(script)])], {}, str(tmp_path), limits)
    assert given[0].reason == protocol.TIME
    assert time.monotonic() - began < 30
    missing = unguarded.answers([(4, [str(tmp_path / "none")])], {}, str(tmp_path), limits)
    assert b"cannot run" in missing[0].errors


def test_a_guard_that_cannot_work_leaves_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "_START", "raise SystemExit(1)")
    (output,) = python(tmp_path, "print(1)")
    assert (output.error, output.ending) == ("it was ended from outside", Ending.STOPPED)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    (output,) = run_all([["kubectl"]], str(tmp_path), ProgramLimits())
    assert (output.ending, "no program can be started" in output.error) == (Ending.FAILED, True)


@linux
def test_a_tree_at_a_limit_is_an_error_even_where_nothing_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "tree" / "k", {"kustomization.yaml": "resources: [vm.yaml]", "vm.yaml": VM})
    write(tmp_path / "tree" / "c", {"Chart.yaml": "name: c\n", "templates/vm.yaml": VM})
    hog = "x = bytearray(2**30)"
    tools = tool(tmp_path, "kubectl", hog)
    tool(tmp_path, "helm", hog)
    monkeypatch.chdir(tmp_path / "tree")
    report = lint(tools)
    assert findings_at(report) == [
        ("c/Chart.yaml", 1, "render-failed"), ("k/kustomization.yaml", 1, "render-failed"),
    ]  # fmt: skip
    advice = "pipe its output into vmsnap-lint, or pass --render never"
    assert {finding.message for finding in report.findings if finding.rule == "render-failed"} == {
        f"helm: it took more than 240 MiB of memory; {advice}",
        f"kustomize: it took more than 240 MiB of memory; {advice}",
    }
    assert not_checked(report)["c"] == "not rendered: it took more than 240 MiB of memory"


@pytest.mark.parametrize("tree", [TREE, {"Chart.yaml": "name: x\n", "templates/vm.yaml": VM}])
def test_without_a_temporary_directory_nothing_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: dict[str, str]
) -> None:
    def none(**_: object) -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    write(tmp_path / "tree", tree)
    tools = tool(tmp_path, "kubectl", "print()")
    tool(tmp_path, "helm", "print()")
    monkeypatch.chdir(tmp_path / "tree")
    monkeypatch.setattr("tempfile.mkdtemp", lambda *_, **__: none())
    report = lint(tools)
    reason = "not rendered: no temporary directory can be written (there is none)"
    assert (findings_at(report), reason in not_checked(report).values()) == ([], True)
    with pytest.raises(UsageError, match="no temporary directory can be written"):
        lint(tools, render="require")


def test_a_full_temporary_directory_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    write(tmp_path / "tree", TREE)
    monkeypatch.chdir(tmp_path / "tree")
    monkeypatch.setattr("vmsnap_lint.deploy.render.kustomize_jobs._wrap", full)
    report = lint(tool(tmp_path, "kubectl", "print()"))
    reason = "not rendered: no temporary directory can be written (No space left on device)"
    assert not_checked(report)["kustomization.yaml"] == reason


@linux
def test_the_limits_of_this_process_stay(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    python(tmp_path, "print(1)")
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
