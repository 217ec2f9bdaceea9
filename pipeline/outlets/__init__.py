"""Where released records go: an archive, a git repository, a folder with an index; and how they are taken down there."""
