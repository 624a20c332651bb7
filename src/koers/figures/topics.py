"""How topics are written."""

TOGETHER = "+"
"""Between topics that are counted as one: ``1.4.6+1.4.7``."""
ALL_KINDS = "0.0.0"
"""The code under which the police give all kinds together; where a table has it, kinds are not
added up beside it."""
