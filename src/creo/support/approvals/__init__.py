"""Acts that need a second person: proposed by one, decided by others, executed exactly as they were seen."""
