"""Pages of access: the staff and their roles, the review, and where somebody works."""
