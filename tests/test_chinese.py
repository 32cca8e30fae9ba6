"""The Chinese pages are in step with the English ones, and with the rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.expectations import findings_of, settings_of
from tests.markdown import page
from tests.shared import ROOT
from vmsnap_lint.checks import catalog
from vmsnap_lint.core.data_files import rule_ids
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = {
    "vmsnap-lint": "vmsnap-lint",
    "One finding": "先看一个例子",
    "Install": "安装",
    "Three things to set": "先设好三件事",
    "Accept a finding": "忽略个别问题",
    "Fixes, editors, policies": "修复、编辑器、自定义策略",
    "In CI": "接入 CI",
    "Beside other linters": "和其他检查工具的关系",
    "What it does not see": "它看不到什么",
    "Exit codes": "退出码",
    "Promises": "承诺",
}
RULES = "docs/zh/rules.md"
TEXT = (ROOT / RULES).read_text(encoding="utf-8")
PARTS = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")[1:]}
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}
_HAN = re.compile(r"[\u4e00-\u9fff]")


def test_the_readmes_have_the_same_headings() -> None:
    english = page("README.md").headings
    chinese = page("README.zh-CN.md").headings
    assert [(level, HEADINGS.get(title)) for level, title in english] == list(chinese)


def test_the_readmes_have_the_same_blocks() -> None:
    assert page("README.md").fences == page("README.zh-CN.md").fences


def test_the_readmes_name_the_same_commands_and_flags() -> None:
    english, chinese = page("README.md"), page("README.zh-CN.md")
    assert sorted(english.commands()) == sorted(chinese.commands())
    assert english.flags() == chinese.flags()


def test_the_readmes_lead_to_the_same_pages() -> None:
    english = set(page("README.md").links) - {"README.zh-CN.md"}
    assert english == set(page("README.zh-CN.md").links) - {"README.md", RULES}


@pytest.mark.parametrize("name", ["README.zh-CN.md", RULES])
def test_no_line_ends_within_a_chinese_sentence(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")  # a line break is shown as a space
    assert re.findall(r"[\u4e00-\u9fff，；：、（]\n *[\u4e00-\u9fff（]", text) == []


def test_at_least_ten_rules_are_explained_in_chinese() -> None:
    assert len(PARTS) >= 10
    assert set(PARTS) <= set(rule_ids())


@pytest.mark.parametrize("rule_id", PARTS)
def test_each_rule_is_explained_whole(rule_id: str) -> None:
    part = PARTS[rule_id]
    title, severities = re.findall(r"(?m)^\*\*(.*)\*\*（(.*)）$", part)[0]
    assert _HAN.search(title)
    assert severities.startswith(SEVERITIES[catalog.rule(rule_id).severity])
    for label in ("**为什么：**", "**怎么办：**"):
        assert part.count(label) == 1
        assert _HAN.search(part.partition(label)[2])


@pytest.mark.parametrize("rule_id", PARTS)
def test_the_releases_are_those_of_the_card(rule_id: str) -> None:
    rule = catalog.rule(rule_id)
    english = " ".join((rule.why, rule.fix, *rule.bad, *rule.good))
    releases = re.findall(r"\b1\.\d+", PARTS[rule_id])
    assert [release for release in releases if release not in english] == []


@pytest.mark.parametrize("rule_id", PARTS)
def test_the_messages_are_those_of_the_rule(
    rule_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {
        finding.message
        for example in catalog.rule(rule_id).bad
        for finding in findings_of(example, settings_of(example), tmp_path)
        if finding.rule == rule_id
    }
    patterns = re.search(r"```text\n(.*?)```", PARTS[rule_id], re.DOTALL)
    assert patterns
    for pattern in patterns[1].splitlines():
        form = ".+?".join(map(re.escape, pattern.split("…")))
        assert any(re.fullmatch(form, message) for message in said), pattern
