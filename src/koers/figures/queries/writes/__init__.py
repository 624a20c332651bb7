"""Writing, indexing and opening the Parquet files of snapshots, and files for users, through
DuckDB."""
