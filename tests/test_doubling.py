"""No public parser takes more than 2 s of CPU for 64 KiB, or three times as much for twice a text.

Times are those of the processor, so that other work on the machine does not matter.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.promises import limited
from tests.effort import quickest
from tests.properties import examples
from tests.report.made import MISSING
from vmsnap_lint import document
from vmsnap_lint.config.file import configuration, find
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.config.suggestions import kind_mistake, rule_mistake
from vmsnap_lint.config.suppressions import directives, parse
from vmsnap_lint.core import messages, relevance, values
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Report
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.deploy import repositories, star_globs
from vmsnap_lint.deploy.envsubst import BadSubstitutionError, Expander
from vmsnap_lint.deploy.go_template import GoTemplates, TemplateError
from vmsnap_lint.deploy.render import build, remote, remote_objects
from vmsnap_lint.document import actions, embedded
from vmsnap_lint.input import facts, kustomization, listed_paths, sources
from vmsnap_lint.kubevirt.restore import json_patch
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.uploads import made_by
from vmsnap_lint.objects.wrapped import inside, of_tasks
from vmsnap_lint.report import baseline, folding, terminal
from vmsnap_lint.report.writers import markdown_text
from vmsnap_lint.schema.crds import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SIZE, SECONDS = 64 * 1024, 2.0
NOTICEABLE = 0.25  # seconds from which growth is looked at

# What patterns repeat: a text of one of these is where they go back and try again.
PIECES = (
    "0", "7", "a", "A", "é", "_", "-", ".", ":", ",", ";", "/", "\\", "'", '"', "`", "#", "$",
    "%", "&", "*",
    "!", "?", "@", "|", ">", "<", "~", "=", "+", "^", "(", ")", "[", "]", "{", "}", " ", "\t",
    "\n", "\r",
    "\r\n", "\x85", "\u2028", "\ufeff", "\0", "\x1b[", "a-", "a.", "a b", "a: ", "a:\n", "- ",
    "- a\n", "-\n",
    "? ", "? a\n", "--- ", "---\n", "--- x\n", "...\n", "%YAML 1.1\n---\n", "%a ", "# ", "# a\n",
    " #", "# x # ",
    "&a ", "*a ", "!!a ", "<<: ", "a: |\n", "a: >\n\n", "''", '""', "'a", "\\x", "\\u00", "[a",
    "[a,", "[]", "[] ",
    "[[", "]]", "{a", "{a:", "{}", "{},", "{{", "}}", "{{}", "{{ a }}", "{{< a >}}",
    "{%", "<%", "${", "${a",
    "${a}", "$(", "$(a",
    "@@", "@@a", "<a", "<a>", "ENC[", "ENC[]", "1h", "1.", ".1", "1.1", "1e", "1Ki", "00", "0x",
    "1_", "1:", "a::",
    "a:a ", "a,a:", "ab", "aab", "*a", "a*", "**/", "**/a/", "*a*b", "?a", "[!a", "[a-", "[a-z]",
    "!a\n", "a/", "a//",
    "//", "://", "a@", "a@a", "?ref=", "git::", "..", "../", "> ", "> a\n", ">> ", "```\n",
    "```yaml\n", "~~~\n", "`` ",
    "1. a\n", "* a\n", "** ", "_a ", "![", "](", "[a](", "[a]: ", "<!--", "-->", "<a ", "&#",
    "&amp", "|a", "|-\n",
    "====\n", "----\n", "[source,yaml]\n", "[a,b", "<1> ", "<.>", "// a\n", "++++\n", "::\n",
    "include::", "<<A\n",
    "<<'A'\n", "A\n", "\\$", "`a`", "vmsnap-lint", "# vmsnap-lint: ignore", "ignore[",
    "ignore[a,", "until=", " until=1",
    "apiVersion: v1\n", "kind: a\n", "apiVersion", "kind", "kubevirt.io", "a = 1\n", "a.b",
    "a . ", "[a]\n", "[[a]]\n",
    "[[", '"""', "'''", "a = [\n", "{a = ", "1979-05-27", '{"a":', '{"op":', '"path":', "null,",
    "true ", "(a", "(a|",
    "a{1,", "[[:", "[[:alpha:]]", "\\Q", "\\pL", "(?i)", "a?", "a+", "(a+)+", ">=1,", "=1.",
    "v1-", "\u202e", "\u200d",
)  # fmt: skip


class Parser(NamedTuple):
    """A function of a text, and the texts that nasty pieces are put into (at `@`)."""

    function: Callable[[str], object]
    around: tuple[str, ...] = ("@",)


_OURS = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
_OBJECT = ("@", f"{_OURS}spec: @", f"{_OURS}@", f"{_OURS}spec: {{a: @}}\n", f"{_OURS}spec: '@'\n")


def _read(text: str) -> None:
    source = document.read("m.yaml", text.encode())
    for part in source.documents:
        part.span(("spec",))
        for _ in part.scalars():
            pass


def _inside(text: str) -> None:
    """Reads what is inside the objects of a text, with the places of all of it."""
    for part in document.read("m.yaml", text.encode()).documents:
        found = [of_tasks(part), *map(inside, manifests(part))]
        for item in (item for each in found for item in each.objects):
            item.manifest.document.span((*item.manifest.root, "spec"))


def _suppressions(text: str) -> None:
    source = document.read("m.yaml", text.encode())
    objects = [one for part in source.documents for one in manifests(part)]
    list(directives.find([source], objects))


def _page(name: str) -> Callable[[str], object]:
    return lambda text: embedded.read(name, text.encode())


def _configuration(name: str) -> Callable[[str], object]:
    return lambda text: configuration.from_file(find.File(name, ".", text.encode()))


def _written(read: Callable[[str], object]) -> Callable[[str], object]:
    """A reader of a file as a function of its text."""

    def function(text: str) -> object:
        Path("input").write_bytes(text.encode())
        try:
            return read("input")
        except UsageError:
            return None

    return function


def _walked(name: str) -> Callable[[str], object]:
    """A walk of odd names as a function of a file that steers it."""

    def function(text: str) -> object:
        Path(name).write_bytes(text.encode())
        return sources.collect(["."], sources.Search(allow_empty=True), markers=(b"",))

    return function


def _excluded(text: str) -> object:
    scope = Scope(os.getcwd(), (text,))  # noqa: PTH109  # as the program does it
    return sources.collect(["."], sources.Search(exclude=(scope,), allow_empty=True))


def _rendered(text: str) -> object:
    found = _walked("kustomization.yaml")(text)
    assert isinstance(found, sources.Sources)
    return build.Renderer(found, Settings(all_vms=True)).trees()


def _go_template(text: str) -> None:
    with suppress(TemplateError):
        GoTemplates(10**6).rendered(text, {"a": text, "b": [text], "c": {"a": "b"}})


def _star_globs(text: str) -> None:
    star_globs.fits_text(text, "ab" * 5_000)
    star_globs.fits_text("*a*b*c", text)
    star_globs.fits_names(text, text)


def _equal(text: str) -> Report:
    """Two findings with a message of a text and the name of their object, folded."""
    finding = MISSING._replace(message=f'{text} "nightly"')
    return folding.folded(Report((finding, finding), (), files=1, objects=1, snapshots=1))


def _flux_variables(text: str) -> None:
    with suppress(BadSubstitutionError):
        Expander({"a": text, "b": "aab" * 90}.get, 10**6).replaced(text)
    with suppress(BadSubstitutionError):
        Expander(lambda name: name[:10], 10**6).replaced(text)


PARSERS = {
    "actions": Parser(lambda text: tuple(actions.actions(text)), ("@", "{{ @ }}", "{{/*@*/}}")),
    "advice": Parser(lambda text: (rule_mistake(text), kind_mistake(text)), ("@", "claim-@")),
    "annotation": Parser(parse.of_annotation),
    "asciidoc": Parser(_page("a.adoc"), ("@", f"[source,yaml]\n----\n{_OURS}@\n----\n",
    "[@]\n----\n")),
    "baseline": Parser(_written(baseline.read), ("@", '{"version": @',
    '{"version": 1, "findings": [@]}')),
    "comment": Parser(lambda text: (parse.of_comment(text, standalone=False)), ("@", "# @",
    "# vmsnap-lint: @")),
    "configuration": Parser(_configuration(".vmsnap-lint.yaml"), ("@", "select: [@]",
    "exclude: ['@']\n", "@: 1\n")),
    "dns label": Parser(values.is_dns1123_label),
    "dns subdomain": Parser(values.is_dns1123_subdomain),
    "documents": Parser(_read, _OBJECT),
    "duration": Parser(values.parse_duration, ("@", "-@", "1@h")),
    "excerpt": Parser(lambda text: terminal.excerpt(text, len(text) // 2, len(text))),
    "exclude": Parser(_excluded, ("@", "**/@", "*@b", "*@/")),
    "facts": Parser(_written(facts.read), ("@", "# every @", "# vmsnap-lint facts @")),
    "flux variables": Parser(_flux_variables, ("@", "${a@}", "${b%%@}", "${b:=@", "${a/@/@}")),
    "folded": Parser(lambda text: terminal.folded(text, 80)),
    "folding": Parser(_equal, ("@", 'VirtualMachine "@" ', 'volume "@": ', '@ "nightly" ')),
    "globs with stars": Parser(_star_globs, ("@", "*@", "{@", "[@]")),
    "go template": Parser(_go_template, ("@", "{{ @", "{{ @ }}", '{{ "@" }}', "{{ range .b }}@")),
    "gitignore": Parser(_walked(".gitignore"), ("@", "*@", "/@\n", "!@\n", "[@]")),
    "hint": Parser(lambda text: messages.nearest_hint(text, [text[1:], f"{text}x", text[::-1],
    "a"]), ("@", "vm-@")),
    "inside": Parser(_inside, (
    f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    x <<A\n    {_OURS}@\n    A\n",
    f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    @\n    {_OURS}\n",
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {a: @}}\n",
    "- k8s: {definition: @}\n",
    )),
    "kustomization": Parser(_rendered, ("resources: [@]", "patches: [{path: '@'}]", "@")),
    "kustomization, bytes": Parser(lambda text: kustomization.may_name(text.encode(), {b"m.yaml"}),
    ("@", "patches: @")),
    "kustomization, file": Parser(lambda text: kustomization.read("/k.yaml", text.encode()),
    ("resources: [@]",)),
    "kustomization, lines": Parser(lambda text: listed_paths.listed(text.encode()),
    ("@", "resources: [@]", "resources:\n@", "labels:\n @", "labels: {@}", "patches:\n- a: @")),
    "markdown": Parser(_page("a.md"), ("@", f"```yaml\n{_OURS}@\n```\n",
    "```sh\ncat <<A\n@\nA\n```\n", "> @", "- @", "```@\n")),
    "markdown, written": Parser(lambda text: (markdown_text.prose(text), markdown_text.code(text),
    [*markdown_text.fenced([text])])),
    "patch": Parser(json_patch.fault, ("@", '{"op": "add", "path": "@"}', '{"value": @}')),
    "pattern": Parser(patterns.rewritten, ("@", "^[@]$", "(@)")),
    "placeholder": Parser(values.holds_placeholder),
    "quantity": Parser(values.parse_quantity, ("@", "+@", "1@Gi", "1e@")),
    "release": Parser(values.Release.parse, ("@", "1.@", "v1.6.0-@")),
    "relevance": Parser(lambda text: [relevance.shows(text.encode(),
    least) for least in relevance.Relevance]),
    "relevance of a text": Parser(relevance.of_text, (*_OBJECT, "{@", "kubevirt.io @")),
    "remote": Parser(remote.is_remote, ("@", "https://@", "a@b:@")),
    "remote objects": Parser(remote_objects.described, ("@", "https://@", "/kubevirt/kubevirt/@")),
    "repository": Parser(repositories.repository_name, ("@", "https://@", "a@b:@")),
    "suppressions": Parser(_suppressions, (*_OBJECT, "# vmsnap-lint: ignore[@]\n",
    f"{_OURS}# vmsnap-lint: @\n", "a: {{ b }}- @ # vmsnap-lint: @\n")),
    "upload": Parser(lambda text: made_by(embedded.Page("up.sh", text.encode())),
    ("virtctl image-upload @", "image-upload dv @\n", "virtctl @ image-upload dv x")),
    "toml": Parser(
        _configuration("pyproject.toml"),
        ("@", "x = '''\n@\n'''\n[tool.vmsnap-lint]\n", "[tool.vmsnap-lint]\n@",
        "[tool.vmsnap-lint]\nselect = ['@']\n"),
    ),
    "variables": Parser(lambda text: configuration.from_variables({"VMSNAP_LINT_SELECT": text,
    f"VMSNAP_LINT_{text}": "1"})),
    "version": Parser(
        _configuration(".vmsnap-lint.yaml"),
        ("required-version: '@'", "required-version: '>=@'", "required-version: '<1, @'"),
    ),
    "visible": Parser(lambda text: (terminal.visible(text),
    terminal.width(terminal.visible(text)))),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("m.yaml", f"{'a' * 200}/x.yaml", f"{'ab/' * 60}m.yaml", "a/b/c/d.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


def _filled(around: str, pieces: Sequence[str], size: int) -> str:
    """The text around, with the pieces in turns up to that size."""
    part = "".join(pieces)
    inside = part * (max(1, size - len(around.encode())) // len(part.encode()))
    return around.replace("@", inside)


def _spent(function: Callable[[str], object], text: str) -> float:
    def limited_run() -> None:
        with limited(SECONDS):
            function(text)

    return quickest(limited_run, NOTICEABLE)


def _holds(parser: Parser, around: str, pieces: Sequence[str]) -> None:
    spent = _spent(parser.function, _filled(around, pieces, SIZE))
    assert spent <= SECONDS, f"{pieces!r} in {around!r}: {spent:.1f} s"
    if spent > NOTICEABLE:
        half = _spent(parser.function, _filled(around, pieces, SIZE // 2))
        told = f"{pieces!r} in {around!r}: {half:.2f} s, {spent:.2f} s"
        assert spent <= 3 * half + NOTICEABLE, told


@pytest.mark.parametrize("name", PARSERS)
def test_a_repeated_piece_is_read_in_time(name: str) -> None:
    parser = PARSERS[name]
    for number, piece in enumerate(PIECES):
        _holds(parser, parser.around[number % len(parser.around)], [piece])


@pytest.mark.parametrize("name", PARSERS)
@examples(60)
@given(data=st.data())
def test_repeated_pieces_are_read_in_time(name: str, data: st.DataObject) -> None:
    parser = PARSERS[name]
    pieces = data.draw(st.lists(st.sampled_from(PIECES), min_size=2, max_size=4))
    _holds(parser, data.draw(st.sampled_from(parser.around)), pieces)
