"""The second factor that a bucket with MFA delete asks for: an authentication device, and the code that it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from awsim.services.s3.errors import AccessDenied, InvalidArgument

if TYPE_CHECKING:
    from awsim.services.s3.models import Bucket

_FORM = re.compile(r"\S+ \d{6}")


def asks_for_second_factor(bucket: Bucket) -> bool:
    """Whether a bucket's versions, and its keeping of versions, are guarded."""
    return bucket.configuration.mfa_delete == "Enabled"


def check_second_factor(mfa: str | None) -> None:
    """Raise AccessDenied where there is no factor, InvalidArgument where it is none. ``mfa`` is the header's value."""
    # Deviation: any device is there, and any code of it is right.
    if mfa is None:
        raise AccessDenied("Mfa Authentication must be used for this request")
    if not _FORM.fullmatch(mfa):
        raise InvalidArgument(
            "Mfa header is invalid -- the header should be formatted as {serialNumber}(space){tokenCode}",
            "x-amz-mfa",
            mfa,
        )
