"""Figures in: loading the sources in the background, own files and their mapping."""
