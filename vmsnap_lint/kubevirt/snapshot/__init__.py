"""The outcome of a snapshot, predicted from manifests or observed in an export."""
