"""Jobs of charts become the objects that helm makes of them, or the reason why not."""

from __future__ import annotations

import os
import re
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import programs
from vmsnap_lint.deploy.render.align import array_at, object_at
from vmsnap_lint.deploy.render.chart_files import chart_files, is_owned, is_self_contained
from vmsnap_lint.deploy.render.jobs import ChartJob
from vmsnap_lint.deploy.render.programs import Ending
from vmsnap_lint.deploy.render.scopes import placed
from vmsnap_lint.input.files import MOST_BYTES
from vmsnap_lint.objects.manifest import in_namespace, manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_files import ChartFiles
    from vmsnap_lint.deploy.render.equal_builds import TreeCommand
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.private_copy import PrivateCopy
    from vmsnap_lint.deploy.render.programs import Output
    from vmsnap_lint.deploy.render.projects import Projects
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ChartRender", "ChartRenders"]

# helm needs a namespace to render for, and none is given: it is removed from the output.
_NAMESPACE = "vmsnap-lint-namespace-is-not-set"
_UNSET = "<namespace>"
_RELEASE = "vmsnap-lint-release-is-not-known"
# helm v4, pkg/action/action.go (ValidName) and pkg/chart/common/util/values.go.
_RELEASE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST_RELEASE = 53
_NO_SCHEMA = "values are not validated: a schema of them may refer to other files or hosts"
# The flags that read no file, and whether a value follows.
_FLAGS = {
    "--api-versions": True, "--include-crds": False, "--kube-version": True, "--no-hooks": False,
    "--set": True, "--set-json": True, "--set-literal": True, "--set-string": True,
    "--skip-crds": False, "--skip-tests": False,
}  # fmt: skip


