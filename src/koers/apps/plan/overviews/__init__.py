"""Ways to look at the plan: tree, tables, timeline, board, one's own work, by neighbourhood, by
partner."""
