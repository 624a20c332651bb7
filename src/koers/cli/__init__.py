"""The command `koers`."""

from koers.cli.main import main

__all__ = ["main"]
