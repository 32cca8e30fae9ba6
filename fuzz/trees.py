"""Targets: small trees of files, by way of the whole program."""

from __future__ import annotations

import json
import os
from typing import Any

from fuzz.program import report_of, run, scratch, split
from fuzz.promises import kept
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.deploy.render import build
from vmsnap_lint.deploy.render.jobs import ChartJob, KustomizeJob
from vmsnap_lint.input import kustomization, sources

__all__ = ["graph", "tree"]

_ALL_VMS = Settings(all_vms=True)
_FIELDS = '{"namespace": "x", "components": ["x"], "patches": [{"path": "m.yaml"}]}'
_FIXED: dict[str, Any] = {"render": "never", "allow_empty": True}


def graph(data: bytes) -> None:
    """Follows what kustomizations name, without a program that builds them."""
    with scratch(split(data, "kustomization.yaml")):
        collected = sources.collect(["."], sources.Search(allow_empty=True), markers=(b"",))
        for file in collected.kustomizations:
            kustomization.may_name(file.data, {b"vm.yaml"})
            kustomization.read(os.path.abspath(file.location), file.data)
        renderer = build.Renderer(collected, _ALL_VMS)
        for failure in renderer.trees().failures:
            kept(failure.message, "a failure without a reason")
        here = os.path.realpath(os.curdir)
        fields = (_FIELDS, *(file.data.decode("utf-8", "replace") for file in collected.files))
        jobs = [KustomizeJob(here, text) for text in fields]
        charts = [ChartJob(here, text[:90], text[:90], (), ("--set", text)) for text in fields]
        for job, outcome in renderer.run([*jobs, *charts]).items():
            kept(all(map(here.__le__, outcome.files)), "a file from elsewhere")
            kept(renderer.run([job])[job] is outcome, "a job is carried out twice")


def tree(data: bytes) -> None:
    """Lints and plans a tree; the order of its files does not matter."""
    files = split(data, "m.yaml")
    with scratch(files):
        report_of(run("check", ".", format="json", docs=True, **_FIXED), files)
        run("check", ".", format="concise", verbose=True, complete=["all"], **_FIXED)
        run("check", ".", crds_from_input=True, docs=True, suppressions=True, **_FIXED)
        planned = run("plan", ".", plan_format="json", all_vms=True, docs=True, **_FIXED)
        if planned.code != 2:
            json.loads(planned.output)
        shown = sorted(name for name in files if os.path.isfile(name))
        ordered = [_findings(names, files) for names in (shown, shown[::-1])]
        kept(ordered[0] == ordered[1], "the order of the paths changes what is found")


def _findings(names: list[str], files: dict[str, bytes]) -> object:
    """What is found in files that are named one by one."""
    read = [name for name in names if name.endswith((".yaml", ".yml", ".json", ".md"))]
    result = run("check", read, format="json", **_FIXED) if read else None
    return result and report_of(result, files).get("findings")
