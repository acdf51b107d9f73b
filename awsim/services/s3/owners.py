"""Who owns buckets and objects: accounts as S3 names them, by canonical user ids."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

#: What stands for the account of those who do not sign.
NOBODY = "anonymous"
#: AWS: the owner of what they write (User Guide, "Access control list overview").
ANONYMOUS_USER_ID = "65a011a29cdf8ec533ec3d1ccaae921c"


@functools.lru_cache(maxsize=256)
def canonical_user_id(account_id: str) -> str:
    """An account's canonical user id: 64 hexadecimal digits, from which on AWS nobody can tell the account."""
    if account_id == NOBODY:
        return ANONYMOUS_USER_ID
    return hashlib.sha256(f"canonical user of {account_id}".encode()).hexdigest()


def owner(account_id: str) -> dict[str, Any]:
    """An account as the owner of a bucket or an object.

    AWS: without a DisplayName, which S3 no longer returns since November 2025.
    """
    return {"ID": canonical_user_id(account_id)}
