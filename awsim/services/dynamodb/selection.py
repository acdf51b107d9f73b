"""Select: which attributes of the items found a Query or Scan answers."""

from __future__ import annotations

import attrs

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.projections import Projection
from awsim.services.dynamodb.secondary_index import SecondaryIndex


@attrs.frozen
class Selection:
    """What to answer of each item."""

    count_only: bool = False
    #: Whether items of a local index are completed from the table.
    fetch: bool = False
    #: None for all that there is.
    projection: Projection | None = None


def check_select(wanted: str | None, projection: Projection | None, parameter: str | None, *, has_index: bool) -> None:
    """Refuse a Select that contradicts the projection, whatever the table. ``parameter`` is the one that holds the
    projection. Raises ValidationException."""
    if projection is not None and wanted not in (None, "SPECIFIC_ATTRIBUTES"):
        what = "only the Count" if wanted == "COUNT" else str(wanted)
        raise ValidationException(f"Cannot specify the {parameter} when choosing to get {what}")
    if wanted == "SPECIFIC_ATTRIBUTES" and projection is None:
        raise ValidationException(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        )
    if wanted == "ALL_PROJECTED_ATTRIBUTES" and not has_index:
        raise ValidationException("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")


def select_from(index: SecondaryIndex | None, wanted: str | None, projection: Projection | None) -> Selection:
    """What Select and a projection ask for together. Raises ValidationException for what the index cannot give."""
    if wanted == "COUNT":
        return Selection(count_only=True)
    if index is None or index.projection_type == "ALL":
        return Selection(projection=projection)
    if wanted == "ALL_ATTRIBUTES":
        if index.is_global:
            raise ValidationException(
                "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global "
                f"secondary index {index.name} because its projection type is not ALL"
            )
        return Selection(fetch=True)
    if projection is None:
        return Selection()
    beyond = list(dict.fromkeys(str(path[0]) for path in projection.paths if not index.projects(str(path[0]))))
    if beyond and index.is_global:
        raise ValidationException(
            f"One or more parameter values were invalid: Global secondary index {index.name} does not project "
            f"[{', '.join(beyond)}]"
        )
    return Selection(fetch=bool(beyond), projection=projection)
