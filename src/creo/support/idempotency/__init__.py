"""A form sent twice has one effect: the second time is answered like the first, and does nothing."""
