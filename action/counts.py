"""Prints the counts of a result as lines for GITHUB_OUTPUT."""

from __future__ import annotations

import json
import sys
from pathlib import Path

summary = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["summary"]
print(f"findings={summary['errors'] + summary['warnings'] + summary['infos']}")
print(f"errors={summary['errors']}")
