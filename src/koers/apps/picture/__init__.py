"""The safety picture: themes, comparisons, maps, and signals with their triage."""
