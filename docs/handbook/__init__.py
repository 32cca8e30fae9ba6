"""Writes the generated pages of the documentation: rules, reference, man page, sessions."""
