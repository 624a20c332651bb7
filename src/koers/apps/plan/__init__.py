"""Frameworks, priorities, goals, measures, actions and partners."""
