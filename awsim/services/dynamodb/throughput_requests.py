"""What throughput may be asked of a table or index that is there: other provisioned units, OnDemandThroughput and
WarmThroughput.

Owns their ranges, and how much a table or index is warm for. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from awsim.errors import service_errors
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.secondary_index import Throughput

errors = service_errors("dynamodb")

_FREE_DECREASES = 4
_DECREASE_SECONDS = 3600
#: What every table and index on demand is warm for: reads and writes per second.
ON_DEMAND_UNITS = (12_000, 4_000)
_UNLIMITED = -1
_SWITCHES_MAX = 4
_SWITCHES_SECONDS = 86_400.0
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

    AWS: the words for a table are from github.com/hashicorp/terraform-provider-aws/issues/39760.
    """
    # Deviation: those for an index are worded after them.
    for name, units in (given or {}).items():
        if units < 1 and units != _UNLIMITED:
            raise invalid_parameter_values(
                f"Requested {name} for OnDemandThroughput for {subject} is outside of valid range"
            )


def check_warm(given: Mapping[str, int] | None, present: Mapping[str, int], subject: str = "table") -> None:
    """Refuse less than a table or index is warm for already.

    AWS: warm throughput is never lowered (Developer Guide, "Understanding DynamoDB warm throughput").
    """
    # Deviation: the words are after those for OnDemandThroughput.
    for name, units in (given or {}).items():
        if units < present[name]:
            raise invalid_parameter_values(
                f"Requested {name} for WarmThroughput for {subject} is lower than the current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )


def recent_switches(switches: Sequence[float], now: float) -> list[float]:
    """When a table was switched to on-demand billing, as far as that counts. Refuses one switch more where it has been
    often enough.

    AWS: four times in a rolling window of 24 hours (Developer Guide, "Considerations when switching capacity modes").
    """
    recent = [moment for moment in switches if now - moment < _SWITCHES_SECONDS]
    if len(recent) >= _SWITCHES_MAX:
        # Deviation: the words are from when it was once a day (github.com/aws-amplify/amplify-cli/issues/1054).
        raise errors.LimitExceededException(
            f"Subscriber limit exceeded: Update to PayPerRequest mode are limited to {_SWITCHES_MAX} times in 1 day(s)."
        )
    return recent


def change_throughput(present: Throughput, wanted: Throughput, now: float, subject: str) -> None:
    """Give a table or index other throughput. AWS refuses what changes nothing."""
    # Deviation: what AWS says of a table is known from its users' reports; what it says of an index is worded after it.
    read, write = wanted.read_units, wanted.write_units
    if (read, write) == (present.read_units, present.write_units):
        raise ValidationException(
            f"The provisioned throughput for the {subject} will not change. The requested value equals the current "
            f"value. Current ReadCapacityUnits provisioned for the {subject}: {read}. Requested ReadCapacityUnits: "
            f"{read}. Current WriteCapacityUnits provisioned for the {subject}: {write}. Requested "
            f"WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
            "request higher limits."
        )
    if read < present.read_units or write < present.write_units:
        _check_decrease(present, now)
    present.change(read, write, now)


def _check_decrease(present: Throughput, now: float) -> None:
    """Refuse a decrease too many.

    AWS: four decreases a day (UTC), then one more whenever there was none for an hour (Developer Guide, "Quotas").
    """
    # Deviation: no answer of AWS's was at hand; the words are from memory.
    count, last = present.decreases_on_day(now), present.decreased_at
    if last is None or count < _FREE_DECREASES or now - last >= _DECREASE_SECONDS:
        return
    raise errors.LimitExceededException(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
        f"first {_FREE_DECREASES} decreases, each subsequent decrease in the same UTC day can be performed at most "
        f"once every {_DECREASE_SECONDS} seconds. Number of decreases today: {count}. Last decrease at {_utc(last)}. "
        f"Next decrease can be made at {_utc(last + _DECREASE_SECONDS)}"
    )


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%A, %B %d, %Y at %I:%M:%S %p UTC")
