"""A baseline hides what is known, and tells what of it is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from tests.report.test_suppress import FAULTY, MISSING, TEXT, lines_and_rules
from vmsnap_lint import engine
from vmsnap_lint.checks.catalog import RuleSelection
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Accepted, Severity, SuppressionKind
from vmsnap_lint.report import baseline

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Report

ALL = RuleSelection(Settings()).conclusive()


def lint(text: str, **settings: object) -> Report:
    """Everything that is found in a text."""
    given_ = Settings()._replace(**settings)  # type: ignore[arg-type]
    return engine.lint(("-",), text.encode(), given_).report


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "baseline.json")


@pytest.fixture
def known(file: str) -> str:
    """A baseline of the faults of FAULTY."""
    baseline.write(file, baseline.accepted(lint(FAULTY).findings))
    return file


def test_what_is_accepted_is_hidden_and_what_is_new_is_shown(known: str) -> None:
    before = lint(FAULTY)
    after = lint(FAULTY, baseline=known)
    assert (after.findings, after.stale) == ((), ())
    assert tuple(one.finding for one in after.suppressed) == before.findings
    assert {one.kind for one in after.suppressed} == {SuppressionKind.EXTERNAL}
    worse = FAULTY.replace("namespace: prod}", "namespace: prod, unknown: x}")
    assert [found.rule for found in lint(worse, baseline=known).findings] == ["field-unknown"]


def test_what_is_gone_is_stale(known: str) -> None:
    only = frozenset((MISSING,))
    report = lint(FAULTY.replace("wbe", "web"), baseline=known, select=only)
    assert [entry.rule for entry in report.stale] == [MISSING]
    assert report.exit_code(Severity.INFO) == 0


def test_what_was_not_looked_for_is_not_stale(known: str, tmp_path: Path) -> None:
    mended = FAULTY.replace("wbe", "web")
    assert lint(mended, baseline=known, ignore=frozenset((MISSING,))).stale == ()
    (tmp_path / "other.yaml").write_text(mended)
    elsewhere = engine.lint((str(tmp_path),), None, Settings(baseline=known)).report
    assert elsewhere.stale == ()


def test_what_could_not_be_seen_without_a_revision_is_not_stale(file: str) -> None:
    drift = Accepted("0", "spec-immutable-drift", "<stdin>", "")
    missing = Accepted("1", MISSING, "<stdin>", "")
    baseline.write(file, [drift, missing])
    assert lint(TEXT, baseline=file).stale == (missing,)
    assert "spec-immutable-drift" in RuleSelection(Settings(since="main")).conclusive()


@pytest.mark.parametrize(
    ("file", "paths", "expected"),
    [
        ("a.yaml", ["."], True),
        ("sub/a.yaml", ["."], True),
        ("sub/a.yaml", ["./sub/"], True),
        ("sub/a.yaml", ["sub/a.yaml"], True),
        ("sub/a.yaml", ["other", "sub/b.yaml"], False),
        ("subway/a.yaml", ["sub"], False),
        ("../a.yaml", ["."], False),
        ("../a.yaml", [".."], True),
        ("/etc/a.yaml", ["."], False),
        ("/etc/a.yaml", ["/"], True),
        ("<stdin>", ["."], False),
        ("<x>.yaml", ["."], True),
        ("<stdin>", ["-"], True),
    ],
)
def test_an_entry_is_stale_where_its_file_belongs_to_the_paths(
    file: str, paths: list[str], expected: bool
) -> None:
    """Also when the file is gone: with it, its faults are."""
    entry = Accepted("0", MISSING, file, "")
    report = baseline.apply(lint(TEXT), [entry], ALL, paths)
    assert report.stale == ((entry,) if expected else ())


def test_what_a_comment_hides_as_well_is_not_stale(known: str) -> None:
    text = FAULTY.replace("name: wbe", f"name: wbe  # vmsnap-lint: ignore[{MISSING}] by hand")
    report = lint(text, baseline=known)
    assert (report.findings, report.stale) == ((), ())
    assert "by hand" in {one.reason for one in report.suppressed}


def test_the_file_is_the_same_for_the_same_findings(known: str, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    found = lint("\n\n# higher\n" + FAULTY).findings
    baseline.write(str(again), baseline.accepted(reversed(found)))
    with open(known, encoding="utf-8") as first:  # noqa: PTH123
        text = first.read()
    assert again.read_text(encoding="utf-8") == text
    assert text.endswith("}\n")
    assert list(json.loads(text)["findings"][0]) == ["fingerprint", "rule", "file", "message"]
    assert baseline.read(known) == baseline.accepted(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("\xff", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", 'it has no "version"'),
        ('{"findings": []}', 'it has no "version"'),
        ('{"version": 2, "findings": []}', "its version is 2, but 1 is supported"),
        ('{"version": 1}', 'its "findings" is not an array'),
        ('{"version": 1, "findings": {}}', 'its "findings" is not an array'),
        ('{"version": 1, "findings": [[]]}', "its finding 1 lacks"),
        ('{"version": 1, "findings": [{"fingerprint": "0"}]}', "its finding 1 lacks"),
    ],
)
def test_a_broken_file_is_reported_with_its_name(file: str, text: str, reason: str) -> None:
    with open(file, "wb") as broken:  # noqa: PTH123
        broken.write(text.encode("latin-1"))
    with pytest.raises(UsageError) as raised:
        lint(TEXT, baseline=file)
    message = str(raised.value)
    assert message.startswith(f'"{file}" is not a baseline: {reason}')
    assert "\n" not in message


def test_a_file_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing" / "baseline.json")
    with pytest.raises(UsageError, match=r"no baseline .*missing.*--write-baseline creates one"):
        baseline.read(missing)
    with pytest.raises(UsageError, match=r"cannot write the baseline .*missing"):
        baseline.write(missing, ())


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "."])
def test_no_device_is_read_or_written(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    if name == "pipe":
        os.mkfifo(path)
    else:
        with pytest.raises(UsageError, match=r"cannot read the baseline .*\((it is|is) a"):
            baseline.read(path)
    with pytest.raises(UsageError, match="cannot write the baseline"):
        baseline.write(path, ())


def test_a_baseline_that_is_too_long_is_not_read(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(file).write_text(" " * 100)
    monkeypatch.setattr(baseline, "_MOST_BYTES", 99)
    with pytest.raises(UsageError, match=r"\(it has more than 99 bytes\)"):
        baseline.read(file)


def test_on_a_full_disk_the_older_one_stays(tmp_path: Path, known: str) -> None:
    before = Path(known).read_bytes()
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from vmsnap_lint.core.model import Accepted\n"
        "from vmsnap_lint.report import baseline\n"
        f"baseline.write({known!r}, [Accepted('x' * 2000, '', '', '')])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "UsageError: cannot write the baseline" in run.stderr
    assert Path(known).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.json"]


def test_the_mode_of_a_baseline_is_kept_and_a_new_one_is_as_others(tmp_path: Path) -> None:
    old, new, other = (tmp_path / name for name in ("old.json", "new.json", "other"))
    old.write_text("")
    old.chmod(0o640)
    other.write_text("")
    for path in (old, new):
        baseline.write(str(path), ())
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize(
    ("link", "target", "name"),
    [
        ("base.json", "../out.json", "base.json"),
        ("base.json", "/dev/null", "base.json"),
        ("sub", "..", "sub/out.json"),
        ("sub", "../other", "sub/out.json"),
        ("base.json", ".git/hooks", "base.json"),
    ],
)
def test_a_link_of_a_repository_leads_nowhere_else(
    tmp_path: Path, link: str, target: str, name: str
) -> None:
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "other/.git").mkdir(parents=True)
    (tmp_path / "out.json").write_text("mine")
    (tmp_path / "repo" / link).symlink_to(target)
    with pytest.raises(UsageError, match=r"cannot write the baseline .*\(a link leads out of"):
        baseline.write(str(tmp_path / "repo" / name), ())
    assert (tmp_path / "out.json").read_text() == "mine"


def test_a_link_within_a_repository_is_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "real.json").write_text("")
    (tmp_path / "base.json").symlink_to("real.json")
    baseline.write(str(tmp_path / "base.json"), ())
    assert (tmp_path / "base.json").is_symlink()
    assert baseline.read(str(tmp_path / "real.json")) == ()


def test_equal_faults_are_counted(known: str) -> None:
    """One more of the same kind is a new one."""
    (finding, *_) = lint(TEXT).findings
    twice = [finding._replace(fingerprint=str(number)) for number in (1, 2)]
    report = lint(TEXT)._replace(findings=tuple(twice))
    shown = baseline.apply(report, baseline.accepted(twice[:1]), ALL, ["-"]).findings
    assert [found.fingerprint for found in shown] == ["2"]
    assert lines_and_rules(shown) == lines_and_rules(twice[1:])


@bounded(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from(["", "# x", "   ", "# x: y"]))))
def test_lines_put_in_elsewhere_keep_a_baseline_valid(added: list[tuple[int, str]]) -> None:
    entries = baseline.accepted(lint(FAULTY).findings)
    lines = FAULTY.splitlines()
    for number, line in added:
        lines.insert(number, line)
    report = baseline.apply(lint("\n".join(lines) + "\n"), entries, ALL, ["-"])
    assert (report.findings, report.stale) == ((), ())
    assert len(report.suppressed) == len(entries)
