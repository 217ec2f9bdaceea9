"""How often somebody may try to sign in; the door of `limits`."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict

import limits

_PLACE = limits.parse("60 per 15 minutes")
"""From one address, whoever it is for; an office behind one address signs in within it."""

_THERE = limits.parse("8 per 10 minutes")
"""To one account from one address."""

_ACCOUNT = limits.parse("40 per 5 minutes")
"""To one account from everywhere its owner was not before: who tries names cannot keep the owner out for longer."""

_GUESSES = limits.parse("30 per 10 minutes")
"""Of personal links, from one address: nobody types so many wrong ones."""

_CALLS = limits.parse("1200 per minute")
"""Of one token: a program that asks more often has gone astray."""

_KNOWN = 2_000
"""Pairs of account and address that are remembered, the last ones."""


class Attempts:
    """Tries to sign in, counted in a moving window; kept in memory, so a restart forgets them."""

    def __init__(self) -> None:
        self._counted = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, account: str, address: str) -> int:
        """Count a try, before its password is looked at.

        Args:
            account: the one form of the name that was given; empty where somebody else asks for the password.
            address: where it came from.

        Returns:
            0, or how many seconds to wait before the next; the password is not to be looked at then.
        """
        place = _place(address)
        with self._lock:
            asked: list[tuple[limits.RateLimitItem, tuple[str, ...]]] = [(_PLACE, ("place", place))]
            if account:
                asked.append((_THERE, ("there", account, place)))
            if account and (account, place) not in self._known:
                asked.append((_ACCOUNT, ("account", account)))
            full = [(limit, key) for limit, key in asked if not self._counted.test(limit, *key)]
            if full:
                until = max(self._counted.get_window_stats(limit, *key).reset_time for limit, key in full)
                return max(1, int(until - time.time()) + 1)
            for limit, key in asked:
                self._counted.hit(limit, *key)
        return 0

    def succeeded(self, account: str, address: str) -> None:
        """Forget what was tried for an account from an address whose owner has come in from there."""
        place = _place(address)
        with self._lock:
            self._counted.clear(_THERE, "there", account, place)
            self._known[account, place] = None
            self._known.move_to_end((account, place))
            while len(self._known) > _KNOWN:
                self._known.popitem(last=False)


class Guesses:
    """Personal links that open nothing, counted by where they were tried; kept in memory."""

    def __init__(self) -> None:
        self._counted = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())

    def wait_s(self, address: str) -> int:
        """0, or how many seconds to wait, because too many opened nothing."""
        key = ("guess", _place(address))
        if self._counted.test(_GUESSES, *key):
            return 0
        return max(1, int(self._counted.get_window_stats(_GUESSES, *key).reset_time - time.time()) + 1)

    def wrong(self, address: str) -> None:
        """Count one that opened nothing."""
        self._counted.hit(_GUESSES, "guess", _place(address))


class Calls:
    """What programs ask, counted by token; kept in memory."""

    def __init__(self) -> None:
        self._counted = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())

    def wait_s(self, token: str) -> int:
        """Count a call; 0, or how many seconds to wait before the next."""
        if self._counted.hit(_CALLS, "call", token):
            return 0
        return max(1, int(self._counted.get_window_stats(_CALLS, "call", token).reset_time - time.time()) + 1)


def _place(address: str) -> str:
    """The address, or the network that one household or office has of the longer ones.

    >>> _place("2001:db8::1") == _place("2001:db8::2")
    True
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
