"""Of very many suppressions in a file the first ones are read, and the next one says so."""

from __future__ import annotations

import pytest

from vmsnap_lint import document
from vmsnap_lint.config.suppressions import directives
from vmsnap_lint.config.suppressions.suppression import Suppression, SuppressionFlaw
from vmsnap_lint.objects.manifest import manifests

HEAD = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"


def found(text: str) -> list[Suppression]:
    source = document.read("x.yaml", text.encode())
    objects = [one for part in source.documents for one in manifests(part)]
    return list(directives.find([source], objects))


def ids(count: int) -> str:
    return ",".join(f"a{number}" for number in range(count))


@pytest.mark.parametrize(
    "text",
    [
        "# vmsnap-lint: ignore[a] b\n" * 6_000 + HEAD,
        HEAD + "# vmsnap-lint: ignore\n" * 6_000,
        f"# vmsnap-lint: ignore[{ids(6_000)}]\n{HEAD}",
        f"{HEAD}metadata: {{annotations: {{vmsnap-lint/ignore: '{ids(6_000)}'}}}}\n",
        f"{HEAD}metadata: {{annotations: {{vmsnap-lint/ignore: '{ids(3_000)}'}}}}\n---\n" * 4,
    ],
)
def test_what_is_one_too_many_is_told(text: str) -> None:
    *read, last = found(text)
    assert len(read) == 5_000
    assert SuppressionFlaw.MANY not in {one.flaw for one in read}
    assert (last.flaw, last.cover, last.rule) == (SuppressionFlaw.MANY, None, "")


def test_as_many_as_are_read_hold() -> None:
    assert all(one.flaw is None for one in found("# vmsnap-lint: ignore[a] b\n" * 5_000 + HEAD))
