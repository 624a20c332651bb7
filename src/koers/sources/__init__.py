"""Where figures are published: one module a publisher, and the reader of saved files."""
