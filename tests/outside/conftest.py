"""The room's settings, for tests of what is seen from outside."""

from tests.room.conftest import Browser, admin, browser, cheap, reviewer, second, settings, staff

__all__ = ["Browser", "admin", "browser", "cheap", "reviewer", "second", "settings", "staff"]
