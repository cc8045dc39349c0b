"""The door for other institutions' systems: keys, repeatable writes, refusals as data. Chapters add operations."""
