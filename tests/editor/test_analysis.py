"""Reports and editors call files in two ways, which lead to each other."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.editor.analysis import file_in, location_in

NAMES = st.one_of(
    st.sampled_from(("vm.yaml", "a\\x41.yaml", "\\x5c", os.fsdecode(b"caf\xe9.yaml"), "名.yaml")),
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1),
).filter(lambda name: name not in (".", ".."))


@given(NAMES, st.lists(NAMES, max_size=2))
def test_the_name_of_a_file_in_reports_leads_back_to_its_path(name: str, above: list[str]) -> None:
    root = "/the \\x41 root"
    path = str(Path(root, *above, name))
    assert path == location_in(root, file_in(root, path))
