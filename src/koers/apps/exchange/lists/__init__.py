"""Measures, actions and goals typed in a list, a row each, as in a spreadsheet."""
