"""Finds the clusters of a run and everything that is applied to them."""
