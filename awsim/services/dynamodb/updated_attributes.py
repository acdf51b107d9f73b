"""What UpdateItem answers as Attributes, by its ReturnValues."""

from __future__ import annotations

from collections.abc import Sequence

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb.expressions.projections import Projection
from awsim.services.dynamodb.paths import Path


def updated_attributes(return_values: str, old: Item | None, new: Item | None, paths: Sequence[Path]) -> Item | None:
    """The attributes to show; ``paths`` are those that the update named."""
    if return_values == "ALL_NEW":
        return new
    if return_values == "ALL_OLD":
        return old
    if return_values == "UPDATED_NEW" and new is not None:
        return Projection(paths).apply(new)
    if return_values == "UPDATED_OLD" and old is not None:
        return Projection(paths).apply(old)
    return None
