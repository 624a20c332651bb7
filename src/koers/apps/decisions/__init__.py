"""Proposals to the college, the steps that they pass and their documents."""
