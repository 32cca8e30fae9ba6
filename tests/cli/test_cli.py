"""The program as it is called: streams, exit codes, and one line for every mistake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vmsnap_lint import __version__, cli
from vmsnap_lint.cli.command import Command, read_plain
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.output_formats import AUTO
from vmsnap_lint.core.addresses import REPOSITORY
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.errors import DefectError
from vmsnap_lint.report import BY_NAME
from vmsnap_lint.report.plans import BY_NAME as PLANS

SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
  namespace: prod
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: {source}
"""
MACHINE = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
  namespace: prod
spec:
  runStrategy: Halted
  template:
    spec:
      domain:
        devices:
          disks:
            - name: root
              disk: {bus: virtio}
      volumes:
        - name: root
          persistentVolumeClaim: {claimName: web-root}
"""
CLASSES = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-root, namespace: prod}
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: rbd.csi.ceph.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: fast-snap}
driver: rbd.csi.ceph.com
deletionPolicy: Retain
parameters:
  clusterID: rook-ceph
  csi.storage.k8s.io/snapshotter-secret-name: rook-csi-rbd-provisioner
  csi.storage.k8s.io/snapshotter-secret-namespace: rook-ceph
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A directory without a fault."""
    return _tree(tmp_path / "good", source="web")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A directory whose snapshot names a VM that does not exist."""
    return _tree(tmp_path / "bad", source="wbe")


def _tree(folder: Path, source: str) -> Path:
    folder.mkdir()
    (folder / "snapshot.yaml").write_text(SNAPSHOT.format(source=source))
    (folder / "vm.yaml").write_text(MACHINE)
    (folder / "storage.yaml").write_text(CLASSES)
    return folder


def lint(
    *arguments: object, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """What the program does with these arguments in a scrubbed environment."""
    return subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment},
        timeout=60,
        check=False,
    )


def mistake(*arguments: object) -> str:
    """The one line that the program says to arguments it cannot use."""
    ran = lint(*arguments)
    assert ran.returncode == cli.USAGE
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("vmsnap-lint: error: ")
    return line.removeprefix("vmsnap-lint: error: ")


# --- check


def test_a_tree_without_faults_is_clean(good: Path) -> None:
    ran = lint(good)
    assert (ran.returncode, ran.stdout) == (cli.CLEAN, "")
    assert ran.stderr.startswith("no findings in 3 files")


def test_a_fault_is_shown_on_stdout_and_counted_on_stderr(bad: Path) -> None:
    ran = lint("--format=full", bad)
    assert ran.returncode == cli.FINDINGS
    assert ran.stdout.startswith("error[source-vm-missing]: ")
    assert f"{bad / 'snapshot.yaml'}:10:11" in ran.stdout
    assert "\n10 |     name: wbe\n   |           ^^^\n" in ran.stdout
    assert "help: " in ran.stdout
    assert ran.stderr.splitlines()[-1].startswith("1 error in 3 files")


def test_the_verb_may_be_left_out(bad: Path) -> None:
    """With and without flags: the two ways in give the same output."""
    runs = [lint(bad), lint("check", bad), lint("check", bad, "--color", "never")]
    assert len({(ran.returncode, ran.stdout, ran.stderr) for ran in runs}) == 1


def test_no_path_means_here(bad: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint"],
        cwd=bad,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])},
    )
    assert ran.returncode == cli.FINDINGS
    assert "snapshot.yaml:10:11" in ran.stdout


@pytest.mark.parametrize("name", [AUTO, *BY_NAME])
def test_no_format_changes_the_exit_code(name: str, good: Path, bad: Path) -> None:
    codes = [lint("--format", name, path).returncode for path in (good, bad)]
    assert codes == [cli.CLEAN, cli.FINDINGS]


NAMED = "1 VM is named by no snapshot and was not judged (--all-vms)"


def test_a_vm_that_no_snapshot_names_is_counted(bad: Path) -> None:
    """A tree without snapshots has no findings, and no silence either."""
    assert NAMED in lint(bad).stderr.splitlines()
    (bad / "snapshot.yaml").unlink()
    ran = lint(bad)
    assert (ran.returncode, ran.stdout) == (cli.CLEAN, "")
    assert ran.stderr.splitlines() == [NAMED, "no findings in 2 files (4 objects, 0 VM snapshots)"]
    for flags in (["-q"], ["--all-vms"], ["--format=json"]):
        assert "named by no snapshot" not in lint(*flags, bad).stderr
    value = json.loads(lint("--format=json", bad).stdout)
    assert value["summary"]["unjudged_vms"] == 1


COPY = """\
apiVersion: clone.kubevirt.io/v1beta1
kind: VirtualMachineClone
metadata: {name: copy, namespace: prod}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: copy}
"""


@pytest.mark.parametrize("other", [SNAPSHOT.format(source="web"), COPY])
def test_a_vm_that_is_saved_or_copied_is_judged(bad: Path, other: str) -> None:
    (bad / "snapshot.yaml").write_text(other)
    assert "named by no snapshot" not in lint(bad).stderr


KUBEVIRT = """\
apiVersion: kubevirt.io/v1
kind: KubeVirt
metadata: {name: kubevirt, namespace: kubevirt}
status: {observedKubeVirtVersion: v1.6.2}
"""


def test_the_assumed_release_and_its_origin_are_told(good: Path) -> None:
    newest = "judged for KubeVirt 1.9 (the newest known; --kubevirt sets it)"
    assert lint(good).stderr.endswith(f"), {newest}\n")
    assert lint("--kubevirt=1.6", good).stderr.endswith("for KubeVirt 1.6 (--kubevirt)\n")
    assert lint("plan", good).stderr == f"{newest}\n"
    assert "judged" not in lint("plan", "-q", good).stderr
    (good / "kv.yaml").write_text(KUBEVIRT)
    origin = f"status of KubeVirt/kubevirt, {good / 'kv.yaml'}"
    assert lint(good).stderr.endswith(f"for KubeVirt 1.6.2 ({origin})\n")
    (judged,) = json.loads(lint("--format=json", good).stdout)["judged_for"]
    assert judged == {"kubevirt": "1.6.2", "source": origin, "clusters": []}
    (good / "snapshot.yaml").unlink()
    assert "judged" not in lint(good).stderr.splitlines()[-1]


def test_stdin_is_a_path(good: Path) -> None:
    ran = lint("-", stdin=SNAPSHOT.format(source="web") + "---\n" + MACHINE.replace("web", "w2", 1))
    assert ran.returncode == cli.FINDINGS
    assert ran.stdout.startswith("<stdin>:10:11: error[source-vm-missing] ")
    mixed = lint("-", good, stdin=MACHINE.replace("web", "second", 1))
    assert mixed.returncode == cli.CLEAN


def test_an_empty_stdin_is_a_mistake_unless_allowed() -> None:
    """`kustomize build | vmsnap-lint -` must not be clean because kustomize failed."""
    assert "standard input is empty" in mistake("-")
    assert lint("--allow-empty", "-").returncode == cli.CLEAN


def test_json_holds_all_and_stands_alone(bad: Path) -> None:
    ran = lint("--format", "json", bad)
    value = json.loads(ran.stdout)
    assert ran.stderr == ""
    (finding,) = (entry for entry in value["findings"] if entry["severity"] == "error")
    assert (finding["rule"], finding["line"], finding["column"]) == ("source-vm-missing", 10, 11)
    assert finding["path"] == "/spec/source/name"
    assert finding["object"]["name"] == "nightly"
    assert value["summary"]["errors"] == 1


def test_thresholds_and_exit_zero(tmp_path: Path) -> None:
    """A source VM that nobody declares is a warning."""
    file = tmp_path / "snapshot.yaml"
    file.write_text(SNAPSHOT.format(source="web"))
    flags: list[list[str]] = [[], ["--fail-on=warning"], ["--fail-on=warning", "--exit-zero"]]
    assert [lint(file, *more).returncode for more in flags] == [0, 1, 0]


def test_rules_are_selected_and_ignored(bad: Path) -> None:
    """Both flags take a list, and may be repeated."""
    flags = [
        ["--select=name-invalid,source-vm-missing"],
        ["--select=name-invalid", "--select", "source-vm-missing"],
        ["--select=name-invalid"],
        ["--ignore", "name-invalid, source-vm-missing"],
    ]
    assert [lint(bad, *more).returncode for more in flags] == [1, 1, 0, 0]


def test_quiet_leaves_the_result_alone(bad: Path) -> None:
    loud, quiet = lint(bad), lint("-q", bad)
    assert quiet.stderr == ""
    assert (quiet.returncode, quiet.stdout) == (loud.returncode, loud.stdout)


def test_colour_is_asked_for_or_guessed(bad: Path) -> None:
    runs = [
        lint(bad),
        lint(bad, FORCE_COLOR="1"),
        lint(bad, FORCE_COLOR="1", NO_COLOR="1"),
        lint(bad, "--color", "always", NO_COLOR="1"),
        lint(bad, "--color=never", FORCE_COLOR="1"),
    ]
    assert ["\x1b[" in ran.stdout for ran in runs] == [False, True, False, True, False]


def test_the_order_of_paths_changes_nothing(bad: Path) -> None:
    files = [bad / name for name in ("snapshot.yaml", "vm.yaml", "storage.yaml")]
    runs = [lint(*files), lint(*reversed(files)), lint("--format", "concise", *files)]
    assert len({(ran.returncode, ran.stdout, ran.stderr) for ran in runs}) == 1


@pytest.mark.parametrize("arguments", [[], ["--format=concise"], ["--format=json"], ["plan"]])
def test_a_hostile_manifest_cannot_reach_the_terminal(bad: Path, arguments: list[str]) -> None:
    """Its names are quoted in messages and its lines are shown, but no escape sequence is."""
    (bad / "snapshot.yaml").write_text(SNAPSHOT.format(source='"we\\e[2Jb\\u202e"'))
    (bad / "broken.yaml").write_text("kind: VirtualMachineSnapshot\n\x1b[2J: [\n")
    ran = lint(*arguments, bad)
    assert ran.returncode in {cli.CLEAN, cli.FINDINGS}
    assert not set(ran.stdout + ran.stderr) & set("\x1b\u202e\x07\x9b")


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("verb", ["check", "plan", "rule"])
def test_a_reader_that_leaves_is_not_an_error(bad: Path, verb: str) -> None:
    paths = [] if verb == "rule" else [str(bad)]
    expected = lint(verb, *paths).returncode
    process = subprocess.Popen(
        [sys.executable, "-m", "vmsnap_lint", verb, *paths, "--color=never"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == expected
    assert b"Traceback" not in stderr
    assert b"BrokenPipe" not in stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_result_that_cannot_be_written_is_an_error(bad: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "vmsnap_lint", str(bad)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == cli.USAGE
    assert ran.stderr.startswith("vmsnap-lint: error: the output cannot be written")


# --- mistakes


def _listed(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in mistake(tmp_path / "nowhere")


def test_a_directory_without_manifests_unless_that_is_allowed(tmp_path: Path) -> None:
    assert str(tmp_path) in mistake(tmp_path)
    assert lint("--allow-empty", tmp_path).returncode == cli.CLEAN


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read(good: Path) -> None:
    (good / "vm.yaml").chmod(0)
    ran = lint(good)
    assert ran.returncode == cli.USAGE
    assert 'vm.yaml" cannot be read (permission denied)' in ran.stderr


@pytest.fixture
def unread(bad: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with a path that is too long to be opened, for anyone."""
    here = Path.cwd()
    monkeypatch.chdir(bad)
    for _ in range(17):
        Path("d" * 250).mkdir()
        monkeypatch.chdir("d" * 250)
    monkeypatch.chdir(here)
    return bad


