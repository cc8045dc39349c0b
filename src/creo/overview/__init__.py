"""Pages that cross chapters: what is due today, search, the nation at a glance, a person's file, the record of acts."""
