"""Pages of sign-in, of one's own account, and of an administrator about another's."""
