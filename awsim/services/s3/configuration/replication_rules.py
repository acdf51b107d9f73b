"""Which replication rules S3 takes, and which of them an object follows.

Pure: rules by AWS's names and plain facts of an object in, rules out. Of buckets only
:func:`rules_for` knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.s3.errors import InvalidRequest, MalformedXML
from awsim.services.s3.object_encryption import KMS_ALGORITHMS

if TYPE_CHECKING:
    from awsim.services.s3.models import Bucket
    from awsim.services.s3.object_version import ObjectVersion

_RULES_MAX = 1_000
_ID_LENGTH_MAX = 255

Rule = Mapping[str, Any]


def check_rules(rules: Sequence[Rule]) -> None:
    """Raise MalformedXML or InvalidRequest for rules that S3 does not take."""
    if not rules or len(rules) > _RULES_MAX:
        raise MalformedXML
    for rule in rules:
        # AWS: a rule for the whole bucket has an empty filter, or by the first version of the schema an empty prefix.
        if len(rule.get("ID", "")) > _ID_LENGTH_MAX or ("Filter" in rule) == ("Prefix" in rule):
            raise MalformedXML
        if "Filter" in rule:
            for member in ("DeleteMarkerReplication", "Priority"):
                if member not in rule:
                    raise InvalidRequest(
                        f"{member} must be specified for this version of Cross Region Replication configuration "
                        "schema. Please refer to S3 Developer Guide for more information."
                    )


def matches(rule: Rule, key: str, tags: Mapping[str, str] | None) -> bool:
    """Whether a rule is for an object."""
    filter: Mapping[str, Any] = rule.get("Filter") or {}
    found = filter.get("And", filter)
    if not key.startswith(found.get("Prefix", rule.get("Prefix", ""))):
        return False
    return all((tags or {}).get(tag["Key"]) == tag["Value"] for tag in filter_tags(rule))


def filter_tags(rule: Rule) -> list[Mapping[str, str]]:
    """The tags that a rule asks for."""
    filter: Mapping[str, Any] = rule.get("Filter") or {}
    tags: list[Mapping[str, str]] = filter.get("And", filter).get("Tags") or []
    return tags or ([filter["Tag"]] if "Tag" in filter else [])


def replicates_markers(rule: Rule) -> bool:
    """Whether a rule is for delete markers. AWS: rules of the first version, with a prefix, always are; rules that
    ask for tags never."""
    if "Filter" not in rule:
        return True
    return (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled" and not filter_tags(rule)


def replicates_kms(rule: Rule) -> bool:
    """Whether a rule is for objects that are encrypted with keys of KMS."""
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"


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
