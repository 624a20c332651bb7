"""What stands beside a value that people typed, as topics of the same table."""

from __future__ import annotations

RESPONDENTS = ".n"
"""How many answered the question of a survey."""
STATED_MARGIN = ".marge"
"""The margin of 95 % that the survey says its figure has."""
