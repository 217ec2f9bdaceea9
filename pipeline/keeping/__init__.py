"""How long things are kept, and how they are brought back: holds, retention, erasing, backup and restore."""
