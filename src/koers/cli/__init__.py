"""The command `koers`."""
