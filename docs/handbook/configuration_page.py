"""Writes the reference of configuration files from their JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handbook.markdown import code, fenced, page, table
from vmsnap_lint.config.file.config_schema import schema
from vmsnap_lint.config.settings import OPTIONS
from vmsnap_lint.core.file_names import CONFIGURATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.options import Option

__all__ = ["EXAMPLE", "configuration_page"]

_NOTE = (
    "<!-- written by docs/generate.py from vmsnap_lint/config/settings.py and config_schema.py -->"
)
_INTRODUCTION = """\
{names} or the table `[tool.vmsnap-lint]` of `pyproject.toml`: the nearest one is used, from the
working directory up to the root of the git repository. `--config FILE` reads another one,
`--config none` reads none. Paths in it are relative to its directory, and lead to files of the
same repository.

Every mistake in a file is reported with its line, all at once. `vmsnap-lint config` shows the
settings in force and where each is set; `vmsnap-lint config --schema` prints the JSON Schema,
for completion in editors:

```yaml
# yaml-language-server: $schema=vmsnap-lint.schema.json
```"""
_ENTRIES = """\
An entry has `paths` or `objects`, and `ignore` or `severity`. The last entry that fits a finding
decides its severity. What `ignore` hides is counted as suppressed; an entry that hides nothing,
or names nothing, is itself a finding."""
_CLUSTERS = """\
Each key is the name of a cluster ([guide](../guides/clusters.md)); its own `facts`, `kubevirt`
and `complete` take the place of those of the file."""
_POLICIES = """\
A policy is a rule of your own, `policy/ID` ([guide](../guides/policies.md)): every object that
`match` names must satisfy `require`, an expression in CEL over
[the verdict model](verdict-model.md). It needs the extra `cel`
([install](../guides/install.md#extras))."""
EXAMPLE = """\
required-version: ">=0.1"
kubevirt: "1.6"                       # in quotes: 1.10 would be the number 1.1
snapshot-mode: offline
complete: [StorageClass, VolumeSnapshotClass]
facts: cluster-facts.yaml
facts-max-age: 30d
context: [base]
crds: [crds]
crds-from-input: false

root: .
since: origin/main
tracked: true
docs: false
exclude: [generated, "*.tmpl.yaml"]   # as in a .gitignore: *, ? and **
render: require
no-cache: false
helm-values: [values-ci.yaml]
all-vms: false
allow-empty: false

select: []                            # all rules
ignore: [running-deprecated]
severity:
  restore-shares-volume: info
overrides:
  - paths: ["legacy/**", "*.bak.yaml"]
    severity: {source-vm-missing: warning}
  - objects: ["VirtualMachine/prod/web", "*/staging/*"]
    ignore: [claim-missing]
    until: 2030-12-31
    reason: migrated with the next release
policies:
  - id: gold-is-complete
    match:
      kinds: [VirtualMachine]
      labels: {tier: gold}
    require: plan.complete
    message: the snapshot of a gold VM must have all disks
    severity: error
baseline: vmsnap-lint-baseline.json
no-suppressions: false

fail-on: warning
min-severity: info
format: auto
color: auto
exit-zero: false
quiet: false
verbose: false

clusters:
  prod:
    paths: [clusters/prod, apps/prod]
    facts: prod-facts.yaml
    kubevirt: "1.6"
  staging:
    paths: [clusters/staging]
    complete: [StorageClass]
"""


def configuration_page() -> str:
    """The reference of the keys, with an example."""
    properties = schema()["properties"]
    override = properties["overrides"]["items"]["properties"]
    policy = properties["policies"]["items"]["properties"]
    cluster = properties["clusters"]["additionalProperties"]["properties"]
    return page([
        _NOTE,
        "# Configuration",
        _INTRODUCTION.format(names=", ".join(map(code, CONFIGURATIONS))),
        "## Keys",
        table(("key", "type", "default", "what it does"), map(_row, OPTIONS)),
        "### An entry of overrides",
        _ENTRIES,
        table(("key", "type"), _fields(override)),
        "### A policy",
        _POLICIES,
        table(("key", "type"), _fields(policy)),
        "Its `match` has these keys, each of which narrows it:",
        table(("key", "type"), _fields(policy["match"]["properties"])),
        "### A cluster",
        _CLUSTERS,
        table(("key", "type"), _fields(cluster)),
        "## Example",
        "Most files need three or four of these keys.",
        fenced(EXAMPLE, "yaml"),
    ])  # fmt: skip


def _row(option: Option) -> tuple[str, ...]:
    choices = ", ".join(map(code, option.choices))
    return code(option.key), choices or option.type.value, _default(option), option.help


def _default(option: Option) -> str:
    value = option.default
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(value) if isinstance(value, str) else ""


def _fields(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, about in properties.items():
        yield code(key), about["title"]