def test_the_others_are_linted_where_one_cannot_be_read(unread: Path) -> None:
    ran = lint("--format=concise", "--exit-zero", unread)
    assert ran.returncode == cli.USAGE
    assert "source-vm-" in ran.stdout
    summary, error = ran.stderr.splitlines()[-2:]
    assert " in 3 files " in summary
    assert re.fullmatch(
        r'vmsnap-lint: error: "/.*d+.*" cannot be read \(file name too long\): .*', error
    )
    assert len(error) < 500
    quiet = lint("--format=json", "--quiet", unread)
    assert quiet.returncode == cli.USAGE
    assert "cannot be read" in quiet.stderr
    (note,) = json.loads(quiet.stdout)["not_checked"]
    assert note["reason"] == "cannot be read (file name too long)"


def test_what_cannot_be_read_may_hold_what_is_missing(unread: Path) -> None:
    ran = lint("--format=json", unread)
    assert not [one for one in json.loads(ran.stdout)["findings"] if one["severity"] == "error"]


def test_plans_are_drawn_where_one_cannot_be_read(unread: Path) -> None:
    ran = lint("plan", unread)
    assert ran.returncode == cli.USAGE
    assert "nightly" in ran.stdout
    assert "cannot be read (file name too long)" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--foramt", "json"], "no such option --foramt (did you mean --format?)"),
        (["--format", "xml", "."], f'"xml" is not one of {_listed(AUTO, *BY_NAME)}'),
        (["--fail-on", "fatal", "."], '"fatal" is not one of "error", "warning", "info"'),
        (["--snapshot-mode", "on", "."], '"on" is not one of "offline", "online"'),
        (["plan", "--format", "full"], f'"full" is not one of {_listed(*PLANS)}'),
        (["--select"], "'--select' requires an argument"),
        (["--select", "source-vm-mising", "."], 'did you mean "source-vm-missing"?'),
        (["--format", "html", "."], '"markdown" (`vmsnap-lint plan --format` takes it)'),
        (["plan", "--format", "sarif"], '"html" (`vmsnap-lint check --format` takes it)'),
        (["--select", "claim-*", "."], 'no rule "claim-*" (globs are for policies only, as in'),
        (["--ignore", "a,b", "."], '--ignore: no rule "a" (`vmsnap-lint rule` lists them)'),
        (["--complete", "storageclass", "."], 'did you mean "StorageClass"?'),
        (["--kubevirt", "77", "."], '--kubevirt: no KubeVirt release "77" is known'),
        (["chek", "manifests"], 'did you mean the command "check"?'),
        (["-q", "plan"], 'did you mean the command "plan"? It comes first'),
        (["rule", "source-vm-mising"], 'did you mean "source-vm-missing"?'),
        (["rule", "a", "b"], "unexpected extra argument"),
        (["nowhere\n\x1b[2J"], "nowhere\\n\\x1b[2J"),
    ],
)
def test_a_mistake_takes_one_line_that_says_what_to_do(arguments: list[str], expected: str) -> None:
    assert expected in mistake(*arguments)


