"""The HTTP API: what the command line does, for programs that bring a token."""
