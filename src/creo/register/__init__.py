"""People, identities, custody episodes, movements and offences."""
