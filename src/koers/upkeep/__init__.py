"""A whole installation: backed up, restored, moved to another database, and which version may open
it."""
