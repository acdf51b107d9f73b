"""What may be asked of a table or index beyond provisioned units: OnDemandThroughput and WarmThroughput.

Owns their ranges, and how much a table or index is warm for. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Mapping

from awsim.services.dynamodb.errors import invalid_parameter_values
from awsim.services.dynamodb.secondary_index import Throughput

#: What every table and index on demand is warm for: reads and writes per second.
ON_DEMAND_UNITS = (12_000, 4_000)
_UNLIMITED = -1
_WARM_MEMBERS = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")


def warm_units(throughput: Throughput, given: Mapping[str, int] | None, *, on_demand: bool) -> dict[str, int]:
    """The reads and writes per second that a table or index takes at once: what was asked for, or what it has.

    AWS: who provisions more than that is warm for more (Developer Guide, warm throughput in different scenarios).
    """
    units = ON_DEMAND_UNITS if on_demand else (throughput.read_units, throughput.write_units)
    given = given or {}
    return {name: max(least, given.get(name, 0)) for name, least in zip(_WARM_MEMBERS, units, strict=True)}


def check_on_demand(given: Mapping[str, int] | None, subject: str = "table") -> None:
    """Refuse limits that are none: from 1 on, or -1 for no limit. ``subject`` names an index: ``index: by-artist``.

    AWS: the words for a table are from github.com/hashicorp/terraform-provider-aws/issues/39760. Deviation: those for
    an index are worded after them.
    """
    for name, units in (given or {}).items():
        if units < 1 and units != _UNLIMITED:
            raise invalid_parameter_values(
                f"Requested {name} for OnDemandThroughput for {subject} is outside of valid range"
            )


def check_warm(given: Mapping[str, int] | None, present: Mapping[str, int], subject: str = "table") -> None:
    """Refuse less than a table or index is warm for already.

    AWS: warm throughput is never lowered (Developer Guide, "Understanding DynamoDB warm throughput"). Deviation: the
    words are after those for OnDemandThroughput.
    """
    for name, units in (given or {}).items():
        if units < present[name]:
            raise invalid_parameter_values(
                f"Requested {name} for WarmThroughput for {subject} is lower than the current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )
