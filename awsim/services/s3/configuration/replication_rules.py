"""Which replication rules S3 takes, and which of them an object follows.

Pure: rules by AWS's names and plain facts of an object in, rules out. Of buckets only
:func:`rules_for` knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.s3.errors import InvalidArgument, InvalidRequest, MalformedXML
from awsim.services.s3.object_encryption import KMS_ALGORITHMS

if TYPE_CHECKING:
    from awsim.services.s3.models import Bucket
    from awsim.services.s3.object_version import ObjectVersion

_RULES_MAX = 1_000
_ID_LENGTH_MAX = 255
#: AWS: the only time that can be asked for.
_MINUTES = 15
_KEY_ARN = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)/.+")
_REFER = "Please refer to S3 Developer Guide for more information."

Rule = Mapping[str, Any]


def check_rules(rules: Sequence[Rule]) -> None:
    """Raise MalformedXML, InvalidRequest or InvalidArgument for rules that S3 does not take."""
    if not rules or len(rules) > _RULES_MAX:
        raise MalformedXML
    for rule in rules:
        # AWS: a rule for the whole bucket has an empty filter, or by the first version of the schema an empty prefix.
        if len(rule.get("ID", "")) > _ID_LENGTH_MAX or ("Filter" in rule) == ("Prefix" in rule):
            raise MalformedXML
        # AWS: what this once said is no longer supported (API reference).
        if "ExistingObjectReplication" in rule:
            raise MalformedXML
        if "Filter" in rule:
            _check_second_version(rule)
        else:
            _check_first_version(rule)
        _check_encryption(rule)
        _check_time_control(rule["Destination"])
        _check_account(rule["Destination"])
        if not rule.get("ID", "").isascii():
            raise InvalidArgument("Rule ID must not contain non-ASCII characters.")
    if "Prefix" in rules[0] and len({rule["Destination"]["Bucket"] for rule in rules}) > 1:
        raise InvalidRequest("Number of distinct destination bucket ARNs cannot exceed 1")


def _check_first_version(rule: Rule) -> None:
    for member in ("DeleteMarkerReplication", "Priority"):
        if member in rule:
            raise InvalidRequest(
                f"{member} cannot be used for this version of Cross Region Replication configuration schema. {_REFER}"
            )
    if "ReplicationTime" in rule["Destination"]:
        raise InvalidRequest("ReplicationTime cannot be used for this version of the replication configuration schema")


def _check_second_version(rule: Rule) -> None:
    if len(rule["Filter"]) > 1:
        raise MalformedXML
    for member in ("DeleteMarkerReplication", "Priority"):
        if member not in rule:
            raise InvalidRequest(
                f"{member} must be specified for this version of Cross Region Replication configuration schema. "
                f"{_REFER}"
            )
    if _asks_for_tags(rule) and rule["DeleteMarkerReplication"].get("Status") == "Enabled":
        raise InvalidRequest(f"Delete marker replication is not supported if any Tag filter is specified. {_REFER}")


def _check_encryption(rule: Rule) -> None:
    """That a rule for objects encrypted with keys of KMS names the key for their replicas, and only such a rule."""
    encryption = rule["Destination"].get("EncryptionConfiguration")
    key = (encryption or {}).get("ReplicaKmsKeyID")
    if encryption is not None and "SseKmsEncryptedObjects" not in (rule.get("SourceSelectionCriteria") or {}):
        raise InvalidRequest("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.")
    if key is None and replicates_kms(rule):
        raise InvalidRequest("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")
    if key is not None and not _KEY_ARN.fullmatch(key):
        raise InvalidArgument("Invalid ReplicaKmsKeyID ARN.")


# Deviation: of what follows AWS documents code and reason (API reference, "List of replication-related error codes");
# the words are those of its list.
def _check_time_control(destination: Mapping[str, Any]) -> None:
    """That objects are to be replicated in 15 minutes or whenever, and that how long it takes is measured."""
    control, metrics = destination.get("ReplicationTime"), destination.get("Metrics")
    if control is None:
        return
    if metrics is None:
        raise InvalidRequest("Replication destination must contain both ReplicationTime and Metrics or neither.")
    if control["Time"].get("Minutes") != _MINUTES:
        raise InvalidArgument(f"Replication-ReplicationTimeValue-Minutes value must be {_MINUTES}.")
    if "EventThreshold" not in metrics:
        raise InvalidArgument("ReplicationMetrics must contain an EventThreshold.")
    if metrics["EventThreshold"].get("Minutes") != _MINUTES:
        raise InvalidArgument(f"EventThreshold-ReplicationTimeValue-Minutes value must be {_MINUTES}.")
    if control["Status"] != metrics["Status"]:
        raise InvalidRequest("ReplicationTime and ReplicationMetrics must have the same status.")


def _check_account(destination: Mapping[str, Any]) -> None:
    """That whoever is to own replicas is named. Whether that is whose bucket it is, is told elsewhere."""
    if "AccessControlTranslation" in destination and "Account" not in destination:
        raise InvalidRequest(
            "If the <Owner> in <AccessControlTranslation> has a value, the <Account> element must be specified."
        )
    if destination.get("Account") == "":
        raise InvalidArgument("The <Account> element is empty. It must contain a valid account ID.")


def matches(rule: Rule, key: str, tags: Mapping[str, str] | None) -> bool:
    """Whether a rule is for an object."""
    filter: Mapping[str, Any] = rule.get("Filter") or {}
    found = filter.get("And", filter)
    if not key.startswith(found.get("Prefix", rule.get("Prefix", ""))):
        return False
    return _has_tags(tags, _tags(found)) and not _excludes(found.get("Not"), key, tags)


def _excludes(filter: Mapping[str, Any] | None, key: str, tags: Mapping[str, str] | None) -> bool:
    """Whether a filter's Not is for an object: where it has any of the prefixes or tags."""
    if not filter:
        return False
    any_of = filter.get("Or", {})
    prefixes = [*any_of.get("Prefixes", ()), *([filter["Prefix"]] if "Prefix" in filter else ())]
    return any(key.startswith(prefix) for prefix in prefixes) or any(
        _has_tags(tags, [tag]) for tag in (*_tags(filter), *_tags(any_of))
    )


