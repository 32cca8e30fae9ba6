"""One table of kinds says which bytes, texts and objects are in scope."""

from __future__ import annotations

import re

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.core import kinds
from vmsnap_lint.core.relevance import SAVING, Relevance, of_kind, of_text, shows

STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
spec:
  volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
"""


@pytest.mark.parametrize("kind", SAVING, ids=lambda kind: kind.kind)
def test_what_saves_a_vm_is_shown_by_its_name_and_by_its_group(kind: kinds.Kind) -> None:
    assert of_kind(*kind) is Relevance.SAVING
    assert shows(kind.kind.encode(), Relevance.SAVING)
    assert shows(kind.group.encode(), Relevance.SAVING)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("kind: VirtualMachine", Relevance.MARKER),
        ("apiVersion: cdi.kubevirt.io/v1beta1", Relevance.MARKER),
        ("kind: VolumeSnapshotClass", Relevance.MARKER),
        ("kind: DataVolume", Relevance.BUILT),
        ("kind: StorageClass", Relevance.BUILT),
        ("kind: PersistentVolume\n", Relevance.BUILT),
        ("kind: PersistentVolumeClaim", Relevance.READ),
        ("kind: PodList", Relevance.READ),
        ("apiVersion: storage.k8s.io/v1", Relevance.READ),
        ("name: kubevirt-config", Relevance.READ),
        ("---\napiVersion: argoproj.io/v1alpha1", Relevance.READ),
        ("  apiVersion: argoproj.io/v1alpha1", Relevance.NONE),
        ("kind: PodMonitor", Relevance.NONE),
        ("kind: MyPod", Relevance.NONE),
        ("kind: Deployment", Relevance.NONE),
    ],
)
def test_bytes_show_what_may_stand_in_a_file(text: str, most: Relevance) -> None:
    for encoding in ("utf-8", "utf-16", "utf-32"):
        shown = [least for least in list(Relevance)[1:] if shows(text.encode(encoding), least)]
        assert shown == list(Relevance)[1 : most + 1]


@pytest.mark.parametrize(
    ("kind", "relevance"),
    [
        (kinds.VM, Relevance.MARKER),
        (kinds.CDI, Relevance.MARKER),
        (kinds.Kind("snapshot.storage.k8s.io", "VolumeGroupSnapshot"), Relevance.MARKER),
        (kinds.STORAGE_CLASS, Relevance.BUILT),
        (kinds.POD, Relevance.READ),
        (kinds.Kind("", "PodList"), Relevance.READ),
        (kinds.FLUX_KUSTOMIZATION, Relevance.READ),
        (kinds.Kind("", "VirtualMachine"), Relevance.MARKER),
        (kinds.Kind("kustomize.config.k8s.io", "Kustomization"), Relevance.NONE),
        (kinds.Kind("gerritoperator.google.com", "GerritCluster"), Relevance.NONE),
    ],
)
def test_a_kind_counts_by_its_group_or_by_a_name_of_ours(
    kind: kinds.Kind, relevance: Relevance
) -> None:
    assert of_kind(*kind) is relevance


@pytest.mark.parametrize(
    ("text", "relevance"),
    [
        ("apiVersion: kubevirt.io/v1\nkind: [", Relevance.MARKER),
        ("kind: StorageClass\nmetadata: [\napiVersion: storage.k8s.io/v1\n", Relevance.READ),
        ("- apiVersion: v1\n  kind: Pod\n   a: b\n", Relevance.READ),
        ("- kind: Pod\n  apiVersion: v1\n   a: b\n", Relevance.READ),
        ("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n", Relevance.READ),
        ('{"apiVersion": "v1", "kind": "PersistentVolumeClaim", ', Relevance.READ),
        ('{\n  "kind": "Pod",\n  "apiVersion": "v1",\n', Relevance.READ),
        ("apiVersion: argoproj.io/v1alpha1\nkind: Application\n", Relevance.READ),
        ("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n", Relevance.NONE),
        ("kind: Pod\n", Relevance.NONE),
        ("apiVersion: gerrit.io/v1\nkind: Pod\n", Relevance.NONE),
        (STATEFUL_SET, Relevance.NONE),
        ('{"apiVersion": "apps/v1", "a": {"apiVersion": "v1", "kind": "Pod"', Relevance.NONE),
        ('{"a": {"apiVersion": "v1", "kind": "Pod"', Relevance.NONE),
    ],
)
def test_a_text_that_does_not_parse_counts_by_its_own_fields(
    text: str, relevance: Relevance
) -> None:
    assert of_text(text) is relevance


WORDS = (
    "DataVolume", "KubevirtMachineTemplate", "StorageClass", "StorageProfile", "VirtualMachine",
    "VolumeSnapshot", "kubevirt.io", "storage.k8s.io", "kubevirt-config",
)  # fmt: skip
APPLIED = (r"(?:argoproj\.io|core\.libopenstorage\.org|lvm\.topolvm\.io|ocs\.openshift\.io"
           r"|piraeus\.io|(?:helm|kustomize|source)\.toolkit\.fluxcd\.io)/v")  # fmt: skip
READ = re.compile(
    "|".join(map(re.escape, WORDS))
    + r"|(?<!\w)(?:PersistentVolume|PersistentVolumeClaim|Pod)(?:List)?\b"
    rf"|^apiVersion: *{APPLIED}|{{apiVersion: *{APPLIED}|apiVersion[\"']?: *[\"']{APPLIED}",
    re.ASCII | re.MULTILINE,
)
PIECES = (
    *WORDS, "PersistentVolume", "Claim", "Pod", "List", "apiVersion", ": ", " ", "\n", "{", '"',
    "argoproj.io/v", "ocs.openshift.io/v", "x", "V", "S", "K", "k", "P", "Volume", "k8s.io",
    "kube", "virt.io", "_", "é",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
@examples(500)
def test_looking_for_letters_finds_what_a_search_for_all_words_finds(text: str) -> None:
    assert shows(text.encode(), Relevance.READ) == bool(READ.search(text))


KINDS = (kinds.VM, kinds.SNAPSHOT, kinds.RESTORE, kinds.DATA_VOLUME, kinds.STORAGE_CLASS, kinds.PVC,
         kinds.PV, kinds.POD, kinds.VOLUME_SNAPSHOT_CLASS, kinds.CDI)  # fmt: skip
SHAPES = (
    "apiVersion: {}\nkind: {}\n", "kind: {1}\napiVersion: {0}\n", "{{apiVersion: {}, kind: {}}}",
    '{{"apiVersion":{},"kind":{}}}', "? apiVersion\n: {}\n? kind\n: {}\n",
    "apiVersion: &a {}\nkind: !!str {}\n", "apiVersion:\n  {}\nkind:\n  {}\n",
    "---\n# one\n---\nmetadata: {{}}\napiVersion: {}\nkind: {}\n...\n",
)  # fmt: skip
SPELLINGS = ("{}", "{}", "{}", "\\x{:02x}", "\\u{:04X}", "\\U{:08x}", "\\\n   {}")


@st.composite
def quoted(draw: st.DrawFn, text: str) -> str:
    """The text, plain or quoted, some of its characters escaped."""
    style = draw(st.sampled_from(["{}", "'{}'", ">-\n  {}", '"{}"', '"{}"']))
    if style != '"{}"':
        return style.format(text)
    spelled = [draw(st.sampled_from(SPELLINGS)) for _ in text]
    inside = (
        how.format(sign if how.endswith("{}") else ord(sign))
        for sign, how in zip(text, spelled, strict=True)
    )
    return f'"{"".join(inside)}"'


@given(st.data(), st.sampled_from(KINDS), st.sampled_from(SHAPES))
@examples(500)
def test_no_spelling_hides_an_object(data: st.DataObject, kind: kinds.Kind, shape: str) -> None:
    version = f"{kind.group}/v1" if kind.group else "v1"
    text = shape.format(data.draw(quoted(version)), data.draw(quoted(kind.kind)))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]))
    encoded = text.encode(encoding)
    values = [part.value for part in document.read("x.yaml", encoded).documents]
    found = [
        value for value in values if isinstance(value, dict) and value.get("kind") == kind.kind
    ]
    event(f"parsed: {bool(found)}")
    if found:
        assert shows(encoded, Relevance.READ)


@pytest.mark.parametrize("text", ['a: "\\u003cb\\u003e \\n"', "run: |\n  kubectl get \\\n    vm"])
def test_escapes_that_stand_for_nothing_of_ours_change_nothing(text: str) -> None:
    assert not shows(text.encode(), Relevance.READ)
