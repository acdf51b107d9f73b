"""Throttling on purpose: the settings dynamodb_error_probability, dynamodb_read_error_probability and
dynamodb_write_error_probability.

Each is the chance, from 0 to 1, that a request is refused as AWS refuses what is past a table's throughput; of a batch,
that an entry is left unprocessed. Chance is drawn from a stream of its own, so that identifiers stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors

if TYPE_CHECKING:
    from awsim.context import RequestContext


def maybe_throttle_read(context: RequestContext[Any]) -> None:
    """Raise ProvisionedThroughputExceededException, by chance."""
    settings = context.cloud.settings
    if settings.dynamodb_error_probability or settings.dynamodb_read_error_probability:
        _exceed(leaves_read(context))


def maybe_throttle_write(context: RequestContext[Any]) -> None:
    """Raise ProvisionedThroughputExceededException, by chance."""
    settings = context.cloud.settings
    if settings.dynamodb_error_probability or settings.dynamodb_write_error_probability:
        _exceed(leaves_write(context))


def leaves_read(context: RequestContext[Any]) -> bool:
    """Whether a key of a batch is left unprocessed, by chance."""
    settings = context.settings
    return _happens(context, max(settings.dynamodb_error_probability, settings.dynamodb_read_error_probability))


def leaves_write(context: RequestContext[Any]) -> bool:
    """Whether a write of a batch is left unprocessed, by chance."""
    settings = context.settings
    return _happens(context, max(settings.dynamodb_error_probability, settings.dynamodb_write_error_probability))


def _happens(context: RequestContext[Any], probability: float) -> bool:
    return probability > 0 and context.chance_of("dynamodb-throttling").random() < probability


def _exceed(happens: bool) -> None:
    if not happens:
        return
    raise errors.ProvisionedThroughputExceededException(
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
        "provisioning level with the UpdateTable API."
    )
