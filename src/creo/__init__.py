"""CREO: the information system that runs the budget programme of the same name."""