@pytest.mark.parametrize("before", [[], ["--tracked"], ["--root", "."], ["--fail-on", "info"]])
@pytest.mark.parametrize("verb", [[], ["check"]])
def test_behind_two_dashes_all_are_paths(
    verb: list[str],
    before: list[str],
    good: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(good)
    assert cli.run([*verb, *before, "--", "--no-cap", "vm.yaml"]) == cli.USAGE
    (told,) = capsys.readouterr().err.splitlines()
    assert 'no such file or directory "--no-cap" (behind `--` all are paths' in told
    (good / "--exit-zero").write_text(SNAPSHOT.format(source="nobody"))
    (good / "--quiet.yaml").write_text(SNAPSHOT.format(source="nobody"))
    for path in ("--exit-zero", "--quiet.yaml"):
        command = parse([*verb, *before, "--", path])
        assert command is not None
        assert command.arguments == (path,)
        plain = read_plain([*verb, *before, "--", path])
        assert plain is None or plain == command


def test_all_mistakes_of_the_flags_are_in_one_line() -> None:
    line = mistake("--select=x", "--ignore=y", "--complete=z", "--kubevirt=0", ".")
    assert re.findall(r"--[a-z]+(?=: (?:no|kind) )", line) == [
        "--select",
        "--ignore",
        "--complete",
        "--kubevirt",
    ]


# --- our fault, and the user's last word


def test_a_defect_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, DefectError("rule x failed on a.yaml"))
    assert cli.run(["a.yaml"]) == cli.DEFECT
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("vmsnap-lint: defect: rule x failed on a.yaml\n")
    assert f"{REPOSITORY}/issues" in err
    assert __version__ in err
    assert "Traceback" not in err


