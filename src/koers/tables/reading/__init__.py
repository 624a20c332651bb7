"""Files that a user brings, as cells: CSV, XLSX, ODS, Word, ODT and pasted rows."""
