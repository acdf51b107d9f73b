"""Access keys that a Cloud has handed out, and whom they stand for.

Owns what every service needs to know of a caller: account, principal, expiry. Written by STS (and IAM), read by the
gateway for every signed request.
"""

from __future__ import annotations

import base64
from typing import ClassVar

import attrs

from awsim.stores import Scope, Store


@attrs.define
class Credentials:
    """One access key. Times in epoch seconds; ``expiration`` None for keys that do not expire."""

    access_key_id: str
    secret_access_key: str
    account_id: str
    #: The ARN that GetCallerIdentity answers.
    principal_arn: str
    #: The unique id that GetCallerIdentity answers as UserId.
    user_id: str
    session_token: str = ""
    expiration: float | None = None
    #: Session tags, and which of them pass on to the next role in a chain.
    session_tags: dict[str, str] = attrs.Factory(dict)
    transitive_tag_keys: list[str] = attrs.Factory(list)
    source_identity: str = ""


@attrs.define
class CredentialStore(Store):
    """Every access key handed out in a partition, by its id."""

    scope: ClassVar[Scope] = Scope.PARTITION
    keys: dict[str, Credentials] = attrs.Factory(dict)


_ACCOUNT_MASK = 0x7FFFFFFFFF80


def access_key_id(prefix: str, account_id: str, noise: int) -> str:
    """An access key id of 20 characters that carries its account, as AWS's own do (``ASIA…`` temporary, ``AKIA…``
    long-term). ``noise`` is a random number; 33 bits of it are used."""
    number = 1 << 79 | int(account_id) << 39 | noise & (1 << 39) - 1
    return prefix + base64.b32encode(number.to_bytes(10, "big")).decode()


def account_of_access_key(key_id: str) -> str | None:
    """The account that an access key id carries; None for an id that carries none."""
    if len(key_id) != 20:
        return None
    try:
        first = base64.b32decode(key_id[4:])[:6]
    except ValueError:
        return None
    account = (int.from_bytes(first, "big") & _ACCOUNT_MASK) >> 7
    return f"{account:012d}" if account < 10**12 else None
