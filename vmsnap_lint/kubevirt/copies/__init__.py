"""What becomes of clones, exports and backups of VMs."""
