"""docs/operations.md followed literally on a fresh machine, with a container and a proxy."""
