"""Key values as text whose order is DynamoDB's order, and the token that spreads partitions.

Owns the encoding: strings order by their UTF-8 bytes, numbers by value, binaries by unsigned bytes. Must not know
tables or which attributes are keys.
"""

from __future__ import annotations

import functools
import hashlib
from decimal import Decimal
from typing import Any

#: The tokens of partitions are below this.
TOKENS = 1 << 48
#: Greater than every text that stands for a value.
LAST = "\U0010ffff\U0010ffff"

_COMPLEMENT = str.maketrans("0123456789", "9876543210")
_EXPONENT_SHIFT = 300


def sort_text(value: dict[str, Any]) -> str:
    """The text of a key's value, which has one of the types S, N and B."""
    if "S" in value:
        return str(value["S"])  # code points order as their UTF-8 does
    for kind, content in value.items():
        if kind == "N":
            return _number_text(content)
        return bytes(content).decode("latin-1")
    raise ValueError("a value without a type")


def _number_text(text: str) -> str:
    """``text`` is normalised: no plus, no zeros before it, no exponent where it is whole."""
    if text.isdecimal():  # most numbers: whole and not negative
        return "1" if text == "0" else f"2{len(text) + _EXPONENT_SHIFT:03d}{text.rstrip('0')}"
    sign, digits, exponent = Decimal(text).as_tuple()
    figures = "".join(map(str, digits)).lstrip("0")
    if not figures:
        return "1"
    assert isinstance(exponent, int)
    magnitude = f"{len(figures) + exponent + _EXPONENT_SHIFT:03d}{figures.rstrip('0')}"
    if not sign:
        return f"2{magnitude}"
    # Of two negative numbers the one with more figures behind the same ones is the smaller: hence the end mark.
    return f"0{magnitude.translate(_COMPLEMENT)}~"


def partition_token(*texts: str) -> int:
    """Where a partition stands in the order of a scan: AWS, too, spreads hash keys by a hash of theirs."""
    return _token(texts[0] if len(texts) == 1 else "".join(f"{len(one)}:{one}" for one in texts))


@functools.lru_cache(maxsize=1024)
def _token(text: str) -> int:
    # Most calls ask for keys that were asked for a moment ago; finding one takes a quarter of hashing it.
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")
