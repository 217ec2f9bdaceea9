"""Work that outlives whoever asked for it: what is asked for, where it waits, and who does it."""
