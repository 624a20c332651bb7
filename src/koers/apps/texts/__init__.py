"""The versions of every text that people write: decisions, minutes, later the plan itself."""
