"""What the API server and the webhooks reject of an object."""
