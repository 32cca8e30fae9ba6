"""Downloads kubectl and helm into a directory, of the versions in the environment.

It reads KUBECTL_VERSION, KUBECTL_SHA256, HELM_VERSION and HELM_SHA256; what has no version is left
out. Nothing of a download with another hash is written.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import sys
import tarfile
import urllib.request
from pathlib import Path

KUBECTL = os.environ.get("KUBECTL_SOURCE", "https://dl.k8s.io/release")
HELM = os.environ.get("HELM_SOURCE", "https://get.helm.sh")
MACHINE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "amd64")


def main(directory: Path) -> None:
    """Writes the programs, which may be none."""
    directory.mkdir(parents=True, exist_ok=True)
    if version := os.environ.get("KUBECTL_VERSION"):
        _write(
            directory / "kubectl",
            _download("KUBECTL", f"{KUBECTL}/{version}/bin/linux/{MACHINE}/kubectl"),
        )
    if version := os.environ.get("HELM_VERSION"):
        archive = _download("HELM", f"{HELM}/helm-{version}-linux-{MACHINE}.tar.gz")
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
            helm = files.extractfile(f"linux-{MACHINE}/helm")
            _write(directory / "helm", helm.read() if helm else b"")


def _download(name: str, address: str) -> bytes:
    wanted = os.environ.get(f"{name}_SHA256")
    if not wanted:
        sys.exit(f"{name}_SHA256 is not set: it is the hash of {address}")
    with urllib.request.urlopen(address) as answer:  # noqa: S310 # the addresses are ours
        content: bytes = answer.read()
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.lower():
        sys.exit(f"{address} has the hash {found}, not {wanted}")
    return content


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o755)


main(Path(sys.argv[1]))
