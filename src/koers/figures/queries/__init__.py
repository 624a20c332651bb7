"""Questions about the figures: one file, one public function, each through DuckDB."""
