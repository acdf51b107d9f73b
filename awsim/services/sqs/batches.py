"""What SendMessageBatch, DeleteMessageBatch and ChangeMessageVisibilityBatch have in common.

Owns the rules about a batch's entries and the shape of its answer: every entry succeeds or fails on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from awsim.errors import ServiceException
from awsim.services.sqs.errors import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    TooManyEntriesInBatchRequest,
)

ENTRIES_MAX = 10
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")

Entry = Mapping[str, Any]


def check_entries(entries: Sequence[Entry], entry_name: str) -> None:
    """Raise EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId or BatchEntryIdsNotDistinct."""
    if not entries:
        raise EmptyBatchRequest(f"There should be at least one {entry_name} in the request.")
    if len(entries) > ENTRIES_MAX:
        raise TooManyEntriesInBatchRequest(
            f"Maximum number of entries per request are {ENTRIES_MAX}. You have sent {len(entries)}."
        )
    seen = set()
    for entry in entries:
        entry_id = entry["Id"]
        if not _ENTRY_ID.fullmatch(entry_id):
            raise InvalidBatchEntryId(
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
                "It can be at most 80 letters long."
            )
        if entry_id in seen:
            raise BatchEntryIdsNotDistinct(f"Id {entry_id} repeated.")
        seen.add(entry_id)


def answer_each(entries: Sequence[Entry], handle: Callable[[Entry], Mapping[str, Any]]) -> dict[str, Any]:
    """Handle every entry; the answer lists what succeeded and what failed. A list without entries is absent."""
    successful: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **handle(entry)})
        except ServiceException as error:
            failed.append(
                {
                    "Id": entry["Id"],
                    "SenderFault": error.sender_fault,
                    "Code": error.code,
                    "Message": error.message,
                }
            )
    # AWS: the model requires both lists, but an empty one is left out (recorded).
    return {"Successful": successful or None, "Failed": failed or None}
