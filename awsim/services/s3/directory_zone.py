"""Where a directory bucket is, and the sessions that its objects are used by."""

from __future__ import annotations

import attrs


@attrs.frozen
class Zone:
    """Where a directory bucket is: the id of its zone, and the location's type by AWS's name."""

    name: str
    location_type: str


@attrs.frozen
class Session:
    """What a session's access key is good for: one bucket, read-only or not. ``expiration`` in epoch seconds."""

    bucket: str
    mode: str
    expiration: float
