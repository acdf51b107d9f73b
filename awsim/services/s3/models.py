"""What S3 keeps for one partition, in which the names of buckets are everybody's: whoever has one has it alone."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from awsim.aws.regions import partition_of
from awsim.services.s3.configuration.model import BucketConfiguration
from awsim.services.s3.directory_zone import Session, Zone
from awsim.services.s3.multipart_upload import Uploads
from awsim.services.s3.object_encryption import AES256
from awsim.services.s3.object_index import ObjectIndex
from awsim.services.s3.object_version import NULL_VERSION
from awsim.stores import Scope, Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_ID_CHARACTERS = string.ascii_letters + string.digits + "._"
_VERSION_ID_LENGTH = 32
_UPLOAD_ID_LENGTH = 128


@attrs.define(eq=False)
class Bucket:
    """A general purpose bucket. ``account_id`` is the owner's; ``created_at`` in epoch seconds.

    ``location_constraint`` is what the creator asked for: None for the first region of the partition, or "EU".
    """

    name: str
    region: str
    account_id: str
    created_at: float
    location_constraint: str | None = None
    #: Of directory buckets: where they are.
    zone: Zone | None = None
    #: Of directory buckets: the renamings that were done, old and new key, by the token of their caller.
    renames: dict[str, list[str]] = attrs.Factory(dict)
    configuration: BucketConfiguration = attrs.Factory(BucketConfiguration)
    objects: ObjectIndex = attrs.Factory(ObjectIndex)
    uploads: Uploads = attrs.Factory(Uploads)

    def arn(self, partition: str) -> str:
        """The bucket's ARN."""
        if self.zone is not None:
            return f"arn:{partition}:s3express:{self.region}:{self.account_id}:bucket/{self.name}"
        return f"arn:{partition}:s3:::{self.name}"

    @property
    def is_versioned(self) -> bool:
        """Whether the bucket has, or once had, versions."""
        return self.configuration.versioning_status is not None

    @property
    def makes_versions(self) -> bool:
        """Whether what is written now becomes a version of its own."""
        return self.configuration.versioning_status == "Enabled"

    @property
    def default_encryption(self) -> tuple[str, str | None, bool]:
        """The algorithm, the KMS key and whether a bucket key is used, for objects whose writer asks for nothing."""
        configuration = self.configuration.encryption
        if not configuration:
            return AES256, None, False
        rule = configuration["Rules"][0]
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        return default.get("SSEAlgorithm", AES256), default.get("KMSMasterKeyID"), bool(rule.get("BucketKeyEnabled"))

    @property
    def blocks_customer_keys(self) -> bool:
        """Whether nothing may be written with a key of its writer's."""
        # Deviation: new buckets take such writes. Those of AWS do not since April 2026, until PutBucketEncryption
        # allows them (User Guide, "Blocking or unblocking SSE-C"), which few tests know of.
        rules = (self.configuration.encryption or {}).get("Rules") or [{}]
        return "SSE-C" in rules[0].get("BlockedEncryptionTypes", {}).get("EncryptionType", ())

    def new_version_id(self, context: RequestContext[Any]) -> str:
        """The id of what is written next."""
        if self.configuration.versioning_status != "Enabled":
            return NULL_VERSION
        return context.identifier("version", lambda: _random_id(context, _VERSION_ID_LENGTH))


def new_upload_id(context: RequestContext[Any]) -> str:
    """The id of a new multipart upload."""
    return context.identifier("upload", lambda: _random_id(context, _UPLOAD_ID_LENGTH))


def _random_id(context: RequestContext[Any], length: int) -> str:
    return "".join(context.random.choices(_ID_CHARACTERS, k=length))


@attrs.define
class S3Store(Store):
    """Buckets by name, and by access key the sessions in which directory buckets are used."""

    scope: ClassVar[Scope] = Scope.PARTITION

    buckets: dict[str, Bucket] = attrs.Factory(dict)
    sessions: dict[str, Session] = attrs.Factory(dict)

    def resources(self) -> Iterable[tuple[str, str]]:
        return (("bucket", bucket.arn(partition_of(bucket.region))) for bucket in self.buckets.values())
