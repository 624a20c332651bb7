"""The public page is open to everyone: its views are marked PUBLIC, and show only what was adopted."""
