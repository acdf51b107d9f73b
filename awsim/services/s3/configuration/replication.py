"""The replication of buckets: its configuration, and the replicas that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import ReplicationConfigurationNotFoundError
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.configuration.replication_rules import (
    Rule,
    check_rules,
    replicates_changes_of_replicas,
    rules_for,
)
from awsim.services.s3.configuration.schema import check_enumerations, plain
from awsim.services.s3.errors import InvalidArgument, InvalidRequest
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_encryption import KMS_ALGORITHMS
from awsim.services.s3.object_writing import lock_by_default

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket
    from awsim.services.s3.object_version import ObjectVersion

_REPLICA, _COMPLETED, _FAILED = "REPLICA", "COMPLETED", "FAILED"


# Deviation: AWS takes minutes to replicate; here a replica is there when the operation that wrote the object has
# answered.
# Deviation: the role of the configuration is not assumed, nor is a destination's policy looked at.
@aws_provider(api="s3")
class Replication(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    transitions = ("replication",)

    def put_bucket_replication(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        replication_configuration: Mapping[str, Any],
        # Deviation: no token is needed, nor looked at.
        token: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.versioning_status != "Enabled":
            raise InvalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
        check_enumerations(context)
        configuration = plain(replication_configuration)
        check_rules(configuration["Rules"])
        for rule in configuration["Rules"]:
            destination = _destination(context, rule["Destination"]["Bucket"])
            if destination is None or destination.configuration.versioning_status != "Enabled":
                raise InvalidRequest("Destination bucket must have versioning enabled.")
            if destination is found:
                raise InvalidRequest("Destination bucket cannot be the same as the source bucket.")
            if rule["Destination"].get("Account", destination.account_id) != destination.account_id:
                # Deviation: AWS's list of errors has the reason; its words are the list's.
                raise InvalidArgument(
                    "The AWS account specified in the <Account> element must match the destination bucket owner."
                )
            rule.setdefault("ID", context.new_uuid())
        found.configuration.replication = configuration

    def get_bucket_replication(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.replication is None:
            raise ReplicationConfigurationNotFoundError(found.name)
        return {"ReplicationConfiguration": found.configuration.replication}

    def delete_bucket_replication(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.replication = None

    def replicate_version(
        self, context: RequestContext[S3Store], *, bucket: str, key: str, version_id: str, is_new: bool = True
    ) -> None:
        """The task of one version that was written, or else whose tags, ACL or lock have changed."""
        found = context.store.buckets.get(bucket)
        version = found.objects.find(key, version_id) if found is not None else None
        if found is None or version is None or found.configuration.replication is None:
            return
        rules = rules_for(found, version).values()
        if version.replication_status == _REPLICA:
            for rule in filter(replicates_changes_of_replicas, rules):
                _renew(context, version, rule)
            return
        if not is_new:
            # AWS: what was there before its rule is not replicated, whatever is changed of it (User Guide, "What isn't
            # replicated with replication configurations?").
            for rule in rules:
                _renew(context, version, rule)
            return
        results = [_replicate(context, found, version, rule) for rule in rules]
        if results and not version.is_delete_marker:
            version.replication_status = _COMPLETED if all(results) else _FAILED


def _renew(context: RequestContext[S3Store], version: ObjectVersion, rule: Rule) -> bool:
    """Give the same version in a rule's destination what can be changed of a version; False where there is none."""
    destination = _destination(context, rule["Destination"]["Bucket"])
    same = destination.objects.find(version.key, version.version_id) if destination is not None else None
    if same is None:
        return False
    same.tags, same.grants = version.tags, version.grants
    same.lock_mode, same.retain_until, same.legal_hold = version.lock_mode, version.retain_until, version.legal_hold
    return True


def _replicate(context: RequestContext[S3Store], source: Bucket, version: ObjectVersion, rule: Rule) -> bool:
    """Make or renew a version's replica in a rule's destination; False where that cannot take it."""
    destination = _destination(context, rule["Destination"]["Bucket"])
    if destination is None or destination.configuration.versioning_status != "Enabled":
        return False
    if source.configuration.object_lock_enabled and not destination.configuration.object_lock_enabled:
        return False  # AWS: DstBucketObjectLockConfigMissing (User Guide, "Amazon S3 replication failure reasons").
    if _renew(context, version, rule):
        return True
    translated = "AccessControlTranslation" in rule["Destination"]
    owned = translated or destination.configuration.acls_disabled
    replica = attrs.evolve(
        version,
        replication_status=None if version.is_delete_marker else _REPLICA,
        storage_class=rule["Destination"].get("StorageClass", version.storage_class),
        account_id=destination.account_id if owned else version.account_id,
        encryption=_encryption(version, rule),
        annotations=dict(version.annotations) if version.annotations is not None else None,
    )
    if replica.lock_mode is None and not replica.is_delete_marker:
        # AWS: what has no retention of its own gets the destination's (User Guide, "What does Amazon S3 replicate?").
        lock_by_default(context, destination, replica)
    destination.objects.add(replica)
    # AWS: tells of replicas as of objects that were put.
    name = "ObjectRemoved:DeleteMarkerCreated" if replica.is_delete_marker else "ObjectCreated:Put"
    size, etag = (None, None) if replica.is_delete_marker else (replica.size, replica.etag)
    notify(context, destination, name, replica.key, version_id=replica.version_id, size=size, etag=etag)
    return True


def _encryption(version: ObjectVersion, rule: Rule) -> Any:
    key_id = (rule["Destination"].get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
    if key_id is None or version.encryption.algorithm not in KMS_ALGORITHMS:
        return version.encryption
    return attrs.evolve(version.encryption, kms_key_id=key_id)


def _destination(context: RequestContext[S3Store], arn: str) -> Bucket | None:
    return context.store.buckets.get(arn.rpartition(":")[2])
