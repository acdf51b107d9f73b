"""The policy of a form: until when, and with which fields, it may be posted. Text in, refusals out; knows no requests.

Facts from AWS's "POST policy" and recordings of its refusals.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from awsim.services.s3.errors import AccessDenied, EntityTooLarge, EntityTooSmall, InvalidPolicyDocument

#: The fields that need no condition.
_FREE = frozenset({"x-amz-signature", "signature", "awsaccesskeyid", "policy", "file"})
_FREE_PREFIX = "x-ignore-"
_OPERATORS = ("eq", "starts-with")
_LENGTH_RANGE = "content-length-range"


def read_policy(encoded: str) -> dict[str, Any]:
    """A policy from its field. Raises InvalidPolicyDocument."""
    try:
        document = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidPolicyDocument("Invalid Policy: Invalid JSON.") from None
    if not isinstance(document, dict):
        raise InvalidPolicyDocument("Invalid Policy: Invalid JSON.")
    if "expiration" not in document:
        raise InvalidPolicyDocument("Invalid Policy: Policy missing expiration.")
    if not isinstance(document.get("conditions"), list):
        raise InvalidPolicyDocument("Invalid Policy: Policy missing conditions.")
    return document


def check_policy(document: Mapping[str, Any], fields: Mapping[str, str], size: int, now: float) -> None:
    """Check a form against its policy. ``fields`` are text by lower-case names, the bucket's among them; ``size`` is
    the file's in bytes, ``now`` in epoch seconds.

    Raises AccessDenied, EntityTooSmall, EntityTooLarge and InvalidPolicyDocument.
    """
    if _expiration(document["expiration"]) <= now:
        raise AccessDenied("Invalid according to Policy: Policy expired.")
    named = set()
    for condition in document["conditions"]:
        if isinstance(condition, dict):
            if len(condition) != 1:
                raise InvalidPolicyDocument(
                    "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property "
                    "specified."
                )
            (name, value), *_ = condition.items()
            if not isinstance(value, str):
                raise InvalidPolicyDocument("Invalid Policy: Invalid Simple-Condition: value must be a string.")
            condition = ["eq", f"${name}", value]
        elif not isinstance(condition, list) or len(condition) != 3:
            raise InvalidPolicyDocument("Invalid Policy: Invalid Condition: must be a list of three elements.")
        operator = str(condition[0]).lower()
        if operator == _LENGTH_RANGE:
            _check_size(condition, size)
            continue
        if operator not in _OPERATORS:
            raise InvalidPolicyDocument(f"Invalid Policy: Invalid Condition: unknown operation '{condition[0]}'.")
        if not _holds(operator, str(condition[1]), str(condition[2]), fields):
            raise _failed(condition)
        named.add(str(condition[1]).removeprefix("$").lower())
    extra = [name for name in fields if name not in named | _FREE and not name.startswith(_FREE_PREFIX)]
    if extra:
        raise AccessDenied(f"Invalid according to Policy: Extra input fields: {extra[0]}")


def _holds(operator: str, field: str, expected: str, fields: Mapping[str, str]) -> bool:
    if not field.startswith("$"):
        return False  # AWS: what lacks its dollar is no field, and fails (recorded).
    name = field[1:].lower()
    value = fields.get(name)
    if operator == "eq":
        return value == expected
    if value is None:
        # AWS: a condition that any value meets still wants the field.
        return False
    # AWS: a Content-Type with commas is a list, each value of which must meet the condition.
    values = value.split(",") if name == "content-type" else [value]
    return all(one.strip().startswith(expected) if len(values) > 1 else one.startswith(expected) for one in values)


def _check_size(condition: list[Any], size: int) -> None:
    try:
        least, most = int(condition[1]), int(condition[2])
    except (TypeError, ValueError):
        raise _failed(condition) from None
    if size < least:
        raise EntityTooSmall(ProposedSize=size, MinSizeAllowed=least)
    if size > most:
        raise EntityTooLarge(ProposedSize=size, MaxSizeAllowed=most)


def _failed(condition: list[Any]) -> AccessDenied:
    # AWS: a condition is shown with all its values as text (recorded).
    shown = json.dumps([str(part) for part in condition], ensure_ascii=False)
    return AccessDenied(f"Invalid according to Policy: Policy Condition failed: {shown}")


def _expiration(text: Any) -> float:
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise InvalidPolicyDocument(f"Invalid Policy: Invalid 'expiration' value: '{text}'") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
