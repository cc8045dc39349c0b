"""Which place each row belongs to and how protected each field is: declared once a table, checked, shown, enforced."""
