"""Users, roles with a territorial scope and a period, and the reader that every query asks first."""
