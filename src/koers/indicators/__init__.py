"""One small declarative file an indicator, and their reader."""
