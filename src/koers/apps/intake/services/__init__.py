"""What the app does: load the sources, keep the schedule, count own files."""
