"""Configuration files: finding, reading and validating them."""
