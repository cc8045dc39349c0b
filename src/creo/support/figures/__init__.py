"""Figures that may leave the house: small cells hidden so that nobody finds them again, and what was published."""
