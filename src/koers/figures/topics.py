"""How topics are written."""

TOGETHER = "+"
"""Between topics that are counted as one: ``1.4.6+1.4.7``."""
