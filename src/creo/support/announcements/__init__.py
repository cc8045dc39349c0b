"""Announcements: what an earlier chapter did reaches the later ones once, in order; people are asked to decide."""
