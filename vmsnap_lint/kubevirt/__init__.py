"""What KubeVirt, CDI and the snapshotter would do with the objects of a cluster."""
