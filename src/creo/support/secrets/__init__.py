"""Texts and files that nobody reads from the disk: sealed with keys that the database never holds."""
