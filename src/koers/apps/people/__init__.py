"""Accounts, roles, municipalities and the history of changes."""
