"""The outermost layer: settings, addresses, menu, wiring, command line, worker."""
