"""The policies of the configuration, as rules: what they say of each object."""
