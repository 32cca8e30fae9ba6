"""Reports of many runs become one: those of format json, and those of format sarif."""
