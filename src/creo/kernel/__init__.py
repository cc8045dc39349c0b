"""Plain Python shared by all rules; it knows nothing of Django or of prisons."""
