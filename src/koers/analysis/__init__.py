"""The statistics: arrays in, results out; imports nothing of Koers and knows no Django, files or
clock."""
