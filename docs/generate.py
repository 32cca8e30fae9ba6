"""Writes the pages of rules and options, README's rule table and its sessions.

Run it as `python docs/generate.py`.

With --check nothing is written; the exit code is 1 when something is out of date.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from vmsnap_lint.checks import FAMILIES, catalog, family
from vmsnap_lint.config.options import Group
from vmsnap_lint.config.settings import ROWS
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.report import cards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.checks.catalog import Rule
    from vmsnap_lint.config.options import Option

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "rules"
OPTIONS = ROOT / "docs" / "reference" / "options.md"
README = ROOT / "README.md"
_TABLE = re.compile(r"(<!-- rules: [^\n]*-->\n).*?(<!-- end of rules -->)", re.DOTALL)
_SESSION = re.compile(r"(```console\n\$ vmsnap-lint ([^\n]*)\n).*?(```)", re.DOTALL)
_OPTIONS_HEAD = """\
<!-- written by docs/generate.py from vmsnap_lint/config/settings.py: edit the table there -->

# Options

A flag overrides a variable, a variable overrides the configuration file, the file overrides the
default. The key in files is the flag without its dashes; the variable is `VMSNAP_LINT_` and the key
in capitals with underscores. `vmsnap-lint config` shows the values in force.
"""
_NOTE = "<!-- written by docs/generate.py from rules/{}.yaml: edit the card -->"


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    for rule_id in rule_ids():
        yield PAGES / f"{rule_id}.md", page(catalog.rule(rule_id))
    yield OPTIONS, options_page()
    text = README.read_text(encoding="utf-8")
    text = _TABLE.sub(lambda found: f"{found[1]}{table()}{found[2]}", text)
    yield README, _SESSION.sub(lambda found: f"{found[1]}{session(found[2])}{found[3]}", text)


def page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    since = f" · since KubeVirt {rule.since}" if rule.since else ""
    lines = [
        _NOTE.format(rule.id),
        f"# {rule.id}",
        f"**{rule.severity}** · {', '.join(rule.kinds)}{since}",
        f"{rule.title[0].upper()}{rule.title[1:]}.",
        "## What happens",
        rule.why,
        "## What to do",
        rule.fix,
    ]
    lines += ["## Found", *(_fenced(example) for example in rule.bad)]
    lines += ["## Not found", *(_fenced(example) for example in rule.good)]
    if rule.references:
        lines += ["## References", "\n".join(f"- <{url}>" for url in rule.references)]
    return "\n\n".join(lines) + "\n"


def options_page() -> str:
    """The reference of all options, group by group."""
    return _OPTIONS_HEAD + "".join(map(_option_group, Group))


def _option_group(group: Group) -> str:
    rows = "".join(_option_row(row) for row in ROWS if row.group is group)
    head = "| option | what it does | default | verbs | set by |\n|---|---|---|---|---|\n"
    return f"\n## {group.value}\n\n{head}{rows}"


def _option_row(option: Option) -> str:
    names = ", ".join(option.flags) or option.key
    shown = f"{names} {option.placeholder}".rstrip()
    default = f"`{option.default}`" if option.choices or isinstance(option.default, str) else ""
    verbs = ", ".join(filter(None, option.verbs))
    cells = (f"`{shown}`", option.help, default, verbs, option.set_by.value)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def session(arguments: str) -> str:
    """What a terminal shows of that run."""
    return subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", *arguments.split()],
        cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8", "VMSNAP_LINT_FORMAT": "full"},
    ).stdout  # fmt: skip


def table() -> str:
    """README's table of rules, family by family."""
    return "".join(map(_family, FAMILIES))


def _family(name: str) -> str:
    told = import_module(f"vmsnap_lint.checks.{name}").__doc__ or ""
    title = told.splitlines()[0].rstrip(".")
    rows = "".join(_row(catalog.rule(rule_id)) for rule_id in sorted(family(name)))
    return f"\n**{title}**\n\n| rule | severity | what it finds |\n|---|---|---|\n{rows}"


def _row(rule: Rule) -> str:
    title = rule.title.replace("|", "\\|")
    return f"| [`{rule.id}`](docs/rules/{rule.id}.md) | {rule.severity} | {title} |\n"


def _fenced(example: str) -> str:
    fence = "````" if "```" in example else "```"
    return f"{fence}yaml\n{cards.shown(example).rstrip()}\n{fence}"


def main() -> int:
    """Writes, or with --check tells, what is out of date."""
    check = "--check" in sys.argv[1:]
    wanted = dict(pages())
    stale = [path for path, text in wanted.items() if _current(path) != text]
    gone = sorted(set(PAGES.glob("*.md")) - set(wanted))
    for path in [*stale, *gone]:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
    if check:
        return int(bool(stale or gone))
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
