"""Which lifecycle rules S3 takes. Rules by AWS's names, dates in epoch seconds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from awsim.services.s3.configuration.lifecycle_rules import DAY_SECONDS, STORAGE_CLASS_ORDER, predicates
from awsim.services.s3.errors import InvalidArgument, InvalidRequest, MalformedXML

_RULES_MAX = 1_000
_ID_LENGTH_MAX = 255
#: AWS: objects may not come into these classes earlier.
_DAYS_MIN = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
#: How long AWS wants objects to be in a class before the same rule moves them on (User Guide, "Constraints and
#: considerations for transitions").
_STAY_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30, "GLACIER_IR": 90, "GLACIER": 90}
#: How many newer versions a rule may keep.
_KEPT_MAX = 100
_ACTIONS = (
    "Expiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
)
_PREDICATES = ("Prefix", "Tag", "And", "ObjectSizeGreaterThan", "ObjectSizeLessThan")

Rule = Mapping[str, Any]


def check_rules(rules: Sequence[Rule]) -> None:
    """Raise MalformedXML, InvalidRequest or InvalidArgument for rules that S3 does not take."""
    # Deviation: AWS's list of errors has code and reason; its words are the list's.
    if len(rules) > _RULES_MAX:
        raise InvalidRequest(f"The number of lifecycle rules must not exceed the allowed limit of {_RULES_MAX} rules.")
    for rule in rules:
        _check_rule(rule)
    if any("Filter" in rule for rule in rules) and any("Prefix" in rule for rule in rules):
        raise InvalidRequest(
            "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter."
        )
    ids = [rule["ID"] for rule in rules if "ID" in rule]
    if len(set(ids)) != len(ids):
        raise InvalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID")


def _check_rule(rule: Rule) -> None:
    if ("Filter" in rule) == ("Prefix" in rule):
        raise MalformedXML
    if len(rule.get("ID", "")) > _ID_LENGTH_MAX:
        raise InvalidArgument("ID length should not exceed allowed limit of 255", "ID", rule["ID"])
    _check_filter(rule)
    if not any(action in rule and rule[action] != [] for action in _ACTIONS):
        raise InvalidRequest("At least one action needs to be specified in a rule")
    _check_expiration(rule)
    _check_transitions(rule)
    _check_noncurrent(rule)
    _check_abort(rule)


def _check_filter(rule: Rule) -> None:
    filter = rule.get("Filter")
    if filter is None:
        return
    if sum(name in filter for name in _PREDICATES) > 1:
        raise MalformedXML
    found = predicates(rule)
    keys = [tag["Key"] for tag in found["Tags"]]
    if len(set(keys)) != len(keys):
        raise InvalidRequest("Duplicate Tag Keys are not allowed.")
    least, most = found.get("ObjectSizeGreaterThan"), found.get("ObjectSizeLessThan")
    if least is not None and most is not None and least >= most:
        raise InvalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")


def _check_expiration(rule: Rule) -> None:
    expiration = rule.get("Expiration")
    if expiration is None:
        return
    if sum(name in expiration for name in ("Days", "Date", "ExpiredObjectDeleteMarker")) != 1:
        raise MalformedXML
    if "ExpiredObjectDeleteMarker" in expiration and predicates(rule)["Tags"]:
        raise InvalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.")
    if "Days" in expiration:
        _check_positive(expiration["Days"], "Days", "Expiration action")
    if "Date" in expiration:
        _check_midnight(expiration["Date"])


def _check_transitions(rule: Rule) -> None:
    transitions = rule.get("Transitions", ())
    expiration = rule.get("Expiration") or {}
    for transition in transitions:
        if ("Days" in transition) == ("Date" in transition) or "StorageClass" not in transition:
            raise MalformedXML
        if "Date" in transition:
            _check_midnight(transition["Date"])
            continue
        days, storage_class = transition["Days"], transition["StorageClass"]
        if days < 0:
            raise InvalidArgument("'Days' for Transition action must be nonnegative", "Days", days)
        if days < _DAYS_MIN.get(storage_class, 0):
            raise InvalidArgument(
                f"'Days' in Transition action must be greater than or equal to {_DAYS_MIN[storage_class]} for "
                f"storageClass '{storage_class}'",
                "Days",
                days,
            )
        if days >= expiration.get("Days", days + 1):
            raise InvalidArgument(
                f"'Days' in the Expiration action for filter '{_described(rule)}' must be greater than 'Days' in the "
                "Transition action",
                "Days",
                expiration["Days"],
            )
    kinds = {kind for one in (*transitions, expiration) for kind in ("Days", "Date") if kind in one}
    if transitions and len(kinds) > 1:
        raise InvalidRequest(
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter "
            f"'{_described(rule)}'"
        )
    _check_order(rule, transitions, "Transition", "Days")


def _check_noncurrent(rule: Rule) -> None:
    expiration = rule.get("NoncurrentVersionExpiration")
    if expiration is not None:
        if "NoncurrentDays" not in expiration:
            raise MalformedXML
        _check_positive(expiration["NoncurrentDays"], "NoncurrentDays", "NoncurrentVersionExpiration action")
        _check_kept(expiration, "NoncurrentVersionExpiration")
    for transition in rule.get("NoncurrentVersionTransitions", ()):
        days, storage_class = transition.get("NoncurrentDays"), transition.get("StorageClass")
        if days is None or storage_class is None:
            raise MalformedXML
        _check_kept(transition, "NoncurrentVersionTransition")
        if days < _DAYS_MIN.get(storage_class, 0):
            raise InvalidArgument(
                "'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to "
                f"{_DAYS_MIN[storage_class]} for storageClass '{storage_class}'",
                "NoncurrentDays",
                days,
            )
        if expiration is not None and days >= expiration["NoncurrentDays"]:
            raise InvalidArgument(
                f"'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '{_described(rule)}' must be "
                "greater than 'NoncurrentDays' in the NoncurrentVersionTransition action",
                "NoncurrentDays",
                expiration["NoncurrentDays"],
            )
    _check_order(rule, rule.get("NoncurrentVersionTransitions", ()), "NoncurrentVersionTransition", "NoncurrentDays")


def _check_order(rule: Rule, transitions: Sequence[Rule], action: str, member: str) -> None:
    """That a rule moves objects down AWS's order of classes only, and lets them stay in each as long as it costs."""
    filter = f"filter '{_described(rule)}'"
    ordered = sorted(transitions, key=lambda one: STORAGE_CLASS_ORDER.index(one["StorageClass"]))
    for upper, lower in itertools.pairwise(ordered):
        if upper["StorageClass"] == lower["StorageClass"]:
            raise InvalidRequest(
                f"'StorageClass' must be different for '{action}' actions in same 'Rule' with {filter}"
            )
        if member not in lower:
            continue
        # Deviation: AWS's words are known for current versions and classes with a least stay; all others get the same.
        stay = _STAY_DAYS.get(upper["StorageClass"], 1)
        if lower[member] < upper[member] + stay:
            raise InvalidArgument(
                f"'{member}' in the '{action}' action for StorageClass '{lower['StorageClass']}' for {filter} must be "
                f"{stay} days more than '{filter}' in the '{action}' action for StorageClass '{upper['StorageClass']}'",
                member,
                lower[member],
            )


