"""Generators and the harness that measures speed and memory."""