def test_an_unforeseen_defect_is_reported_with_its_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, ValueError("odd\x1b"))
    assert cli.run(["-v", "a.yaml"]) == cli.DEFECT
    err = capsys.readouterr().err
    assert err.startswith("vmsnap-lint: defect: ValueError: odd\\x1b\nTraceback")
    assert "\x1b" not in err


def test_an_interrupt_is_no_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())
    assert cli.run(["a.yaml"]) == cli.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def lint(*_: object) -> None:
        raise error

    monkeypatch.setattr("vmsnap_lint.engine.lint", lint)


# --- plan and rule


def test_plan_draws_what_a_snapshot_would_hold(good: Path) -> None:
    ran = lint("plan", good)
    assert ran.returncode == cli.CLEAN
    lines = ran.stdout.splitlines()
    assert lines[:2] == [
        'VirtualMachineSnapshot "nightly" in namespace "prod" of VirtualMachine "web"',
        "  complete: it contains every persistent volume",
    ]
    assert (
        "└─ root  yes  PVC web-root -> StorageClass fast -> VolumeSnapshotClass fast-snap"
        in lines[2]
    )


def test_plan_writes_json_for_programs(good: Path) -> None:
    value = json.loads(lint("plan", "--format", "json", good).stdout)
    assert "machines" not in value
    (snapshot,) = value["snapshots"]
    (volume,) = snapshot.pop("volumes")
    assert (snapshot["namespace"], snapshot["name"], snapshot["source"], snapshot["verdict"]) == (
        "prod",
        "nightly",
        "web",
        "complete",
    )
    assert (
        volume.items()
        >= {
            "name": "root",
            "claim": "web-root",
            "included": True,
            "storage_class": "fast",
            "snapshot_class": "fast-snap",
        }.items()
    )


