"""Throttling on purpose: DYNAMODB_ERROR_PROBABILITY, and DYNAMODB_READ_ERROR_PROBABILITY and
DYNAMODB_WRITE_ERROR_PROBABILITY for one side alone.

Each is the chance, from 0 to 1, that a request is refused as AWS refuses what is past a table's throughput; of a batch,
that an entry is left unprocessed. Read from the environment at each request, so that a test can set it for a while.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors

if TYPE_CHECKING:
    from awsim.context import RequestContext

_BOTH = "DYNAMODB_ERROR_PROBABILITY"
_READS = "DYNAMODB_READ_ERROR_PROBABILITY"
_WRITES = "DYNAMODB_WRITE_ERROR_PROBABILITY"


def maybe_throttle_read(context: RequestContext[Any]) -> None:
    """Raise ProvisionedThroughputExceededException, by chance."""
    if is_throttled(context, _READS):
        raise _exceeded()


def maybe_throttle_write(context: RequestContext[Any]) -> None:
    """Raise ProvisionedThroughputExceededException, by chance."""
    if is_throttled(context, _WRITES):
        raise _exceeded()


def leaves_read(context: RequestContext[Any]) -> bool:
    """Whether a key of a batch is left unprocessed, by chance."""
    return is_throttled(context, _READS)


def leaves_write(context: RequestContext[Any]) -> bool:
    """Whether a write of a batch is left unprocessed, by chance."""
    return is_throttled(context, _WRITES)


def is_throttled(context: RequestContext[Any], variable: str) -> bool:
    """Whether chance has it, by the variable for one side or, where that is not set, the one for both."""
    text = os.environ.get(variable) or os.environ.get(_BOTH)
    return bool(text) and context.random.random() < float(text or 0)


def _exceeded() -> Exception:
    return errors.ProvisionedThroughputExceededException(
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
        "provisioning level with the UpdateTable API."
    )
