"""A patch is rejected exactly where the webhook's splitting rejects it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vmsnap_lint.kubevirt.restore.json_patch import PatchFaultKind, fault, operations, rejections

GO_BLANKS = "\t\n\v\f\r \x85\xa0"
PIECES = st.sampled_from([
    "{", "}", "[", "]", '"', ":", ",", " ", "\n", "\xa0", "\x1c", "op", "path", "value", '"op"',
    '"path"', '"value"', '"replace"', '"/spec/', '"/spec', '"/metadata/labels/', "/metadata/name",
    '"/metadata/annotations/', "02:00", "null", "1",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30)
SOUND = '{"op": "replace", "path": "/spec/runStrategy", "value": "Halted"}'


def described(text: str, metadata: bool) -> list[str]:
    """The algorithm as it is described, step by step, with none of our code.

    Without the braces at both ends, the text is cut at its commas. No piece may have fewer or more
    than one colon, and what follows "path" must lie where patches are allowed.
    """
    begin, end = 0, len(text)
    while begin < end and text[begin] in "{}":
        begin += 1
    while end > begin and text[end - 1] in "{}":
        end -= 1
    found = []
    for piece in text[begin:end].split(","):
        if piece.count(":") != 1:
            found.append("colon")
            continue
        before, after = piece.split(":")
        if before.strip(GO_BLANKS) != '"path"':
            continue
        value = after.strip(GO_BLANKS)
        allowed = ['"/spec/']
        if metadata:
            allowed += ['"/metadata/labels/', '"/metadata/annotations/']
        if not any(value[: len(start)] == start for start in allowed):
            found.append("path")
    return found


@given(TEXTS, st.booleans())
@settings(max_examples=400)
@example("", True)
@example("{}", True)
@example('{"op":"remove","path":"/metadata/labels/a"}', False)
def test_the_webhook_rejects_as_described(text: str, metadata: bool) -> None:
    found = [one.kind.value for one in rejections(text, metadata=metadata)]
    # blanks beyond Latin-1 are trimmed by both, but not by the transliteration
    if text.isascii() or not set(text) - set(GO_BLANKS) - set(map(chr, range(0x100))):
        assert found == described(text, metadata)


@given(st.sampled_from(["add", "replace", "test"]), st.text(max_size=12))
@settings(max_examples=200)
@example("add", ",:")  # split at the comma, each piece has its one colon
def test_a_valid_operation_is_rejected_only_for_its_colons_and_commas(op: str, value: str) -> None:
    text = json.dumps({"op": op, "path": "/spec/runStrategy", "value": value})
    found = fault(text)
    pieces = text.strip("{}").split(",")
    expected = PatchFaultKind.COLON if any(piece.count(":") != 1 for piece in pieces) else None
    assert (found.kind if found else None) is expected
    assert expected is None or set(value) & {":", ","}


@given(TEXTS)
@settings(max_examples=300)
def test_any_text_has_an_answer_and_only_operations_have_none(text: str) -> None:
    found = fault(text)
    decoded = operations(text)
    assert isinstance(decoded, str) == (
        found is not None and found.kind is PatchFaultKind.MALFORMED
    )
    if found is None:
        assert rejections(text) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SOUND, None),
        ('{"op":"remove","path":"/spec/template/spec/nodeSelector"}', None),
        ('{"path":"/metadata/labels/x","op":"remove"}', None),
        ('{"op":"add","path":"/spec/x","value":{"a":"b"}}', PatchFaultKind.COLON),
        ('{"op":"add","path":"/spec/x","value":["a","b"]}', PatchFaultKind.COLON),
        # one entry holds no comma, so the webhook sees nothing wrong with it
        ('{"op":"add","path":"/spec/x","value":["a"]}', None),
        ('{"op":"add","path":"/spec/x","value":"02:00:00:00:00:01"}', PatchFaultKind.COLON),
        ('{"op":"replace","path":"/metadata/name","value":"x"}', PatchFaultKind.PATH),
        ('{"op":"replace","path":"/metadata/name","value":"a:b"}', PatchFaultKind.PATH),
        (f"[{SOUND}]", PatchFaultKind.MALFORMED),
        ("", PatchFaultKind.MALFORMED),
        ("null", PatchFaultKind.MALFORMED),
        # sets null
        ('{"op":"replace","path":"/spec/x"}', None),
        ('{"op":"move","path":"/spec/x"}', PatchFaultKind.MALFORMED),
        ('{"op":"patch","path":"/spec/x","value":1}', PatchFaultKind.MALFORMED),
        ('{"op":"add","path":"/spec/x","value":NaN}', PatchFaultKind.MALFORMED),
        ("[" * 100_000, PatchFaultKind.MALFORMED),
        ('{"op":"add","path":"/spec/x","value":' + "9" * 5000 + "}", PatchFaultKind.MALFORMED),
    ],
)
def test_the_most_important_fault_is_reported(text: str, kind: PatchFaultKind | None) -> None:
    found = fault(text)
    assert (found.kind if found else None) is kind


def test_labels_could_not_be_patched_at_first() -> None:
    text = '{"op":"remove","path":"/metadata/labels/x"}'
    assert fault(text) is None
    found = fault(text, metadata=False)
    assert found is not None
    assert found.kind is PatchFaultKind.PATH
