"""Check digits of numbers; recognizers get digits wrong, so a wrong one proves nothing."""

from __future__ import annotations


def luhn(value: str) -> bool:
    """Whether a card's number has a right check digit.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(value))]
    return len(value) > 12 and sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def identity_card(value: str) -> bool:
    """Whether a number of an identity card has a right check digit.

    >>> identity_card("A123456789"), identity_card("A123456788")
    (True, False)
    """
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".find(value[:1].upper()) + 10
    if code < 10 or len(value) != 10:
        return False
    digits = [code // 10, code % 10, *map(int, value[1:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def tax_number(value: str) -> bool:
    """Whether a company's number (統一編號) has a right check digit, by the rule of 2023.

    >>> tax_number("04595257"), tax_number("04595258")
    (True, False)
    """
    if len(value) != 8:
        return False
    products = [int(d) * w for d, w in zip(value, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)]
    total = sum(sum(divmod(p, 10)) for p in products)
    return total % 5 == 0 or (value[6] == "7" and (total + 1) % 5 == 0)
