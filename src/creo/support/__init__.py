"""Django foundation shared by every chapter; it holds no word of the programme."""
