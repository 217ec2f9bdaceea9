"""The review room: a web page on this machine for staff, reviewers and participants. A door; it holds no logic."""
