"""vmsnap-lint: reads KubeVirt manifests offline and says which VM snapshots would not hold."""

__all__ = ["__version__"]

__version__ = "0.1.0"
