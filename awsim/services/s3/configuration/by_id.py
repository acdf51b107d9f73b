"""Configurations of which a bucket may have many, each under an id of its own.

Owns how they are put, found, deleted and listed; what is in one is its family's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim.services.s3.configuration.errors import NoSuchConfiguration, TooManyConfigurations
from awsim.services.s3.configuration.model import Members
from awsim.services.s3.configuration.schema import plain
from awsim.services.s3.errors import MalformedXML
from awsim.services.s3.listing import read_token, token_for

_CONFIGURATIONS_MAX = 1_000
_PAGE_SIZE = 100


def put(kept: dict[str, Members], id: str, configuration: Mapping[str, Any]) -> None:
    """Add or replace a configuration. Raises MalformedXML for another id inside, TooManyConfigurations."""
    if configuration["Id"] != id:
        raise MalformedXML
    if id not in kept and len(kept) >= _CONFIGURATIONS_MAX:
        raise TooManyConfigurations
    kept[id] = plain(configuration)


def find(kept: Mapping[str, Members], id: str) -> Members:
    """The configuration of an id. Raises NoSuchConfiguration."""
    found = kept.get(id)
    if found is None:
        raise NoSuchConfiguration
    return found


def delete(kept: dict[str, Members], id: str) -> None:
    """Forget a configuration. Raises NoSuchConfiguration."""
    find(kept, id)
    del kept[id]


def page(kept: Mapping[str, Members], list_member: str, continuation_token: str | None) -> dict[str, Any]:
    """A page of a hundred in the order of their ids. Raises InvalidArgument for a token that is none."""
    after = read_token(continuation_token) if continuation_token else ""
    ids = sorted(id for id in kept if id > after)
    is_truncated = len(ids) > _PAGE_SIZE
    ids = ids[:_PAGE_SIZE]
    return {
        list_member: [kept[id] for id in ids] or None,
        "IsTruncated": is_truncated,
        "ContinuationToken": continuation_token,
        "NextContinuationToken": token_for(ids[-1]) if is_truncated else None,
    }
