"""Documents that people upload: looked at by content, cleaned, kept by hash, and given back unchanged or not at all."""
