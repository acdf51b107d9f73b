"""Objects on their way: a restore that goes on, a replica that is not made yet, where a test asks for more time.

Owns by which name ``aws.transitions`` knows a version, and which calls are looks at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket, S3Store
    from awsim.services.s3.object_version import ObjectVersion

PENDING = "PENDING"
#: The end of a restore of which only looks tell when it is: the year 9999, in epoch seconds.
NOT_YET = 253_402_300_799.0


def restore_arn(bucket: str, key: str, version_id: str) -> str:
    """What names a restore among those under way."""
    return f"restore:{bucket}/{key}?versionId={version_id}"


def replication_arn(bucket: str, key: str, version_id: str) -> str:
    """What names the replication of a version among those under way."""
    return f"replication:{bucket}/{key}?versionId={version_id}"


def look(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion) -> None:
    """Count a call that shows a version's state. Costs nothing where none can be under way."""
    if version.restored_at == NOT_YET:
        context.transitional_state(restore_arn(bucket.name, version.key, version.version_id), look=True)
    if version.replication_status == PENDING:
        context.transitional_state(replication_arn(bucket.name, version.key, version.version_id), look=True)
