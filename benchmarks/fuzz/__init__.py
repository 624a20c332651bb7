"""Hostile submissions of every form and mutated files of every importer; see ``__main__``."""
