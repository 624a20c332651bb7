"""What the plan does: load bundled plans, follow goals, find lines without an owner."""
