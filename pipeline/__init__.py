"""The story of a recording, and the doors through which people start it."""
