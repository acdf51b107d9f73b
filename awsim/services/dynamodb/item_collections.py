"""ItemCollectionMetrics: how large the items that share a hash key are together, in tables with local indexes."""

from __future__ import annotations

from typing import Any

from awsim.services.dynamodb.sort_order import LAST
from awsim.services.dynamodb.writing import Change

_GIGABYTE = 1 << 30


def item_collection_metrics(change: Change) -> dict[str, Any] | None:
    """The metrics of the collection that a written item belongs to; None for tables without local indexes."""
    table = change.table
    if not table.has_local_indexes:
        return None
    token, hash_text = change.key[:2]
    end = (token, hash_text, LAST)
    size = 0
    for key, stored in table.items.ascending((token, hash_text)):
        if key >= end:
            break
        size += stored.size
    # AWS: an estimate, given as a range; its bounds are whole gigabytes.
    lower = float(size // _GIGABYTE)
    item = change.new or change.old or change.key_item or {}
    name = table.schema.hash_name
    return {
        "ItemCollectionKey": {name: item[name]} if name in item else None,
        "SizeEstimateRangeGB": [lower, lower + 1.0],
    }
