"""Homes as former versions of Koers left them, and the script that makes one."""
