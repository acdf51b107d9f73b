"""The errors of bucket configurations: of those that are absent, and of those that S3 does not take."""

from __future__ import annotations

from awsim.services.s3.errors import S3Error


class AbsentConfiguration(S3Error):
    """Base: a bucket does not have what was asked for."""

    status_code = 404

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class NoSuchTagSet(AbsentConfiguration):
    default_message = "The TagSet does not exist"


class NoSuchCORSConfiguration(AbsentConfiguration):
    default_message = "The CORS configuration does not exist"


class NoSuchWebsiteConfiguration(AbsentConfiguration):
    default_message = "The specified bucket does not have a website configuration"


class NoSuchLifecycleConfiguration(AbsentConfiguration):
    default_message = "The lifecycle configuration does not exist"


class NoSuchBucketPolicy(AbsentConfiguration):
    default_message = "The bucket policy does not exist"


class NoSuchPublicAccessBlockConfiguration(AbsentConfiguration):
    default_message = "The public access block configuration was not found"


class OwnershipControlsNotFoundError(AbsentConfiguration):
    default_message = "The bucket ownership controls were not found"


class ObjectLockConfigurationNotFoundError(AbsentConfiguration):
    default_message = "Object Lock configuration does not exist for this bucket"


class ReplicationConfigurationNotFoundError(AbsentConfiguration):
    default_message = "The replication configuration was not found"


class MetadataConfigurationNotFound(AbsentConfiguration):
    default_message = "The metadata configuration does not exist"


class NoSuchConfiguration(S3Error):
    """An analytics, inventory, metrics or Intelligent-Tiering configuration of an id that the bucket does not have."""

    status_code = 404
    default_message = "The specified configuration does not exist."


class MalformedPolicy(S3Error):
    pass


class InvalidTargetBucketForLogging(S3Error):
    default_message = "The target bucket for logging does not exist"

    def __init__(self, target_bucket: str, message: str = "") -> None:
        super().__init__(message, TargetBucket=target_bucket)


class CrossLocationLoggingProhibitted(S3Error):
    """AWS: spelled so."""

    status_code = 403
    default_message = "Cross S3 location logging not allowed. "


class InvalidBucketAclWithObjectOwnership(S3Error):
    default_message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"


class MissingSecurityHeader(S3Error):
    default_message = "Your request was missing a required header"

    def __init__(self, header: str) -> None:
        super().__init__(MissingHeaderName=header)


class UnexpectedContent(S3Error):
    default_message = "This request does not support content"


class TooManyConfigurations(S3Error):
    default_message = (
        "You are attempting to create a new configuration but have already reached the 1,000-configuration limit."
    )


class MetadataConfigurationAlreadyExists(S3Error):
    status_code = 409
    code = "InvalidBucketState"
    default_message = "A metadata configuration already exists for this bucket"
