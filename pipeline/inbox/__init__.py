"""A folder into which people drop recordings: what lies there, what belongs together, and what became of it."""
