"""Objects that the API server or a webhook of KubeVirt rejects."""
