"""What we know: immutable snapshots on disk and questions about them."""
