"""What the municipality shows to everyone."""
