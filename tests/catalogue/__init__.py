"""The smallest failing example of every rule, and the nearest one that is fine."""
