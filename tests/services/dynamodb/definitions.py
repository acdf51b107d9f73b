"""Key schemas and indexes in a word or two."""

from __future__ import annotations

from typing import Any


def index(name: str, keys: str, projection: str = "ALL", include: list[str] | None = None) -> dict[str, Any]:
    """The definition of an index, its keys as ``make_table`` takes them."""
    definition: dict[str, Any] = {
        "IndexName": name,
        "KeySchema": key_schema(keys),
        "Projection": {"ProjectionType": projection},
    }
    if include is not None:
        definition["Projection"]["NonKeyAttributes"] = include
    return definition


def key_schema(keys: str) -> list[dict[str, str]]:
    """``"id:S r:N"`` as a KeySchema."""
    names = [key.split(":")[0] for key in keys.split()]
    return [{"AttributeName": name, "KeyType": role} for name, role in zip(names, ("HASH", "RANGE"), strict=False)]
