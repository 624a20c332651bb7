"""Suggestions on what is proposed, and the results of surveys."""
