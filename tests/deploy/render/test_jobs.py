"""Jobs: directories and charts as Flux, Argo CD and helm apply them, built together, each once."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, write
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.deploy.render.build import Renderer
from vmsnap_lint.deploy.render.jobs import ChartJob, KustomizeJob
from vmsnap_lint.input import sources

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.deploy.render.jobs import Job, Outcome

CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
TEMPLATE = f"""\
{VM.replace("name: web", "name: {{ .Values.name }}")}---
{SNAPSHOT}  # {{{{ .Release.Name }}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: fast}}
provisioner: {{{{ .Release.Namespace }}}}.csi
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an application, and a component beside it."""
    work = tmp_path / "repository"
    (work / ".git").mkdir(parents=True)
    write(work, {
        "run/snapshot.yaml": SNAPSHOT,
        "app/kustomization.yaml": "resources: [vm.yaml]\nnamePrefix: old-\n",
        "app/vm.yaml": VM,
        "plain/vm.yaml": VM,
        "part/kustomization.yaml": "kind: Component\nresources: [snapshot.yaml]\n",
        "part/snapshot.yaml": SNAPSHOT,
        "web/Chart.yaml": CHART,
        "web/values.yaml": "name: of-chart\n",
        "web/examples/vm.yaml": VM,
        "web/templates/vm.yaml": TEMPLATE,
        "web/crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\n"
                             "kind: CustomResourceDefinition\nmetadata: {name: x}\n",
    })  # fmt: skip
    monkeypatch.chdir(work)
    return work


def renderer(tools: str, **settings: object) -> Renderer:
    """A renderer of the run `vmsnap-lint run`."""
    given = Settings(tool_path=tools)._replace(**settings)  # type: ignore[arg-type]
    return Renderer(sources.collect(["run"]), given)


def outcome(tools: str, job: Job, **settings: object) -> Outcome:
    return renderer(tools, **settings).run([job])[job]


def named(result: Outcome) -> list[tuple[str, str | None]]:
    return sorted((one.name, one.namespace) for one in result.manifests)


def fields(**given: object) -> str:
    return json.dumps(given)


def spy(tmp_path: Path, name: str = "kubectl") -> str:
    """A directory with a program that leaves a line for each start."""
    programs = tmp_path / "programs"
    programs.mkdir(exist_ok=True)
    (programs / name).write_text(f"#!/bin/sh\necho started >> {programs}/trace\n")
    (programs / name).chmod((programs / name).stat().st_mode | stat.S_IXUSR)
    return str(programs)


def starts(tmp_path: Path) -> int:
    trace = tmp_path / "programs" / "trace"
    return len(trace.read_text().splitlines()) if trace.exists() else 0


@pytest.mark.parametrize("render", ["auto", "never"])
def test_fields_are_written_into_the_kustomization(tree: Path, tools: str, render: str) -> None:
    """As Flux and Argo CD do: a prefix replaces that of the directory, components are added."""
    job = KustomizeJob(
        str(tree / "app"),
        fields(namespace="prod", namePrefix="new-", nameSuffix="-1", components=["../part"]),
    )
    result = outcome(tools, job, render=render)
    assert named(result) == [("new-nightly-1", "prod"), ("new-web-1", "prod")]
    assert {one.file for one in result.manifests} == {"app/vm.yaml", "part/snapshot.yaml"}
    assert result.is_rendered is (render == "auto")
    assert (result.gaps, result.failures) == ((), ())
    places = [one.document.where(("metadata", "name")) for one in result.manifests]
    assert {(file, span.line) for file, span in places} == {
        ("app/vm.yaml", 4), ("part/snapshot.yaml", 4),
    }  # fmt: skip


def test_patches_of_a_job_are_applied(tree: Path, tools: str) -> None:
    patch = '[{"op": "replace", "path": "/spec/runStrategy", "value": "Always"}]'
    job = KustomizeJob(
        str(tree / "app"), fields(patches=[{"patch": patch, "target": {"kind": "VirtualMachine"}}])
    )
    (vm,) = outcome(tools, job).manifests
    assert vm.text("spec", "runStrategy") == "Always"
    assert vm.document.where(("spec", "runStrategy"))[0] == "app/vm.yaml"


@pytest.mark.parametrize("render", ["auto", "never"])
def test_one_directory_has_as_many_forms_as_jobs(tree: Path, tools: str, render: str) -> None:
    """In one batch; one of them is a part of another tree."""
    write(tree, {"all/kustomization.yaml": "resources: [../app]\nnamespace: all\n"})
    jobs = [
        KustomizeJob(str(tree / "app")),
        KustomizeJob(str(tree / "app"), fields(namespace="a")),
        KustomizeJob(str(tree / "app"), fields(namespace="b", namePrefix="")),
        KustomizeJob(str(tree / "all")),
    ]
    results = renderer(tools, render=render).run(jobs)
    assert [named(results[job]) for job in jobs] == [
        [("old-web", None)], [("old-web", "a")], [("web", "b")], [("old-web", "all")],
    ]  # fmt: skip


@pytest.mark.parametrize("render", ["auto", "never"])
def test_a_directory_without_a_kustomization_gets_one(tree: Path, tools: str, render: str) -> None:
    files = (str(tree / "plain/vm.yaml"), str(tree / "app"))
    for directory in (tree, tree / "plain"):
        job = KustomizeJob(str(directory), fields(namespace="prod"), files)
        result = outcome(tools, job, render=render)
        assert named(result) == [("old-web", "prod"), ("web", "prod")]
        assert {one.file for one in result.manifests} == {"plain/vm.yaml", "app/vm.yaml"}
        assert all("kustomization" in path or "vm" in path for path in result.files)
    assert not (tree / "kustomization.yaml").exists()


def test_the_kustomization_of_one_job_is_not_there_for_another(tree: Path, tools: str) -> None:
    write(tree, {"bad/kustomization.yaml": "resources: [../plain, ../app]\n"})
    jobs = [
        KustomizeJob(str(tree / "plain"), files=(str(tree / "plain/vm.yaml"),)),
        KustomizeJob(str(tree / "bad")),
    ]
    good, bad = renderer(tools).run(jobs).values()
    assert (named(good), good.is_rendered) == ([("web", None)], True)
    assert (named(bad), bad.is_rendered) == ([("old-web", None)], False)
    assert [(gap.what, gap.reason) for gap in bad.gaps[:1]] == [
        ('resource "../plain"', "the directory has no kustomization")
    ]


def test_files_are_read_as_written_where_the_job_says_so(tree: Path) -> None:
    broken = tree / "app/broken.yaml"
    broken.write_text(f"{VM}  a: [\n")
    files = (str(tree / "app/vm.yaml"), str(broken))
    result = outcome("", KustomizeJob(str(tree / "app"), files=files, as_written=True))
    assert (named(result), result.files) == ([("web", None)], frozenset(files))
    assert [gap.what for gap in result.gaps] == ['file "app/broken.yaml"']


def test_a_chart_is_installed_as_a_release(tree: Path, tools: str) -> None:
    job = ChartJob(
        str(tree / "web"), "erp", "shop", (b"name: first", b"name: second"), ("--set", "x=y")
    )
    result = outcome(tools, job)
    assert sorted((one.kind, one.name, one.namespace) for one in result.manifests) == [
        ("CustomResourceDefinition", "x", None),
        ("StorageClass", "fast", None),
        ("VirtualMachine", "second", "shop"),
        ("VirtualMachineSnapshot", "nightly", "shop"),
    ]
    assert "shop.csi" in {one.text("provisioner") for one in result.manifests}
    assert {one.file for one in result.manifests} == {"web/crds/crd.yaml", "web/templates/vm.yaml"}
    own = ("Chart.yaml", "values.yaml", "crds/crd.yaml", "templates/vm.yaml")
    assert result.files == {str(tree / "web" / name) for name in own}


def test_a_chart_without_a_namespace_has_none(tree: Path, tools: str) -> None:
    result = outcome(tools, ChartJob(str(tree / "web"), settings=("--skip-crds",)))
    assert named(result) == [("fast", None), ("nightly", None), ("of-chart", None)]
    assert "<namespace>.csi" in {one.text("provisioner") for one in result.manifests}


def test_a_post_renderer_is_built_around_a_chart(tree: Path, tools: str) -> None:
    """Several releases of one chart are built in one batch, and findings stand in the template."""
    patch = "- {op: replace, path: /spec/runStrategy, value: Always}"
    patches = [{"target": {"kind": "VirtualMachine"}, "patch": patch}]
    jobs = [
        ChartJob(str(tree / "web"), name, "shop", (f"name: {name}".encode(),), (),
                 fields(patches=patches, namePrefix=f"{name}-"))
        for name in ("a", "b")
    ]  # fmt: skip
    for job, result in renderer(tools).run(jobs).items():
        release = job.release if isinstance(job, ChartJob) else ""
        (vm,) = (one for one in result.manifests if one.kind == "VirtualMachine")
        assert (vm.name, vm.namespace) == (f"{release}-{release}", "shop")
        assert (result.gaps, vm.text("spec", "runStrategy")) == ((), "Always")
        file, span = vm.document.where(("spec", "template"), key=True)
        assert (file, span.line) == ("web/templates/vm.yaml", 7)


@pytest.mark.parametrize("render", ["auto", "never"])
def test_without_helm_a_chart_is_a_gap(tree: Path, render: str) -> None:
    """Templates that hold no action are objects all the same."""
    write(tree, {
        "web/templates/plain.yaml": VM.replace("web", "plain"),
        "web/templates/_part.yaml": VM.replace("web", "part"),
        "web/templates/NOTES.txt": VM.replace("web", "text"),
    })  # fmt: skip
    result = outcome("", ChartJob(str(tree / "web"), "erp", "shop"), render=render)
    assert named(result) == [("plain", "shop"), ("x", None)]
    (gap,) = result.gaps
    reason = "helm is not on PATH" if render == "auto" else "--render never"
    assert (gap.what, gap.reason, gap.namespace) == ('chart "web"', reason, "shop")
    assert not result.is_rendered


def test_a_chart_that_helm_refuses_is_a_gap(tree: Path, tools: str) -> None:
    write(tree, {"web/templates/needs.yaml": '{{ required "size is needed" .Values.size }}\n'})
    result = outcome(tools, ChartJob(str(tree / "web"), "erp", "shop"))
    (gap,), (note,) = result.gaps, result.notes
    assert ("size is needed" in gap.reason, note.file) == (True, "web")


def test_require_makes_an_error_of_a_chart_that_helm_refuses(tree: Path, tools: str) -> None:
    write(tree, {"web/templates/needs.yaml": '\n{{ required "size is needed" .Values.size }}\n'})
    job = ChartJob(str(tree / "web"), "erp", "shop", values=(b"a: b",))
    (failure,) = outcome(tools, job, render="require").failures
    assert (failure.at.source.file, failure.at.span.line) == ("web/templates/needs.yaml", 2)
    assert failure.message.startswith('helm: "execution error at (web/templates/needs.yaml:2')
    assert failure.message.endswith(' size is needed"')
    assert outcome(tools, job).failures == ()


def test_the_values_of_a_release_have_no_path_in_errors(tree: Path, tools: str) -> None:
    job = ChartJob(str(tree / "web"), "erp", "shop", values=(b"a: [",))
    (note,) = outcome(tools, job).notes
    assert note.reason.startswith('not rendered by helm: "failed to parse the values: ')


def test_require_makes_an_error_of_a_chart_without_its_parts(tree: Path, tools: str) -> None:
    write(tree, {"web/Chart.yaml": f"{CHART}dependencies: [{{name: sub}}]\n"})
    job = ChartJob(str(tree / "web"))
    (failure,) = outcome(tools, job, render="require").failures
    assert failure.at.source.file == "web/Chart.yaml"
    assert failure.message == 'dependency "sub" is missing in "charts"'
    assert outcome(tools, job).failures == ()


def test_a_release_that_is_not_known_is_a_placeholder(tree: Path, tools: str) -> None:
    write(tree, {"web/templates/vm.yaml": VM.replace("name: web", "name: {{ .Release.Name }}-x")})
    (_, vm) = outcome(tools, ChartJob(str(tree / "web"), "${name}")).manifests
    assert vm.name == "${name}-x"


# --- what costs nothing


def test_a_job_is_built_once(tree: Path, tmp_path: Path) -> None:
    tools = spy(tmp_path)
    running = renderer(tools)
    job = KustomizeJob(str(tree / "app"))
    for _ in range(3):
        running.run([job, KustomizeJob(str(tree / "app")), job])
    assert starts(tmp_path) == 1


def test_a_job_without_objects_of_ours_starts_nothing(tree: Path, tmp_path: Path) -> None:
    """A word in the description of a CRD is none."""
    tools = spy(tmp_path)
    spy(tmp_path, "helm")
    crd = ("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
           "metadata: {name: x}\nspec: {names: {kind: VirtualMachine},\n"
           "  description: names the VirtualMachineSnapshot of kubevirt.io/v1}\n")  # fmt: skip
    write(tree, {
        "none/kustomization.yaml": "resources: [crd.yaml]\nnamespace: x\n",
        "none/crd.yaml": crd,
        "chart/Chart.yaml": CHART,
        "chart/crds/crd.yaml": crd,
        "chart/templates/x.yaml": "apiVersion: apps/v1\nkind: Deployment\n"
                                  "metadata: {name: '{{ .Release.Name }}'}\n",
    })  # fmt: skip
    for job in (KustomizeJob(str(tree / "none")), ChartJob(str(tree / "chart"))):
        result = outcome(tools, job)
        assert (result.gaps, result.notes) == ((), ())
    assert starts(tmp_path) == 0


def test_trees_that_jobs_built_are_not_built_again(tree: Path, tmp_path: Path) -> None:
    tools = spy(tmp_path)
    given = Settings(tool_path=tools)
    running = Renderer(sources.collect(["."]), given)
    result = running.run([job := KustomizeJob(str(tree / "app"))])[job]
    built = running.trees(result.files).built
    assert ([tree.root for tree in built], starts(tmp_path)) == ([], 1)


def test_the_files_of_a_job_are_known_without_a_build(tree: Path, tmp_path: Path) -> None:
    running = renderer(spy(tmp_path))
    job = KustomizeJob(str(tree / "app"), fields(components=["../part"]))
    assert running.files(job) == {
        str(tree / path)
        for path in ("app/kustomization.yaml", "app/vm.yaml", "part/kustomization.yaml",
                     "part/snapshot.yaml")
    }  # fmt: skip
    assert str(tree / "web/templates/vm.yaml") in running.files(ChartJob(str(tree / "web")))
    assert starts(tmp_path) == 0


# --- what is never done


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"patches": [{"path": "../../canary.yaml"}]}, "outside of the repository"),
        ({"patches": [{"path": "https://example.org/p.yaml"}]}, "remote"),
        ({"transformers": ["{apiVersion: example.org/v1, kind: Shell, metadata: {name: x}}"]},
         "Shell"),
        ({"components": ["../../outside"]}, "outside of the repository"),
        ({"Components": ["../../outside"]}, "outside of the repository"),
    ],
)  # fmt: skip
def test_fields_are_judged_as_those_of_a_kustomization(
    tree: Path, tmp_path: Path, given: dict[str, object], reason: str
) -> None:
    write(tmp_path, {
        "canary.yaml": SNAPSHOT,
        "outside/kustomization.yaml": "kind: Component\nresources: [vm.yaml]\n",
        "outside/vm.yaml": VM.replace("web", "canary"),
    })  # fmt: skip
    tools = spy(tmp_path)
    result = outcome(tools, KustomizeJob(str(tree / "app"), json.dumps(given)))
    assert (starts(tmp_path), named(result)) == (0, [("old-web", None)])
    assert reason in result.gaps[0].reason
    assert "canary" not in repr(result.manifests)


def test_remote_components_of_a_job_are_left_out(tree: Path, tools: str) -> None:
    url = "https://me:secret@example.org/x?ref=v1"
    result = outcome(tools, KustomizeJob(str(tree / "app"), fields(components=[url])))
    assert (named(result), result.is_rendered) == ([("old-web", None)], True)
    (gap,), (note,) = result.gaps, result.notes
    assert "remote component" in gap.what
    assert ("secret" in gap.what + note.reason, note.file) == (False, "app/kustomization.yaml")


@pytest.mark.parametrize(
    "job",
    [
        KustomizeJob("{top}/outside"),
        KustomizeJob("{top}/repository/../outside"),
        KustomizeJob("{top}/repository/link"),
        KustomizeJob("{top}/repository/gone"),
        KustomizeJob("{top}/repository/.git"),
        KustomizeJob("{top}/repository/app", files=("{top}/outside/vm.yaml",), as_written=True),
        ChartJob("{top}/outside"),
    ],
)
def test_a_job_outside_of_the_repository_is_not_carried_out(
    tree: Path, tmp_path: Path, job: Job
) -> None:
    write(tmp_path, {
        "outside/kustomization.yaml": "resources: [vm.yaml]\n",
        "outside/vm.yaml": VM,
        "outside/Chart.yaml": CHART,
        "outside/templates/vm.yaml": VM,
    })  # fmt: skip
    (tree / "link").symlink_to(tmp_path / "outside")
    directory = job.directory.replace("{top}", str(tmp_path))
    job = job._replace(directory=directory)
    if isinstance(job, KustomizeJob):
        files = tuple(file.replace("{top}", str(tmp_path)) for file in job.files)
        job = job._replace(files=files)
    tools = spy(tmp_path)
    spy(tmp_path, "helm")
    result = outcome(tools, job)
    assert (result.manifests, result.files, starts(tmp_path)) == ((), frozenset(), 0)
    (gap,) = result.gaps
    assert gap.reason in ("it is outside of the repository", "it does not exist")
    assert renderer(tools).files(job) == frozenset()


@pytest.mark.parametrize(
    ("release", "namespace", "settings"),
    [
        ("erp", "shop", ("--set-file", "a=/etc/passwd")),
        ("erp", "shop", ("--post-renderer", "/bin/sh")),
        ("erp", "shop", ("--set",)),
        ("erp", "shop", ("--set", "a=\0--post-renderer")),
        ("erp", "shop\0--post-renderer\0/bin/sh", ()),
        ("erp", "shop", ("-f", "/etc/passwd")),
        ("erp", "\udcff\ud800", ()),
    ],
)
def test_no_other_flag_reaches_helm(
    tree: Path, tmp_path: Path, release: str, namespace: str, settings: tuple[str, ...]
) -> None:
    tools = spy(tmp_path, "helm")
    result = outcome(tools, ChartJob(str(tree / "web"), release, namespace, (), settings))
    assert (len(result.gaps), starts(tmp_path)) == (1, 0)


@pytest.mark.parametrize("release", ["--post-renderer=/bin/sh", "-f", "a\0b", "x" * 60, "Ä", ""])
def test_a_release_is_never_a_flag(tree: Path, tmp_path: Path, release: str) -> None:
    tools = spy(tmp_path, "helm")
    script = tmp_path / "programs" / "helm"
    script.write_text(f'#!/bin/sh\necho "$2" >> {tmp_path}/programs/trace\n')
    outcome(tools, ChartJob(str(tree / "web"), release))
    seen = (tmp_path / "programs" / "trace").read_text()
    assert seen == "vmsnap-lint-release-is-not-known\n"


def test_require_makes_errors_of_what_is_left_out(tree: Path, tools: str) -> None:
    write(tree, {"app/kustomization.yaml": "resources: [vm.yaml, 'https://example.org/x']\n"})
    result = outcome(tools, KustomizeJob(str(tree / "app")), render="require")
    assert [failure.at.span.line for failure in result.failures] == [1]
    assert outcome(tools, KustomizeJob(str(tree / "app"))).failures == ()


def test_without_a_program_jobs_are_one_note(tree: Path) -> None:
    """With the kustomizations that nothing applies."""
    running = Renderer(sources.collect(["."]), Settings(tool_path=""))
    running.run([KustomizeJob(str(tree / "plain"), files=(str(tree / "plain/vm.yaml"),))])
    (note,) = running.trees().notes
    assert (note.file, note.reason.partition(":")[0]) == (
        "plain",
        "2 kustomizations checked unrendered",
    )


def test_require_wants_the_programs(tree: Path) -> None:
    with pytest.raises(UsageError, match="kubectl"):
        outcome("", KustomizeJob(str(tree / "app")), render="require")
    with pytest.raises(UsageError, match="helm is not on PATH"):
        outcome("", ChartJob(str(tree / "web")), render="require")


@pytest.mark.parametrize("text", ["", "[", "[]", "null", "1", '"x"'])
def test_fields_that_are_no_object_are_none(tree: Path, tools: str, text: str) -> None:
    assert named(outcome(tools, KustomizeJob(str(tree / "app"), text))) == [("old-web", None)]
