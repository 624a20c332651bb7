"""Content to accessible documents."""
