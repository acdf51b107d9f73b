"""Requests that the user lets through to the real AWS on purpose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.cloud import Cloud


def allows(cloud: Cloud, prepared: Any) -> bool:
    """Whether a Cloud's settings let botocore's prepared request out."""
    settings = cloud.settings
    if not settings.passthrough_services and not settings.passthrough_urls:
        return False
    operation, _ = getattr(prepared, "awsim_operation", (None, None))
    if operation is not None and operation.service_model.service_name in settings.passthrough_services:
        return True
    return allows_url(cloud, prepared.url)


def allows_url(cloud: Cloud, url: str) -> bool:
    """Whether a URL matches one of the user's patterns."""
    return any(re.match(pattern, url) for pattern in cloud.settings.passthrough_urls)
