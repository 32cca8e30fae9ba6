"""The formats of findings: one module a format, with `render(result, look)`."""
