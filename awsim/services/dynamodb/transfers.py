"""What exports, imports and bulk operations have in common: one task that goes on after its call, asked about by ARN.

Owns their ARNs, states, tokens and lists. What is transferred is each one's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore, Transfer, Transfers

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: for so long a client token stands for the request that it came with.
_TOKEN_SECONDS = 8 * 3600.0


def new_arn(context: RequestContext[DynamoDbStore], table_arn: str, kind: str) -> str:
    """The ARN of a new export, import or bulk operation of a table."""
    identifier = context.identifier(
        kind, lambda: f"{int(context.time() * 1000):014d}-{context.random.getrandbits(32):08x}"
    )
    return f"{table_arn}/{kind}/{identifier}"


def find_repeated(
    context: RequestContext[DynamoDbStore],
    transfers: Transfers,
    token: str | None,
    conflict: Callable[[str], Exception],
) -> Transfer | None:
    """The transfer that the same request has begun already. Raises ``conflict`` where another request had the token."""
    remembered = transfers.tokens.get(token or "")
    if remembered is None or context.time() - remembered[2] > _TOKEN_SECONDS:
        return None
    arn, digest, _ = remembered
    if digest != _digest(context):
        raise conflict("The client token was used by a request with other parameters")
    return transfers.by_arn[arn]


def begin(
    context: RequestContext[DynamoDbStore],
    transfers: Transfers,
    transfer: Transfer,
    kind: str,
    task: str,
    token: str | None,
) -> None:
    """Keep a transfer and have the provider's method ``task(context, transfer_arn=…)`` do it."""
    transfers.by_arn[transfer.arn] = transfer
    if token is not None:
        transfers.tokens[token] = (transfer.arn, _digest(context), context.time())
    if not context.begin_transition(kind, transfer.arn, "IN_PROGRESS", task, transfer_arn=transfer.arn):
        context.schedule(0, task, transfer_arn=transfer.arn)


def describe(context: RequestContext[DynamoDbStore], transfer: Transfer, *, look: bool = False) -> dict[str, Any]:
    """The description. ``look`` for the call that shows the state."""
    context.transitional_state(transfer.arn, look=look)
    return dict(transfer.description)


def list_transfers(
    context: RequestContext[DynamoDbStore],
    transfers: Transfers,
    table_arn: str | None,
    limit: int,
    token: str | None,
    shown: Sequence[str],
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of summaries, the latest first, and the token of the next page."""
    found = [
        transfer
        for arn, transfer in sorted(transfers.by_arn.items(), reverse=True)
        if table_arn is None or transfer.description.get("TableArn") == table_arn
    ]
    if token is not None:
        last = _read_token(token)
        found = [transfer for transfer in found if transfer.arn < last]
    page = found[:limit]
    summaries = [
        {name: one.description[name] for name in shown if one.description.get(name) is not None} for one in page
    ]
    return summaries, _write_token(page[-1].arn) if len(page) < len(found) else None


def _write_token(arn: str) -> str:
    # AWS: the tokens of imports and bulk operations are of sixteen hexadecimal digits, or several times as many.
    data = arn.encode()
    return data.ljust(-(-len(data) // 8) * 8, b"\0").hex()


def _read_token(token: str) -> str:
    try:
        return bytes.fromhex(token).rstrip(b"\0").decode()
    except ValueError:
        raise ValidationException("Invalid NextToken") from None


def _digest(context: RequestContext[DynamoDbStore]) -> str:
    text = json.dumps(context.service_request, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
