"""Requests that the user lets through to the real AWS on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.cloud import Cloud


def read_option(passthrough: Iterable[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """``mock_aws(passthrough=…)`` as settings, added to those there are: services by name, and hosts, which have dots
    and may have a ``*``. Raises MisuseError for what is neither."""
    from awsim import spec
    from awsim.errors import MisuseError
    from awsim.operation_pattern import nearest

    if isinstance(passthrough, str):
        passthrough = [passthrough]
    services, urls = set(settings.get("passthrough_services", ())), list(settings.get("passthrough_urls", ()))
    for name in passthrough:
        if not isinstance(name, str) or not name or "/" in name:
            raise MisuseError(f"passthrough= takes names of services and hosts, not {name!r}")
        if name in spec.service_names():
            services.add(name)
        elif "." in name:
            host = re.escape(name).replace(r"\*", "[^/?#:]*")
            urls.append(rf"https?://(?i:{host})(?::\d+)?(?:[/?#]|$)")
        else:
            suggestion = nearest(name, spec.service_names())
            raise MisuseError(f"AWS has no service {name!r}, and no host is called so.{suggestion}")
    return {"passthrough_services": frozenset(services), "passthrough_urls": tuple(urls)}


def allows_host(cloud: Cloud, host: str) -> bool:
    """Whether a host belongs to one of the services that the user lets through."""
    services = cloud.settings.passthrough_services
    if not services:
        return False
    from awsim.protocol.hosts import read_host

    return any(entry.name in services for entry in read_host(host).services)


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