def test_plan_shows_machines_when_asked(good: Path) -> None:
    (good / "snapshot.yaml").unlink()
    without, with_all = lint("plan", good), lint("plan", "--all-vms", good)
    assert without.stdout == ""
    assert "--all-vms" in without.stderr
    assert with_all.stdout.startswith('VirtualMachine "web" in namespace "prod"')
    value = json.loads(lint("plan", "--all-vms", "--format=json", good).stdout)
    assert [machine["name"] for machine in value["machines"]] == ["web"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- name: x\n  debug: {msg: a VirtualMachineSnapshot}\n", 0),
        ("apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n{{ if x }}\n", 0),
        ("- {apiVersion: snapshot.kubevirt.io/v1beta1, kind: VirtualMachineSnapshot}\n", 1),
        ("apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n: [\n", 1),
    ],
)
def test_plan_passes_over_what_check_passes_over(good: Path, text: str, code: int) -> None:
    """Lists of tasks and templates are noted; what Kubernetes would refuse is a fault."""
    (good / "more.yaml").write_text(text)
    assert lint("plan", good).returncode == lint("check", good).returncode == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("MigrationPolicy", 0),
        ("VirtualMachineInstanceMigration", 0),
        ("VirtualMachine", 1),
        ("VirtualMachineClone", 1),
        ("KubeVirt", 1),
    ],
)
def test_plan_minds_only_broken_objects_that_it_depends_on(
    good: Path, kind: str, code: int
) -> None:
    (good / "more.yaml").write_text(f"apiVersion: kubevirt.io/v1\nkind: {kind}\n: [\n")
    ran = lint("plan", good)
    assert ran.returncode == code
    assert "more.yaml" in ran.stderr


