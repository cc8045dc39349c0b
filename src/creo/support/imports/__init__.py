"""Staged import of files: upload, check, show every error by row and column, apply all or nothing."""
