"""Commands in scripts and pages make claims: their names and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC, VM
from vmsnap_lint.core.model import Span
from vmsnap_lint.document.embedded import Page
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.uploads import made_by

if TYPE_CHECKING:
    from vmsnap_lint.objects.gaps import Gap

PIECES = st.sampled_from(("image-upload", "dv", "-n", "=", " ", "\\\n", "$", ";", "x", "\n"))


def gaps_of(text: str) -> tuple[Gap, ...]:
    return made_by(Page("up.sh", text.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize(
    ("text", "name", "namespace"),
    [
        ("virtctl image-upload pvc iso --size=8Gi", "iso", None),
        ("virtctl image-upload --size 8Gi dv iso -n lab", "iso", "lab"),
        ("kubectl virt image-upload dv 'iso' --namespace=lab", "iso", "lab"),
        ("virtctl -n lab image-upload \\\n  DataVolume iso \\\n  --insecure", "iso", "lab"),
        ("x=1; virtctl image-upload --pvc-name=iso", "iso", None),
        ("virtctl image-upload dv iso --namespace $NS", "iso", None),
        ('args: ["virtctl", "image-upload", "dv", "iso"]', "iso", None),
        ("virtctl memory-dump get vm --claim-name=iso --create-claim", "iso", None),
        ("\tvirtctl image-upload dv $ISO --insecure", "", None),
        ("virtctl image-upload $TYPE $NAME", "", None),
        ("- command: virtctl image-upload dv {{ iso }}", "", None),
    ],
)
def test_a_command_makes_a_claim(text: str, name: str, namespace: str | None) -> None:
    (gap,) = gaps_of(f"#!/bin/sh\n{text}\n")
    assert gap.names == (frozenset((name,)) if name else frozenset())
    assert gap.namespace == namespace
    assert gap.kinds == {PVC, DATA_VOLUME}
    assert not gap.may_make(VM, namespace, name)


@pytest.mark.parametrize(
    "text",
    ["", "virtctl start web", "virtctl image-upload --help", "# see image-upload",
     "virtctl memory-dump get vm --claim-name=iso", "image-uploader dv iso"],
)  # fmt: skip
def test_others_make_none(text: str) -> None:
    assert gaps_of(text) == ()


def test_each_claim_once_at_its_first_command() -> None:
    text = "cd x && virtctl image-upload dv a\nvirtctl image-upload dv a; virtctl image-upload dv b"
    one, two = gaps_of(text)
    assert isinstance(one.at, SourceSpan)
    assert one.at.span == Span(1, 9, 1, 34)
    assert isinstance(two.at, SourceSpan)
    assert two.at.span == Span(2, 28, 2, 53)
    assert one.makes() == 'virtctl in "up.sh" may make it (a command there makes PVCs)'


@given(st.lists(PIECES).map("".join))
def test_no_text_makes_it_raise(text: str) -> None:
    gaps_of(text)
    gaps_of(f"virtctl image-upload {text}")
