"""What the picture does: screening for signals."""
