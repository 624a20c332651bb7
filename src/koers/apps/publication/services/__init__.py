"""Making something public, and reading what is."""