def _check_kept(action: Rule, name: str) -> None:
    """That an action keeps a number of newer versions that can be (API reference: up to 100)."""
    kept = action.get("NewerNoncurrentVersions")
    if kept is not None and not 1 <= kept <= _KEPT_MAX:
        # Deviation: the limit is documented, how more is refused is not.
        raise InvalidArgument(
            f"'NewerNoncurrentVersions' for {name} action must be between 1 and {_KEPT_MAX}",
            "NewerNoncurrentVersions",
            kept,
        )


def _check_abort(rule: Rule) -> None:
    abort = rule.get("AbortIncompleteMultipartUpload")
    if abort is None:
        return
    if predicates(rule)["Tags"]:
        raise InvalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.")
    if "DaysAfterInitiation" not in abort:
        raise MalformedXML
    _check_positive(abort["DaysAfterInitiation"], "DaysAfterInitiation", "AbortIncompleteMultipartUpload action")


def _check_positive(days: int, name: str, action: str) -> None:
    if days <= 0:
        raise InvalidArgument(f"'{name}' for {action} must be a positive integer", name, days)


def _check_midnight(date: float) -> None:
    if date % DAY_SECONDS:
        moment = datetime.fromtimestamp(date, timezone.utc)
        raise InvalidArgument("'Date' must be at midnight GMT", "Date", f"{moment:%Y-%m-%dT%H:%M:%S}.000Z")


def _described(rule: Rule) -> str:
    found = predicates(rule)
    parts = [f"prefix={found['Prefix']}"] if "Prefix" in found else []
    parts += [f"tag={tag['Key']}={tag['Value']}" for tag in found["Tags"]]
    return f"({', '.join(parts)})"
