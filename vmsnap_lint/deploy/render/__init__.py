"""Renders kustomizations and charts to the objects that are applied.

Only local programs run, within limits, on trees that stay on this disk and hold a kind in scope.
"""
