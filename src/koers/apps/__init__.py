"""The web application: one Django app for each step of the loop."""
