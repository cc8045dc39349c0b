"""Who somebody is, and that it is still them: sign-in, second factors, sessions, passwords."""
