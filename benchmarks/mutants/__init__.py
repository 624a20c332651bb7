"""Deliberate faults in the rules of Koers, and whether a test sees them."""
