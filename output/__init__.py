"""The files of a release; nothing here can be given an unreleased record."""
