"""Receipt handles: opaque to receivers, readable to their queue.

A handle names the queue, the message and the delivery it belongs to. Owns that encoding; whether a handle is still good
for anything is its queue's decision.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import NamedTuple

from awsim.services.sqs.errors import ReceiptHandleIsInvalid

#: Makes a handle begin with "AQEB", as AWS's do.
_VERSION = b"\x01\x01\x01"


class Receipt(NamedTuple):
    """What a handle says: the ``delivery``-th time that this message was received from this queue."""

    queue_arn: str
    message_id: str
    sequence: int
    delivery: int


def receipt_handle(queue_arn: str, message_id: str, sequence: int, delivery: int) -> str:
    """The handle of one delivery of a message."""
    return b64encode(_VERSION + f"{queue_arn} {message_id} {sequence} {delivery}".encode()).decode()


def read_receipt_handle(handle: str, queue_arn: str) -> Receipt:
    """What a handle says. Raises ReceiptHandleIsInvalid for text that is no handle of this queue."""
    try:
        content = b64decode(handle, validate=True)
        if not content.startswith(_VERSION):
            raise ValueError(handle)
        arn, message_id, sequence, delivery = content[len(_VERSION) :].decode().split(" ")
        receipt = Receipt(arn, message_id, int(sequence), int(delivery))
    except (Base64Error, ValueError):
        raise _invalid(handle) from None
    if receipt.queue_arn != queue_arn:
        raise _invalid(handle)
    return receipt


def _invalid(handle: str) -> ReceiptHandleIsInvalid:
    return ReceiptHandleIsInvalid(f'The input receipt handle "{handle}" is not a valid receipt handle.')
