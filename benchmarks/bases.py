"""The programs that stand for the least that the work can cost, each as a text of Python."""

from __future__ import annotations

__all__ = ["BUILDS", "EVENTS", "READING"]

READING = """
import os, sys
for folder, _, files in os.walk(sys.argv[1]):
    for file in files:
        if file.endswith((".yaml", ".yml", ".json")):
            with open(os.path.join(folder, file), "rb") as opened:
                b"kubevirt.io" in opened.read()
"""
"""Reads the bytes of all manifests and looks for one marker."""

EVENTS = """
import sys, time
from pathlib import Path
from ruamel.yaml.cyaml import CParser
from ruamel.yaml.error import YAMLError
texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.y*ml")) if path.is_file()]
start = time.perf_counter()
for text in texts:
    parser = CParser(text)
    try:
        while parser.get_event() is not None:
            pass
    except YAMLError:  # a template
        pass
print(time.perf_counter() - start)
"""
"""Prints how long the C parser takes for the bare events of all files; reading is not counted."""

BUILDS = """
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor
command = sys.argv[2:]
with ThreadPoolExecutor(2) as pool, open(sys.argv[1] + "/../builds.txt") as paths:
    build = lambda path: subprocess.run(
        [*command, sys.argv[1] + "/" + path.strip()], check=True, capture_output=True
    )
    list(pool.map(build, paths))
"""
"""Builds each distinct directory of the tree once, two at a time."""
