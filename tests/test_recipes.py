"""The recipes in the README and the guides are valid, and their scripts run the real program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.markdown import page
from tests.ready.programs import of_our_own, program, run, schema_mistakes
from tests.ready.runner import ACTION
from tests.repositories import commit, git
from tests.shared import ROOT
from vmsnap_lint import __version__
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.config.settings import ROWS
from vmsnap_lint.core.addresses import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGES = ("README.md", "docs/guides/ci.md", "docs/guides/adopting.md")
RECIPES = [
    (name, fence.text) for name in PAGES for fence in page(name).fences if fence.language == "yaml"
]
FLEET = [yaml.safe_load(fence.text) for fence in page("docs/guides/scale.md").fences
         if fence.language == "yaml"]  # fmt: skip
FLEET_TEXTS = [fence.text for fence in page("docs/guides/scale.md").fences
               if fence.language == "yaml" and "jobs:" in fence.text]  # fmt: skip
OBJECTS = [(text, list(yaml.safe_load_all(text))) for _, text in RECIPES]
KEYS = {row.key for row in ROWS if row.in_file}
WORKFLOWS = [(text, objects[0]) for text, objects in OBJECTS if "jobs" in objects[0]]
PIPELINES = [(text, objects[0]) for text, objects in OBJECTS if "vmsnap-lint" in objects[0]]
JOBS = [objects[0] for _, objects in OBJECTS if objects[0].get("kind") == "Job"]
COMPONENTS = [objects[0]["include"] for _, objects in OBJECTS if "include" in objects[0]]
HOOKS = [objects[0] for _, objects in OBJECTS if "repos" in objects[0]]
CONFIGURATIONS = [text for text, objects in OBJECTS if objects[0].keys() <= KEYS]
STEPS = [step for _, workflow in WORKFLOWS for step in workflow["jobs"]["vmsnap-lint"]["steps"]]
_STUBS = ("pip", "pipx", "curl", "tar", "chmod")


def test_every_recipe_is_of_a_kind_that_is_tested() -> None:
    assert [len(part) for part in (WORKFLOWS, PIPELINES, JOBS, HOOKS)] == [3, 1, 2, 3]
    assert len(CONFIGURATIONS) == 3
    seen = [*WORKFLOWS, *PIPELINES, *COMPONENTS, *JOBS, *HOOKS, *CONFIGURATIONS]
    rest = [objects[0] for _, objects in OBJECTS if not _is_tested(objects[0])]
    assert len(seen) + len(rest) == len(RECIPES)
    assert [sorted(one) for one in rest if "kind" not in one] == [["name"], ["spec"], ["name"]]


def _is_tested(one: Mapping[str, Any]) -> bool:
    known = {"jobs", "vmsnap-lint", "include", "repos"}
    return one.get("kind") == "Job" or one.keys() <= KEYS or not known.isdisjoint(one)


@pytest.mark.parametrize("text", [*(text for text, _ in WORKFLOWS), *FLEET_TEXTS])
def test_a_workflow_fits_the_schema(text: str, tmp_path: Path) -> None:
    assert schema_mistakes("github-workflows", _workflow(text, tmp_path)) == []


@pytest.mark.parametrize("text", [*(text for text, _ in WORKFLOWS), *FLEET_TEXTS])
def test_actionlint_finds_nothing_in_a_workflow(text: str, tmp_path: Path) -> None:
    file = _workflow(text, tmp_path)
    done = run(program("actionlint"), "-no-color", str(file), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("text", [*(text for text, _ in WORKFLOWS), *FLEET_TEXTS])
def test_zizmor_finds_nothing_in_a_workflow(text: str, tmp_path: Path) -> None:
    file = _workflow(text, tmp_path)
    rules = tmp_path / "zizmor.yml"  # the tag of a release that has no hash yet
    rules.write_text(f"rules: {{unpinned-uses: {{config: {{policies: {{{_OWN}: ref-pin}}}}}}}}\n")
    command = (program("zizmor"), "--offline", "--config", str(rules), "--format=plain", str(file))
    assert "No findings to report" in run(*command, cwd=tmp_path).stdout


def test_a_workflow_may_do_no_more_than_it_says() -> None:
    rights = [workflow["permissions"] for _, workflow in WORKFLOWS]
    assert [right for right in rights if right not in ({}, {"contents": "read"})] == []


def _workflow(text: str, tmp_path: Path) -> Path:
    file = tmp_path / ".github" / "workflows" / "lint.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


_OWN = '"vmsnap-lint/*"'


def test_the_action_has_the_inputs_and_outputs_that_are_used() -> None:
    ours = [step for step in STEPS if step.get("uses") == f"vmsnap-lint/vmsnap-lint@v{__version__}"]
    assert len(ours) == 2
    for step in ours:
        assert step["with"].keys() <= ACTION["inputs"].keys()
        assert step["with"]["render"] == "require"
    used = re.findall(r"steps\.lint\.outputs\.([\w-]+)", str(STEPS))
    assert used
    assert set(used) <= ACTION["outputs"].keys()


@pytest.mark.parametrize("step", [step for step in STEPS if "uses" in step and "@v" in str(step)])
def test_actions_of_others_are_pinned(step: Mapping[str, Any]) -> None:
    assert step["uses"].startswith("vmsnap-lint/")


def test_checkouts_have_the_history() -> None:
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(WORKFLOWS)
    for step in checkouts:
        assert step["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_the_workflow_without_the_action_writes_the_summary(tmp_path: Path) -> None:
    repository = _clone(tmp_path)
    summary = tmp_path / "summary.md"
    environment = _environment(tmp_path) | {
        "GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary),
    }  # fmt: skip
    install, lint = (step["run"] for step in STEPS if "uses" not in step and "id" not in step
                     and "env" not in step)  # fmt: skip
    assert _bash(install, repository, environment).returncode == 0
    done = _bash(lint, repository, environment)
    assert done.returncode == 1, done.stderr
    assert "::error file=" in done.stdout
    assert "non-csi-provisioner" in summary.read_text()
    (marker,) = re.findall(r'startswith\("([^"]+)"\)', str(STEPS))  # by which comments are found
    assert summary.read_text().startswith(marker)


@pytest.mark.parametrize(("known", "method"), [("77", "PATCH"), ("", "POST")])
def test_a_comment_is_edited_or_written(tmp_path: Path, known: str, method: str) -> None:
    (step,) = (step for step in STEPS if "GH_TOKEN" in step.get("env", {}))
    calls = tmp_path / "calls"
    environment = _environment(tmp_path) | {
        "GITHUB_REPOSITORY": "team/gitops", "PULL_REQUEST": "12", "REPORT": "a b.md",
    }  # fmt: skip
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\ncase "$*" in *--jq*) echo "{known}";; esac\necho "$@" >>"{calls}"\n')
    gh.chmod(0o755)
    done = _bash(step["run"], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    listed, written = calls.read_text().splitlines()
    assert "repos/team/gitops/issues/12/comments" in listed
    where = "issues/comments/77" if known else "issues/12/comments"
    assert (
        written == f"api --silent --method {method} repos/team/gitops/{where} --field body=@a b.md"
    )


@pytest.mark.parametrize("text", [text for text, _ in PIPELINES])
def test_a_job_of_gitlab_fits_the_schema(text: str, tmp_path: Path) -> None:
    (tmp_path / "gitlab.yml").write_text(text)
    assert schema_mistakes("gitlab-ci", tmp_path / "gitlab.yml") == []


@pytest.mark.parametrize("pipeline", [pipeline for _, pipeline in PIPELINES])
@pytest.mark.parametrize("is_merge_request", [True, False])
def test_a_job_of_gitlab_writes_its_reports(
    pipeline: Mapping[str, Any], is_merge_request: bool, tmp_path: Path
) -> None:
    job = pipeline["vmsnap-lint"]
    repository = _clone(tmp_path)
    base = git(repository, "rev-parse", "HEAD~1").strip()
    variables = {key: str(value) for key, value in job["variables"].items()}
    environment = _environment(tmp_path) | variables
    if is_merge_request:
        environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = base
    script = "\n".join((*job["before_script"], *job["script"]))
    done = _bash(script, repository, environment)
    assert done.returncode == 1, done.stderr
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["when"] == "always"
    reports = job["artifacts"]["reports"]
    findings = json.loads((repository / reports["codequality"]).read_text())
    assert [one["check_name"] for one in findings] == ["non-csi-provisioner"]
    if "junit" in reports:
        assert ET.parse(repository / reports["junit"]).getroot().tag == "testsuites"


@pytest.mark.parametrize("include", COMPONENTS)
def test_the_component_has_the_inputs_that_are_used(include: list[dict[str, Any]]) -> None:
    (component,) = include
    folder, name = component["component"].rpartition("@")[0].rsplit("/", 1)
    assert folder.endswith("/vmsnap-lint")
    spec = next(yaml.safe_load_all((ROOT / "templates" / f"{name}.yml").read_text()))
    assert component["inputs"].keys() <= spec["spec"]["inputs"].keys()


@pytest.mark.parametrize("job", JOBS)
def test_a_job_of_kubernetes_lints_a_checkout(job: Mapping[str, Any], tmp_path: Path) -> None:
    repository = _clone(tmp_path)
    pod = job["spec"]["template"]["spec"]
    (volume,) = pod["volumes"]
    source = tmp_path / "src"
    source.mkdir()
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["volumeMounts"] == [{"name": volume["name"], "mountPath": "/src"}]
    words = [word.replace("/src/", f"{source}/") for word in pod["initContainers"][0]["args"]]
    url = next(word for word in words if word.startswith("https://"))
    clone = [f"file://{repository}" if word == url else word for word in words]
    subprocess.run(["git", *clone], check=True, capture_output=True)
    (container,) = pod["containers"]
    place = container["workingDir"].replace("/src/", f"{source}/")
    done = subprocess.run(
        container["command"], cwd=place, env=_environment(tmp_path), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "error[non-csi-provisioner]" in done.stdout
    assert job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
    assert (job["spec"]["backoffLimit"], pod["restartPolicy"]) == (0, "Never")


@pytest.mark.parametrize("configuration", HOOKS)
def test_the_hooks_are_those_of_this_repository(configuration: Mapping[str, Any]) -> None:
    (ours,) = configuration["repos"]
    assert (ours["repo"], ours["rev"]) == (REPOSITORY, f"v{__version__}")
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in ours["hooks"]} <= hooks
    needed = [hook["additional_dependencies"] for hook in ours["hooks"] if len(hook) > 1]
    assert needed in ([], [_CEL])


def test_the_guide_of_policies_names_their_library() -> None:
    assert f"additional_dependencies: {json.dumps(_CEL)}" in page("docs/guides/policies.md").codes


_CEL = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][
    "cel"
]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_a_configuration_is_one(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in ("infrastructure/prod", "apps/prod"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / "cluster-facts.yaml").write_text("")
    (tmp_path / ".vmsnap-lint.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert parse(["config"])  # raises for a mistake


def test_the_fleet_is_linted_and_merged(tmp_path: Path) -> None:
    """The scripts of the jobs, with clones instead of those of GitHub; a lost one is named."""
    program("jq")
    split, lint, merge = (FLEET[0]["jobs"][name]["steps"] for name in ("split", "lint", "merge"))
    work = tmp_path / "work"
    work.mkdir()
    (work / "repositories.txt").write_text("team/shop\nteam/clean\nteam/lost\n")
    broken, summary, output = (tmp_path / name for name in ("broken", "summary.md", "output"))
    shutil.copytree(ROOT / "examples" / "one-disk-missing", broken / "team" / "shop")
    (broken / "team" / "clean").mkdir()
    environment = _environment(tmp_path) | {
        "GITHUB_WORKSPACE": str(work), "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTIONS": "true",
    }  # fmt: skip
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\nmkdir -p "$4" && cp -r "{broken}/$3/." "$4"\n')
    gh.chmod(0o755)
    done = _bash(split[-1]["run"], work, environment)
    assert done.returncode == 0, done.stderr
    (shard,) = json.loads(output.read_text().removeprefix("shards="))
    environment["SHARD"] = shard
    done = _bash(lint[1]["run"], work, environment)
    assert done.returncode == 0, done.stderr
    done = _bash(merge[-1]["run"], work, environment)
    assert (done.returncode, done.stdout) == (1, "without a report:\nteam/lost\n"), done.stderr
    whole = json.loads((work / "all.json").read_text())
    assert [each["name"] for each in whole["repositories"]] == ["team/clean", "team/shop"]
    assert "non-csi-provisioner" in summary.read_text()


def test_the_fleet_of_argo_is_a_workflow() -> None:
    """Every field is known to the models of Argo's own definitions."""
    models = pytest.importorskip("hera.workflows.models", reason="hera is not installed")
    parsed = models.CronWorkflow.model_validate(FLEET[1])
    assert _without_defaults(parsed.model_dump(by_alias=True, mode="json"), FLEET[1]) == FLEET[1]