def _has_tags(tags: Mapping[str, str] | None, asked: Sequence[Mapping[str, str]]) -> bool:
    return all((tags or {}).get(tag["Key"]) == tag["Value"] for tag in asked)


def _tags(filter: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return filter.get("Tags") or ([filter["Tag"]] if "Tag" in filter else [])


def _asks_for_tags(rule: Rule) -> bool:
    """Whether a rule looks at tags, be it to let objects in or to keep them out."""
    filter: Mapping[str, Any] = rule.get("Filter") or {}
    found = filter.get("And", filter)
    excluded = found.get("Not") or {}
    return any(_tags(one) for one in (found, excluded, excluded.get("Or", {})))


def replicates_markers(rule: Rule) -> bool:
    """Whether a rule is for delete markers. AWS: rules of the first version, with a prefix, always are; rules that
    ask for tags never."""
    if "Filter" not in rule:
        return True
    return (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled" and not _asks_for_tags(rule)


def replicates_kms(rule: Rule) -> bool:
    """Whether a rule is for objects that are encrypted with keys of KMS."""
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"


def replicates_changes_of_replicas(rule: Rule) -> bool:
    """Whether a rule takes the changed tags, ACLs and locks of replicas back to where they came from."""
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("ReplicaModifications") or {}).get("Status") == "Enabled"


def rules_by_destination(
    rules: Sequence[Rule], key: str, tags: Mapping[str, str] | None, *, is_marker: bool, is_kms: bool
) -> dict[str, Rule]:
    """The rule that an object follows to each destination, by the destination's ARN: that of the highest priority."""
    chosen: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda rule: rule.get("Priority", 0)):
        if rule["Status"] != "Enabled" or not matches(rule, key, tags):
            continue
        if (is_marker and not replicates_markers(rule)) or (is_kms and not replicates_kms(rule)):
            continue
        chosen[rule["Destination"]["Bucket"]] = rule
    return chosen


def rules_for(bucket: Bucket, version: ObjectVersion) -> dict[str, Rule]:
    """The rules that a version follows in a bucket that replicates."""
    assert bucket.configuration.replication is not None
    return rules_by_destination(
        bucket.configuration.replication["Rules"],
        version.key,
        version.tags,
        is_marker=version.is_delete_marker,
        is_kms=version.encryption.algorithm in KMS_ALGORITHMS,
    )
