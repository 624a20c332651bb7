"""Keeping versions of a text, and holding two beside each other."""
