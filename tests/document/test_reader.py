"""A file becomes the documents that kubectl would send, and faults for all it would not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.properties import examples
from vmsnap_lint.document import Budget, Fault, FaultKind, Source, read
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.split import Piece
from vmsnap_lint.objects.manifest import Manifest, manifests

DEFAULT = Budget()
VM = b"apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n"


def _values(data: bytes | str) -> list[Any]:
    source = read("x.yaml", data.encode() if isinstance(data, str) else data)
    assert {fault.kind for fault in source.faults} <= {FaultKind.DROPPED}
    return [document.value for document in source.documents]


def _fault(data: bytes | str, limits: Budget = DEFAULT) -> Fault:
    source = read("x.yaml", data.encode() if isinstance(data, str) else data, limits)
    (fault,) = source.faults
    return fault


@examples(300)
@given(
    st.one_of(
        st.binary(max_size=60),
        yamlish.map(str.encode),
        near_plain.map(lambda text: text.encode("utf-16")),
        st.text(
            alphabet="{}[],:\"'\\u0019e.- \n#&*!|>%@\t\r\x85\u2028\ufeff\x00é", max_size=40
        ).map(str.encode),
    )
)
def test_no_input_breaks_it_and_every_scalar_is_where_it_says(data: bytes) -> None:
    source = read("x.yaml", data)
    source.comments()
    for document in source.documents:
        json.dumps(document.value)
        for scalar in document.scalars():
            line, column, end_line, end_column = scalar.span
            assert (1, 1) <= (line, column) <= (end_line, end_column)
            if line == end_line:
                assert source.line(line)[column - 1 : end_column - 1] == scalar.text
    for fault in source.faults:
        assert fault.message


@pytest.mark.parametrize("data", [b"\0\0", b"\0\0a", b"a\0\0", b"\0a\0"])
def test_a_file_shorter_than_its_encoding_shows_is_refused(data: bytes) -> None:
    assert _fault(data).kind is FaultKind.ENCODING


SPLITS = {
    "a: 1\n---\nb: 2\n": [{"a": 1}, {"b": 2}],
    "---\n---\n\na: 1\n--- # note\n# only a note\n---\nnull\n---   \n~\n---": [{"a": 1}],
    "a: |\n  x\n---\nb: 1\n": [{"a": "x\n"}, {"b": 1}],
    "a: 1\n...\n---\nb: 2\n": [{"a": 1}, {"b": 2}],
    "a: 1\n...\nb: 2\n": [{"a": 1}],
    "---\n...\na: 1\n": [],
    "a: 1\r\n---\r\nb: 2\r\n": [{"a": 1}, {"b": 2}],
    "a: 1\rb: 2": [{"a": 1, "b": 2}],
    '{"a": 1}{"b": 2.0}\n': [{"a": 1}, {"b": 2}],
    '\n {"a": 1}\n---\nb: 2\n': [{"a": 1}, {"b": 2}],
    '{"a": 1,}\n---\nb: 2\n': [{"a": 1}, {"b": 2}],
    "{a: [x, {b: c}]}\n": [{"a": ["x", {"b": "c"}]}],
    '{"a": "\\ud83d\\ude00\\/\\ud800"}': [{"a": "😀/\ufffd"}],
    '{"a": 18446744073709551615, "b": 1e2}': [{"a": 18446744073709552000, "b": 100}],
    "": [],
}


@pytest.mark.parametrize("text", SPLITS)
def test_a_file_is_cut_as_kubectl_cuts_it(text: str) -> None:
    assert _values(text) == SPLITS[text]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a: 1\n--- {b: 2}\n---\nc: 3\n", [{"a": 1}, {"b": 2}, {"c": 3}]),
        ("a: 1\n--- !!map\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("a: 1\n----\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("--- x: z\n", [{"x": "z"}]),
        ('{"a": 1}{"b": 2}\n---\nc: 3\n', [{"a": 1}, {"b": 2}, {"c": 3}]),
    ],
)
def test_where_kubectl_stops_we_say_so_and_read_on(text: str, rest: list[Any]) -> None:
    source = read("x.yaml", text.encode())
    assert [fault.kind for fault in source.faults] == [FaultKind.SYNTAX]
    assert [document.value for document in source.documents] == rest


def test_indexes_count_pieces_as_kubectl_does() -> None:
    source = read("x.yaml", b"# note\n---\na: 1\n---\nb: [\n---\nc: 3\n")
    assert [document.index for document in source.documents] == [1, 3]
    assert [fault.document for fault in source.faults] == [2]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_with_its_byte_order_mark_is_read(encoding: str) -> None:
    assert _values("é: 😀\n".encode(encoding)) == [{"é": "😀"}]


def test_utf_16_big_endian_and_a_mark_in_a_later_document_are_read() -> None:
    assert _values(b"\xfe\xff" + "a: b\n".encode("utf-16-be")) == [{"a": "b"}]
    assert _values("a: 1\n---\n\ufeffb: 2\n") == [{"a": 1}, {"b": 2}]


def test_broken_bytes_become_replacement_characters_as_kubectl_has_it() -> None:
    assert _values(b"a: \xe9 \xc0\xaf\n") == [{"a": "\ufffd \ufffd\ufffd"}]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_what_kubernetes_does_not_decode_is_refused_whole(encoding: str) -> None:
    fault = _fault(VM.decode().encode(encoding))
    assert (fault.kind, fault.document, fault.ours) == (FaultKind.ENCODING, -1, True)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ufffe"])
def test_a_character_yaml_forbids_is_refused_where_it_stands(character: str) -> None:
    fault = _fault(f"a: 1\nb: 'é{character}'\n")
    assert (fault.kind, fault.span[:2]) == (FaultKind.ENCODING, (2, 6))
    assert f"U+{ord(character):04X}" in fault.message


MERGES = {
    "b: &b {x: 1, z: 1}\na: {<<: *b, z: 2}\n": {"x": 1, "z": 2},
    "b: &b {x: 1, z: 1}\na: {z: 2, <<: *b}\n": {"x": 1, "z": 1},
    "b: &b {x: 1}\nc: &c {x: 2, z: 2}\na:\n  <<: [*b, *c]\n": {"x": 1, "z": 2},
    "a: {<<: {<<: {x: 1}, z: 2}}\n": {"x": 1, "z": 2},
    "a: {<<: [], x: 1}\n": {"x": 1},
    'a: {"<<": 1}\n': {"<<": 1},
    "a: {! <<: {x: 1}}\n": {"x": 1},
}


@pytest.mark.parametrize("text", MERGES)
def test_merge_keys_are_applied_in_the_order_of_the_text(text: str) -> None:
    (value,) = _values(text)
    assert value["a"] == MERGES[text]


def test_an_anchor_that_is_redefined_counts_from_there() -> None:
    assert _values("a: &x 1\nb: *x\nc: &x 2\nd: *x\n*x : e\n") == [
        {"a": 1, "b": 1, "c": 2, "d": 2, "2": "e"}
    ]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: *x\n", "alias *x refers to no anchor of this document", 1),
        ("a: &x\n  b: *x\n", "alias *x is inside the value that it refers to", 2),
        ("a: &x 1\n---\nb: *x\n", "alias *x refers to no anchor of this document", 3),
        ("a: {<<: 1}\n", "only an object, or an array of objects, can be merged with <<", 1),
        ("a:\n  [b]: c\n", "an array cannot be a key", 2),
        ("~: c\n", "null cannot be a key", 1),
        ("a: .nan\n", '".nan" has no counterpart in JSON, so Kubernetes rejects the document', 1),
        (
            "a: &x .inf\n",
            '".inf" has no counterpart in JSON, so Kubernetes rejects the document',
            1,
        ),
        ("a:\n\tb: c\n", "found a tab where indentation is expected", 2),
        ("a: @b\n", 'found "@", which cannot begin a value; put the value in quotes', 1),
        ("a: !!int b\n", '"b" is not a value of type !!int', 1),
        ("%YAML 1.1\n---\na: b\n", "a directive has no effect: kubectl splits it off", 1),
    ],
)
def test_what_kubernetes_refuses_is_a_fault_at_its_line(text: str, message: str, line: int) -> None:
    fault = _fault(text)
    assert fault.kind is FaultKind.SYNTAX
    assert fault.message.startswith(message)
    assert fault.span.line == line


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\na: 3\n",
        "{a: 1, b: 2, 'a': 3}",
        '{"a": 1, "b": 2, "a": 3}',
        "? a\n: 1\nb: 2\na: 3\n",
    ],
)
def test_a_duplicate_key_is_reported_and_the_last_one_counts(text: str) -> None:
    source = read("x.yaml", text.encode())
    assert [document.value for document in source.documents] == [{"a": 3, "b": 2}]
    assert [fault.kind for fault in source.faults] == [FaultKind.DUPLICATE_KEY]
    assert "the first is on line 1" in source.faults[0].message


def test_keys_that_become_equal_are_duplicates_of_their_own_kind() -> None:
    assert "which one it keeps is random" in _fault('1: a\n"1": b\n').message


@pytest.mark.parametrize(
    "text", ["name: {{ .Name }}\n", "{% if x %}\na: 1\n", "a: <% x %>: b\n", "name: %s\n", "%s\n"]
)
def test_a_template_is_distinguished_from_a_mistake(text: str) -> None:
    assert _fault(text).kind is FaultKind.TEMPLATE


def test_braces_in_a_text_that_parses_prove_nothing() -> None:
    assert _values('a: "{{ .Name }}"\n') == [{"a": "{{ .Name }}"}]


def test_a_document_that_is_no_mapping_is_kept_and_reported() -> None:
    source = read(
        "x.yaml", b"- apiVersion: kubevirt.io/v1\n  kind: VirtualMachine\n---\nsome text\n"
    )
    assert [(fault.kind, fault.ours) for fault in source.faults] == [
        (FaultKind.NOT_MAPPING, True),
        (FaultKind.NOT_MAPPING, False),
    ]
    assert len(source.documents) == 2


def test_a_json_patch_is_a_list_by_right() -> None:
    assert _values("- {op: add, path: /kind, value: kubevirt.io}\n") == [
        [{"op": "add", "path": "/kind", "value": "kubevirt.io"}]
    ]


def test_a_fault_is_ours_only_where_the_text_names_our_kinds() -> None:
    ours = {
        text: _fault(text).ours
        for text in (VM + b"a: [\n", b"kind: Pod\na: [\n", b"kubevirt.io: [\n")
    }
    assert list(ours.values()) == [True, False, False]


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"a: 1\n", Budget(bytes=4)),
        (b"a: 1\n---\n" * 3, Budget(documents=2)),
        (b"a: [1, 2, 3]\n", Budget(nodes=5)),
        (b"a: " + b"[" * 12_000 + b"]" * 12_000, Budget()),
        (b'{"a": ' * 5_000 + b"1" + b"}" * 5_000, Budget()),
        (b'{"a": ' * 300 + b"1" + b"}" * 300, Budget()),
        (b"\n".join(b" " * n + b"a:" for n in range(300)), Budget()),
        (b"- " * 300, Budget()),
        (b"a: &a [1]\nb: &b [[[*a]]]\nc: [[*b]]\n", Budget(depth=6)),
    ],
)
def test_every_budget_has_its_fault(data: bytes, limits: Budget) -> None:
    assert _fault(data, limits).kind is FaultKind.BUDGET


def test_an_alias_bomb_is_seen_before_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 60)]
    fault = _fault("\n".join(lines))
    assert (fault.kind, fault.span.line) == (FaultKind.BUDGET, 4)


def test_a_few_aliases_are_no_bomb() -> None:
    text = "a: &a [x, x]\n" + "".join(f"b{n}: *a\n" for n in range(500))
    assert len(_values(text)[0]) == 501


def test_a_source_tells_its_lines_as_editors_count_them() -> None:
    source: Source = read("x.yaml", "a: 1\r\nb: '\u2028'\rc: 3\n".encode())
    assert [source.line(n) for n in range(6)] == ["", "a: 1", "b: '\u2028'", "c: 3", "", ""]


def test_oddness_is_known_without_positions() -> None:
    odd = [
        read("x", text).documents[0].odd for text in (b"a: yes\n", b"a: {b: 08}\n", b"a: 'yes'\n")
    ]
    assert odd == [True, True, False]


def _long(kind: str, more: str = "") -> bytes:
    fields = "".join(f"  field-{number}: a value that no rule reads\n" for number in range(200))
    head = f"apiVersion: x/v1\nkind: {kind}\nmetadata:\n  name: web\n  namespace: prod\n"
    return f"{head}spec:\n{fields}{more}".encode()


def test_a_long_object_of_another_kind_is_decoded_when_it_is_used() -> None:
    (document,) = read("x.yaml", _long("Thing")).documents
    assert document.outline is not None
    (manifest,) = manifests(document)
    assert manifest.ref == ("x", "Thing", "prod", "web")
    assert (document.shape, manifest.is_export) == (dict, False)
    assert (document.may_hold("field-199"), document.may_hold("field-200")) == (True, False)
    assert manifest.value["spec"]["field-0"] == "a value that no rule reads"
    assert manifest.value is document.value
    assert not document.may_hold("field-200")


def test_words_that_a_line_end_splits_may_be_in_a_document() -> None:
    (document,) = read("x.yaml", _long("Thing", '  more: "spl\\\n    it"\n')).documents
    assert document.may_hold("split")
    assert document.value["spec"]["more"] == "split"


def test_objects_of_ours_are_decoded_at_once() -> None:
    (document,) = read("x.yaml", _long("VirtualMachine")).documents
    assert document.outline is None


_SHORT = "metadata:\n  name: web\n  namespace: prod\n"


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "Thing"])
def test_a_short_object_of_another_kind_is_decoded_when_it_is_used(kind: str) -> None:
    text = f"apiVersion: v1\nkind: {kind}\n{_SHORT}data: {{a: b}}\n---\n"
    first, second = read("x.yaml", (text + text).encode()).documents
    assert first.outline is not None
    assert second.outline is not None
    assert first.value == second.value
    assert first.value["data"] == {"a": "b"}


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n",
        "apiVersion: kubevirt.io/v1\nkind: Thing\n",
        "apiVersion: other/v1\nkind: VirtualMachine\n",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n",
        "apiVersion: v1\nkind: ThingList\nitems: []\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 'apiVersion: v1'\n",
        "apiVersion: v1\nkind: 1\n",
        "apiVersion: v1\nkind: ''\n",
        "apiVersion: 1\nkind: Thing\n",
        "kind: Thing\n",
        "a: b\n",
    ],
)
def test_what_may_matter_is_decoded_at_once(text: str) -> None:
    (document,) = read("x.yaml", (text + _SHORT).encode()).documents
    assert document.outline is None


@examples(300)
@given(st.one_of(near_plain, yamlish), st.booleans())
def test_an_object_that_is_decoded_later_is_the_same(text: str, below: bool) -> None:
    head = "apiVersion: v1\nkind: Thing\n" + ("metadata:\n" if below else "")
    data = (head + (text.replace("\n", "\n  ") if below else text)).encode("utf-8", "replace")
    for document in read("x.yaml", data).documents:
        if document.outline is None:
            continue
        (later,) = manifests(document)
        built = compose(document.text, Piece(0, len(document.text)), DEFAULT)
        assert built.root is not None
        at_once = Manifest(document, built.root.value, ())
        names = [name for name in Manifest.__slots__ if name != "value"]
        assert [getattr(later, name) for name in names] == [
            getattr(at_once, name) for name in names
        ]
        assert later.value == at_once.value


def test_places_in_an_object_are_told_before_it_is_decoded() -> None:
    (document,) = read("x.yaml", _long("Thing")).documents
    assert document.span(("spec", "field-0")).line == 7
