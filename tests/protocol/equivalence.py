"""When two values of a shape say the same.

Several differences cannot be seen on the wire: a member that is None and one that is absent, in most places an empty
list and none. Both sides of a comparison are brought into one form before they are compared.
"""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import Any


def settled(value: Any, shape: Any, *, empty_is_absent: bool = False) -> Any:
    """A value in its comparable form: nothing that is None, times as aware datetimes, NaN as a word.

    Times may be given as seconds since 1970, blobs as text. Flattened lists and maps that are empty count as absent.
    With ``empty_is_absent``, empty lists, maps and structures do so wherever they stand, as in protocols that have no
    way to send them.
    """
    if value is None:
        return None
    kind = shape.type_name
    if kind == "structure" and not shape.metadata.get("document"):
        pairs = {
            name: settled(item, shape.members[name], empty_is_absent=empty_is_absent) for name, item in value.items()
        }
        return {
            name: item
            for name, item in pairs.items()
            if _counts(item, empty_is_absent or shape.members[name].serialization.get("flattened"))
        }
    if kind == "list":
        items = [settled(item, shape.member, empty_is_absent=empty_is_absent) for item in value]
        return [item for item in items if item is None or _counts(item, empty_is_absent)]
    if kind == "map":
        return {key: settled(item, shape.value, empty_is_absent=empty_is_absent) for key, item in value.items()}
    if kind == "timestamp":
        return value if isinstance(value, datetime) else datetime.fromtimestamp(value, timezone.utc)
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    if kind in ("float", "double"):
        return "NaN" if math.isnan(float(value)) else float(value)
    return value


def _counts(item: Any, empty_is_absent: bool) -> bool:
    return item is not None and not (empty_is_absent and item in ([], {}))