def _without_defaults(value: Any, written: Any) -> Any:
    """The value with the fields that are written."""
    if isinstance(written, dict):
        return {key: _without_defaults(value[key], below) for key, below in written.items()}
    if isinstance(written, list):
        both = zip(value, written, strict=True)
        return [_without_defaults(each, below) for each, below in both]
    return value


def test_the_scripts_of_argo_run(tmp_path: Path) -> None:
    """A step for each repository, and one that merges their reports."""
    templates = {each["name"]: each for each in FLEET[1]["spec"]["workflowSpec"]["templates"]}
    clones = tmp_path / "clones"
    clones.mkdir()
    repository = _clone(tmp_path)
    shutil.copytree(repository, clones / "team" / "shop")
    reports = tmp_path / "reports" / "team"
    reports.mkdir(parents=True)
    environment = _environment(tmp_path) | {
        "REPOSITORY": "team/shop", "TOKEN": "secret", "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{clones}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://oauth2:secret@git.example.org/",
    }  # fmt: skip
    script = templates["lint"]["script"]["source"].replace("/tmp/", f"{tmp_path}/")
    done = _bash(script, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    (tmp_path / "report.json").rename(reports / "shop.json")
    script = templates["merge"]["script"]["source"].replace("/tmp/", f"{tmp_path}/")
    for names, code in ((["team/shop"], 0), (["team/lost", "team/shop"], 1)):
        done = _bash(script, tmp_path, environment | {"REPOSITORIES": json.dumps(names)})
        assert done.returncode == code, done.stderr
    assert done.stdout == "without a report: ['team/lost']\n"
    assert "non-csi-provisioner" in (tmp_path / "all.md").read_text()


def _clone(tmp_path: Path) -> Path:
    """A clone whose last commit adds the smallest example, in clusters/prod."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    commit(origin, {"README.txt": "manifests\n"})
    clone = tmp_path / "gitops"
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    shutil.copytree(ROOT / "examples" / "one-disk-missing", clone / "clusters" / "prod")
    commit(clone, {})
    return clone


def _environment(tmp_path: Path) -> dict[str, str]:
    """An environment with the real program, in which nothing is installed or downloaded."""
    environment = of_our_own(tmp_path / "bin")
    for name in _STUBS:
        stub = tmp_path / "bin" / name
        stub.write_text("#!/bin/sh\nexit 0\n")
        stub.chmod(0o755)
    return environment


def _bash(
    script: str, directory: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return run(
        "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script,
        cwd=directory, env=environment,
    )  # fmt: skip
