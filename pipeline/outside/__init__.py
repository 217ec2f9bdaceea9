"""What is seen of the program from outside: its log, its metrics, its health, and messages about what changed."""
