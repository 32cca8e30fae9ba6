"""vmsnap-lint: an offline linter for the manifests of KubeVirt VM snapshots and restores."""

__all__ = ["__version__"]

__version__ = "0.2.0"
