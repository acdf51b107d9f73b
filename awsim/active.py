"""Which Cloud is active where.

A plain ``mock_aws`` is active for all threads of the process; an isolated one for its context (contextvars) and for
the sessions and clients made in it. Plain stdlib, so that asking costs nothing before the first start.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: What is told of each Cloud when it stops being active; for reports.
observers: list[Callable[[Cloud], object]] = []
#: What pytest's ini file asks of every Cloud of the run, as settings.
run_options: dict[str, Any] = {}
#: Clouds active for the whole process, the innermost last.
process_clouds: list[Cloud] = []
#: Isolated Clouds that are active in some context, and how often each was entered.
isolated_clouds: dict[Cloud, int] = {}
#: The isolated Cloud of this context.
context_cloud: ContextVar[Cloud | None] = ContextVar("awsim_context_cloud", default=None)


def current_cloud() -> Cloud | None:
    """The Cloud that is active here; None if there is none."""
    cloud = context_cloud.get() if isolated_clouds else None
    if cloud is not None and cloud in isolated_clouds:
        return cloud
    return process_clouds[-1] if process_clouds else None


def any_active() -> bool:
    """Whether a Cloud is active anywhere in the process."""
    return bool(process_clouds or isolated_clouds)


def require_cloud() -> Cloud:
    """The Cloud that is active here. Raises NoActiveCloudError if there is none."""
    cloud = current_cloud()
    if cloud is None:
        from awsim.errors import NoActiveCloudError

        raise NoActiveCloudError("no Cloud is active here; start one with mock_aws() or the aws fixture")
    return cloud
