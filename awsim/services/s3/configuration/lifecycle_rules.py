"""The rules of a bucket's lifecycle: which objects a rule is for, and when it wants what to happen to one.

Pure: rules by AWS's names (dates in epoch seconds) and plain facts of an object in, moments out. Knows no bucket.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

DAY_SECONDS = 86_400.0
#: AWS: smaller objects are not moved to another class unless a rule's filter asks for sizes itself.
_MINIMUM_TRANSITION_SIZE = 128 * 1024

#: AWS: objects only ever move down this order (User Guide, "Supported transitions").
STORAGE_CLASS_ORDER = (
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
)

#: The last midnight that a date can be, the year 9999 having an end; a rule may have days beyond it.
_LAST_DATE = 253_402_214_400.0

Rule = Mapping[str, Any]


def midnight_after(moment: float, days: int) -> float:
    """AWS: so many days later, rounded up to the next midnight UTC."""
    return math.floor(moment / DAY_SECONDS + days + 1) * DAY_SECONDS


def matches(rule: Rule, key: str, size: int, tags: Mapping[str, str] | None) -> bool:
    """Whether a rule's filter lets an object through."""
    found = predicates(rule)
    if not key.startswith(found.get("Prefix", "")):
        return False
    if not found.get("ObjectSizeGreaterThan", -1) < size < found.get("ObjectSizeLessThan", math.inf):
        return False
    return all((tags or {}).get(tag["Key"]) == tag["Value"] for tag in found["Tags"])


def predicates(rule: Rule) -> dict[str, Any]:
    """What a rule's filter asks for, wherever it says so: Prefix, Tags (a list), and the two sizes."""
    found: dict[str, Any] = {"Tags": []}
    filter = rule.get("Filter")
    if filter is None:
        found["Prefix"] = rule.get("Prefix", "")
        return found
    found.update(filter.get("And", filter))
    found["Tags"] = found.pop("Tags", None) or ([found["Tag"]] if "Tag" in found else [])
    return found


def expires_at(rule: Rule, last_modified: float) -> float | None:
    """When a rule lets a current version expire; None where it never does."""
    expiration = rule.get("Expiration") or {}
    if "Date" in expiration:
        return float(expiration["Date"])
    if "Days" in expiration:
        return midnight_after(last_modified, expiration["Days"])
    return None


def noncurrent_expires_at(rule: Rule, noncurrent_since: float, newer_noncurrent: int) -> float | None:
    """When a rule lets a noncurrent version expire that has so many noncurrent versions above it."""
    expiration = rule.get("NoncurrentVersionExpiration")
    if expiration is None or newer_noncurrent < expiration.get("NewerNoncurrentVersions", 0):
        return None
    return midnight_after(noncurrent_since, expiration["NoncurrentDays"])


def aborts_at(rule: Rule, initiated: float) -> float | None:
    """When a rule aborts a multipart upload."""
    abort = rule.get("AbortIncompleteMultipartUpload")
    return midnight_after(initiated, abort["DaysAfterInitiation"]) if abort is not None else None


def abort_members(rules: Sequence[Rule] | None, key: str, initiated: float) -> dict[str, Any]:
    """AbortDate and AbortRuleId of a multipart upload; nothing where no enabled rule aborts it."""
    moments = [
        (moment, rule["ID"])
        for rule in rules or ()
        if rule["Status"] == "Enabled"
        and (moment := aborts_at(rule, initiated)) is not None
        and matches(rule, key, 1, None)
    ]
    if not moments:
        return {}
    moment, rule_id = min(moments)
    return {"AbortDate": min(moment, _LAST_DATE), "AbortRuleId": rule_id}


def removes_expired_marker(rule: Rule) -> bool:
    """Whether a rule removes delete markers that have no versions below them."""
    return bool((rule.get("Expiration") or {}).get("ExpiredObjectDeleteMarker"))


def storage_class_at(rule: Rule, last_modified: float, size: int, minimum_size_mode: str, now: float) -> str | None:
    """The class to which a rule has moved a current version by now; None where it has not."""
    due = [
        (moment, transition["StorageClass"])
        for transition in rule.get("Transitions", ())
        if (moment := _transition_at(transition, last_modified)) <= now
        and _is_large_enough(rule, size, transition["StorageClass"], minimum_size_mode)
    ]
    return max(due)[1] if due else None


def noncurrent_storage_class_at(
    rule: Rule, noncurrent_since: float, newer_noncurrent: int, size: int, minimum_size_mode: str, now: float
) -> str | None:
    """The class to which a rule has moved a noncurrent version by now; None where it has not."""
    due = [
        (moment, transition["StorageClass"])
        for transition in rule.get("NoncurrentVersionTransitions", ())
        if newer_noncurrent >= transition.get("NewerNoncurrentVersions", 0)
        and (moment := midnight_after(noncurrent_since, transition.get("NoncurrentDays", 0))) <= now
        and _is_large_enough(rule, size, transition["StorageClass"], minimum_size_mode)
    ]
    return max(due)[1] if due else None


def may_move(storage_class: str, target: str) -> bool:
    """Whether objects of a class may be moved to another. AWS: from ONEZONE_IA none go to GLACIER_IR."""
    if (storage_class, target) == ("ONEZONE_IA", "GLACIER_IR"):
        return False
    return STORAGE_CLASS_ORDER.index(storage_class) < STORAGE_CLASS_ORDER.index(target)


def _transition_at(transition: Mapping[str, Any], last_modified: float) -> float:
    if "Date" in transition:
        return float(transition["Date"])
    return midnight_after(last_modified, transition.get("Days", 0))


def _is_large_enough(rule: Rule, size: int, storage_class: str, minimum_size_mode: str) -> bool:
    asked = predicates(rule)
    if "ObjectSizeGreaterThan" in asked or "ObjectSizeLessThan" in asked:
        return True
    if minimum_size_mode == "varies_by_storage_class" and storage_class in ("GLACIER", "DEEP_ARCHIVE"):
        return True
    return size >= _MINIMUM_TRANSITION_SIZE


def expiring_rules(
    rules: Sequence[Rule], key: str, size: int, tags: Mapping[str, str] | None, last_modified: float
) -> Iterator[tuple[float, Rule]]:
    """The enabled rules that let a current version expire, each with the moment."""
    for rule in rules:
        if rule["Status"] == "Enabled":
            moment = expires_at(rule, last_modified)
            if moment is not None and matches(rule, key, size, tags):
                yield moment, rule


def expiration_header(
    rules: Sequence[Rule] | None, key: str, size: int, tags: Mapping[str, str] | None, last_modified: float
) -> str | None:
    """The value of x-amz-expiration for a current version; None where it will not expire.

    ``rules`` are a bucket's ``configuration.lifecycle_rules``. Costs nothing in a bucket without any.
    """
    if not rules:
        return None
    found = min(expiring_rules(rules, key, size, tags, last_modified), key=lambda pair: pair[0], default=None)
    if found is None:
        return None
    moment, rule = found
    date = datetime.fromtimestamp(min(moment, _LAST_DATE), timezone.utc)
    # AWS: the rule's id is percent-encoded, as ids may hold anything.
    return f'expiry-date="{_http_date(date)}", rule-id="{quote(rule["ID"])}"'


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _http_date(moment: datetime) -> str:
    """In English, whatever the process's locale."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} GMT"
