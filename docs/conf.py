"""How Sphinx builds the site: `python docs/build.py`.

Sphinx with MyST, as both are maintained by several people and warn of every broken link, anchor and
orphan page; mkdocs-material ends in May 2027, and its successor has no stable release. The pages
are plain Markdown, as GitHub shows it: what only the site needs is in `handbook.site`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from vmsnap_lint import __version__
from vmsnap_lint.core.addresses import DOCUMENTATION

project = "vmsnap-lint"
author = "the vmsnap-lint maintainers"
release = version = __version__
extensions = ["myst_parser", "handbook.site"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["handbook"]
root_doc = "index"
nitpicky = True
smartquotes = False  # "true" in a sentence is to be copied
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"vmsnap-lint {release}"
html_baseurl = f"{DOCUMENTATION}/"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
