"""Where released records go (an archive, a git repository, a folder with an index), and how they leave it again."""
