"""Rows as the bytes of a file: CSV for Dutch Excel, ODS and XLSX."""