class ChartRender(NamedTuple):
    """The objects of a job, or why there are none. `files` are the real paths of the chart.

    `output` is how helm ended where it ran, with our paths in its error, without its data; `notes`
    are about the chart.
    `fails` says that the reason is a fault of this system.
    """

    objects: tuple[Manifest, ...] = ()
    reason: str = ""
    output: Output | None = None
    files: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    fails: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether helm took more of something than one chart may."""
        return self.output is not None and self.output.ending is Ending.STOPPED


class _Planned(NamedTuple):
    """A job with the files of its chart and the words of its command."""

    job: ChartJob
    files: ChartFiles
    command: TreeCommand


class ChartRenders:
    """Renders charts with helm; each job once, however often it is asked for.

    `program` is the path of helm, "" where there is none.
    """

    def __init__(self, cache: FileCache, projects: Projects, settings: Settings) -> None:
        self._cache = cache
        self._projects = projects
        self._settings = settings
        self._done: dict[ChartJob, ChartRender] = {}
        self._files: dict[str, ChartFiles] = {}
        is_used = settings.render != "never"
        self.program = programs.find("helm", settings.tool_path) if is_used else ""
        self._lack = "helm is not on PATH" if is_used else "--render never"

    def render(self, jobs: Iterable[ChartJob]) -> dict[ChartJob, ChartRender]:
        """The results of jobs without fields of a kustomization."""
        asked = list(dict.fromkeys(jobs))
        new = [job for job in asked if job not in self._done]
        if not self.program:
            return dict.fromkeys(asked, ChartRender(reason=self._lack))
        if new:
            self._done |= self._tried(new)
        return {job: self._done[job] for job in asked}

    def files(self, directory: str) -> ChartFiles:
        """The files of a chart, or why it is not read."""
        if directory not in self._files:
            self._files[directory] = chart_files(directory, self._projects.linted(directory))
        return self._files[directory]

    def owned(self, directory: str) -> frozenset[str]:
        """The real paths of the files that a chart owns."""
        files = self.files(directory).files
        return frozenset(file for file in files if is_owned(file, directory))

    def _tried(self, jobs: Sequence[ChartJob]) -> dict[ChartJob, ChartRender]:
        try:
            return self._rendered(jobs)
        except programs.NoHomeError as error:
            if self._settings.render == "require":
                raise UsageError(f"--render require: {error}; set TMPDIR to one") from error
            return dict.fromkeys(jobs, ChartRender(reason=str(error)))

    def _rendered(self, jobs: Sequence[ChartJob]) -> dict[ChartJob, ChartRender]:
        from vmsnap_lint.core.cache_folder import CacheFolder  # many runs build nothing
        from vmsnap_lint.deploy.render.equal_builds import run_equal
        from vmsnap_lint.deploy.render.private_copy import PrivateCopy

        limits = programs.ProgramLimits(seconds=self._settings.render_seconds)
        results: dict[ChartJob, ChartRender] = {}
        with programs.temporary_home() as home:
            copy = PrivateCopy(os.path.join(home, "files"))
            planned = []
            for job in jobs:
                plan = self._planned(job, copy)
                if isinstance(plan, _Planned):
                    planned.append(plan)
                else:
                    results[job] = plan
            folder = CacheFolder(self._settings.cache_dir)
            outputs = run_equal([each.command for each in planned], home, limits, folder)
        for plan, made in zip(planned, outputs, strict=True):
            results[plan.job] = self._result(plan, made.output)
        return results

    def _planned(self, job: ChartJob, copy: PrivateCopy) -> _Planned | ChartRender:
        """How a job is carried out, or why not."""
        from vmsnap_lint.deploy.render.equal_builds import TreeCommand  # as above
        from vmsnap_lint.deploy.render.private_copy import values_file

        files = self.files(job.directory)
        reason = files.problem or self.lacks(job.directory) or _unusable(job)
        if reason:
            return ChartRender(reason=reason)
        problem = copy.add_chart(files)
        if problem:
            return ChartRender(reason=problem, fails=True)
        for content in job.values:
            copy.add_data(values_file(content), content)
        places = (copy.place(values_file(content)) for content in job.values)
        values = [word for place in places for word in ("-f", place)]
        is_sound = is_self_contained(map(copy.place, files.files))
        release = job.release if _is_release(job.release) else _RELEASE
        words = [self.program, "template", release, copy.place(job.directory), "--namespace"]
        words += [_NAMESPACE if job.namespace is None else job.namespace, *values, *job.settings]
        words += [] if "--skip-crds" in job.settings else ["--include-crds"]
        words += [] if is_sound else ["--skip-schema-validation"]
        size = programs.size_of(files.files) + sum(map(len, job.values))
        used = copy.used()
        command = TreeCommand(
            words, job.directory, copy, used, size, copy.directory, lambda: copy.make(used)
        )
        return _Planned(job, files, command)

    def lacks(self, directory: str) -> str:
        """Why a chart cannot be rendered, without a call of helm; "" if no reason is known."""
        inside = os.path.join(directory, "charts")
        present = os.listdir(inside) if os.path.isdir(inside) else []
        documents = self._cache.documents(os.path.join(directory, "Chart.yaml"))
        metadata = documents[0].value if documents else None
        for dependency in array_at(metadata, "dependencies"):
            name = object_at(dependency).get("name")
            if not any(str(entry).startswith(str(name)) for entry in present):
                return f'dependency "{name}" is missing in "charts"'
        return ""

    def _result(self, plan: _Planned, output: Output) -> ChartRender:
        files = frozenset(plan.files.files)
        notes = (_NO_SCHEMA,) if "--skip-schema-validation" in plan.command.words else ()
        if output.ending is Ending.NOT_COPIED:
            return ChartRender(reason=output.error, fails=True)
        if output.ending is not Ending.DONE or output.error:
            return ChartRender((), output.error, output, files, notes)
        objects = tuple(self._objects(plan.job, output.data, files))
        return ChartRender(objects, "", output._replace(data=b""), files, notes)

    def _objects(self, job: ChartJob, data: bytes, files: frozenset[str]) -> Iterator[Manifest]:
        if job.namespace is None:
            data = data.replace(_NAMESPACE.encode(), _UNSET.encode())
        if not _is_release(job.release):
            data = data.replace(_RELEASE.encode(), job.release.encode("utf-8", "replace"))
        name = self._cache.shown(os.path.join(job.directory, "Chart.yaml"))
        parts = [
            part for part in document.read(name, data).documents if isinstance(part.value, dict)
        ]
        is_release = job.release != ChartJob._field_defaults["release"]
        is_known = not any(word.startswith("--set") for word in job.settings)
        from vmsnap_lint.deploy.render.chart_objects import ChartObjects  # as above

        objects = ChartObjects(
            job.directory, files, job.values, self._cache, is_release=is_release, is_known=is_known
        )
        for one in chain.from_iterable(map(manifests, objects.documents(parts))):
            is_unset = one.namespace == _UNSET
            yield placed(in_namespace(one, None) if is_unset else one, job.namespace)


def _unusable(job: ChartJob) -> str:
    """Why the words of a command cannot be those of a job, or ""."""
    if any(len(content) > MOST_BYTES for content in job.values):
        return f"its values have more than {MOST_BYTES:,} bytes"
    words = [job.directory, job.namespace or "", *job.settings]
    try:
        if any("\0" in word or b"\0" in os.fsencode(word) for word in words):
            return "a setting of it holds a NUL"
    except UnicodeEncodeError:
        return "a setting of it is not Unicode"
    flags = iter(job.settings)
    for flag in flags:
        if flag not in _FLAGS:
            return f'"{flag}" is no setting that is passed to helm'
        if _FLAGS[flag] and next(flags, None) is None:
            return f'"{flag}" has no value'
    return ""


def _is_release(name: str) -> bool:
    return len(name) <= _LONGEST_RELEASE and _RELEASE_NAME.fullmatch(name) is not None
