"""What happens in a meeting: its paper, the triage of signals, and closing it."""
