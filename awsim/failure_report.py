"""What a failed test's report says of its Cloud: what existed, and what was called last."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from awsim import active
from awsim.call_report import one_line
from awsim.cloud import Cloud

_CALLS_SHOWN = 20
_RESOURCES_SHOWN = 50


def cloud_of(fixtures: Mapping[str, Any], traceback: TracebackType | None) -> Cloud | None:
    """The Cloud of a test: the ``aws`` fixture's, that of the ``mock_aws`` or the variable through which the failure
    came, or the one that is active."""
    cloud = fixtures.get("aws")
    while not isinstance(cloud, Cloud) and traceback is not None:
        names = traceback.tb_frame.f_locals
        activation = names.get("activation") if traceback.tb_frame.f_globals.get("__name__") == "awsim.mock" else None
        test_case = getattr(names.get("self"), "__dict__", {})  # unittest's: it runs in a Cloud, but not in its frames
        found = (getattr(activation, "cloud", None), test_case.get("_awsim_cloud"), *names.values())
        cloud = next((one for one in found if isinstance(one, Cloud)), None)
        traceback = traceback.tb_next
    return cloud if isinstance(cloud, Cloud) else active.current_cloud()


def sections(cloud: Cloud) -> list[tuple[str, str]]:
    """Titles and texts to add to a report; none for a Cloud that was not used."""
    found = []
    resources = [str(resource) for resource in cloud.resources()]
    if resources:
        found.append(("AWS resources", _cut(resources[:_RESOURCES_SHOWN], len(resources), "more")))
    calls = list(cloud.calls)
    if calls:
        shown = [one_line(call) for call in calls[-_CALLS_SHOWN:]]
        found.append(
            ("AWS calls, the last of them last", _cut(shown, len(calls) + cloud.calls.dropped, "earlier ones"))
        )
    return found


def _cut(lines: list[str], total: int, what: str) -> str:
    left = total - len(lines)
    return "\n".join([*lines, *([f"… and {left} {what}"] if left else [])])
