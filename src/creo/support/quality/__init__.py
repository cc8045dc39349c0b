"""Data checks with limits, owners and exceptions: what is wrong in the records, since when, and who mends it."""
