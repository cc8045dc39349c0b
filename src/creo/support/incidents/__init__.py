"""The register of security incidents, with the clock of the notice to the authority."""
