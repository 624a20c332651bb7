"""What everyone may read, and the pages on which an adviser publishes."""