def test_plan_does_not_deny_a_class_that_is_there_but_rejected(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "good", source="web")
    snapshot_class = CLASSES.rpartition("driver: rbd.csi.ceph.com")
    (folder / "rejected.yaml").write_text(f"{snapshot_class[0]}driver: 7{snapshot_class[2]}")
    for file in folder.glob("*.yaml"):
        if file.name != "rejected.yaml" and file.read_text() == CLASSES:
            file.unlink()
    run = lint("plan", folder)
    assert "no VolumeSnapshotClass of the input is valid" in run.stdout


def test_plan_says_what_it_could_not_read(good: Path) -> None:
    """A snapshot may be missing in a plan, but never in silence."""
    (good / "more.yaml").write_text("kind: VirtualMachineSnapshot\n---\n" + SNAPSHOT + "\tx: [\n")
    tree, for_programs = lint("plan", good), lint("plan", "--format=json", good)
    assert [tree.returncode, for_programs.returncode] == [cli.FINDINGS, cli.FINDINGS]
    assert f"not checked: {good / 'more.yaml'}: line 13: " in tree.stderr
    left_out = json.loads(for_programs.stdout)["not_checked"]
    assert {one["file"] for one in left_out} == {str(good / "more.yaml")}
    assert any(one["reason"].startswith("line 13: ") for one in left_out)


def test_rule_lists_all_rules() -> None:
    ran = lint("rule")
    assert ran.returncode == cli.CLEAN
    assert [line.split()[0] for line in ran.stdout.splitlines()] == sorted(rule_ids())
    assert {line.split()[1] for line in ran.stdout.splitlines()} <= {"error", "warning", "info"}


def test_rule_shows_a_card() -> None:
    ran = lint("rule", "source-vm-missing")
    assert ran.stdout.startswith("error[source-vm-missing]: ")
    titles = re.findall(r"^(?! )[A-Z].*$", ran.stdout, re.MULTILINE)
    assert titles[:5] == ["Applies to", "Severity", "Fixed by", "Why", "Fix"]
    assert set(titles[5:-3]) == {"Wrong", "Right"}
    assert titles[-3:] == ["Suppress", "Since", "References"]


def test_rule_writes_json() -> None:
    every = json.loads(lint("rule", "--format=json").stdout)
    one = json.loads(lint("rule", "source-vm-missing", "--format=json").stdout)
    assert [rule["id"] for rule in every["rules"]] == sorted(rule_ids())
    assert one["rules"] == [rule for rule in every["rules"] if rule["id"] == "source-vm-missing"]


# --- the way in


def test_version_and_help() -> None:
    assert lint("--version").stdout == f"vmsnap-lint {__version__}\n"
    helps = [lint(*words) for words in (["-h"], ["check", "--help"], ["plan", "-h"], ["x", "-h"])]
    assert [ran.returncode for ran in helps] == [cli.CLEAN] * 4
    assert [ran.stdout.partition(" [OPTIONS] ")[0] for ran in helps] == [
        "Usage: vmsnap-lint",
        "Usage: vmsnap-lint check",
        "Usage: vmsnap-lint plan",
        "Usage: vmsnap-lint check",
    ]


def test_the_short_way_in_and_typer_have_the_same_defaults() -> None:
    assert parse(["check"]) == parse(["--color", "auto"]) == read_plain([]) == Command()
    assert parse(["plan"]) == Command("plan")
    assert parse(["rule"]) == Command("rule", ())
