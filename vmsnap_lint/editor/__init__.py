"""What an editor asks about manifests: findings while typing, and answers about what is there."""
