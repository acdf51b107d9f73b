"""The errors of S3, most of which botocore's model lacks.

Owns codes and statuses, and AWS's message and extra elements where those never vary. What varies belongs to whoever
raises: further elements are given as ``members``, by the names they have in the error's XML.
"""

from __future__ import annotations

from typing import Any

from awsim.errors import ModeledException


class S3Error(ModeledException):
    """Base: the code is the class's name and the message the class's own, unless they say otherwise."""

    status_code = 400
    sender_fault = True
    default_message = ""

    def __init_subclass__(cls) -> None:
        cls.code = cls.__dict__.get("code", cls.__name__)

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message or self.default_message, **members)


# Buckets


class NoSuchBucket(S3Error):
    status_code = 404
    default_message = "The specified bucket does not exist"

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class NoSuchAccessPoint(S3Error):
    status_code = 404
    default_message = "The specified accesspoint does not exist"


class BucketAlreadyExists(S3Error):
    status_code = 409
    default_message = (
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
        "Please select a different name and try again."
    )

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class BucketAlreadyOwnedByYou(S3Error):
    status_code = 409
    default_message = "Your previous request to create the named bucket succeeded and you already own it."

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class BucketNotEmpty(S3Error):
    status_code = 409
    default_message = "The bucket you tried to delete is not empty"

    def __init__(self, bucket: str, message: str = "") -> None:
        super().__init__(message, BucketName=bucket)


class BucketHasAccessPointsAttached(S3Error):
    default_message = (
        "The bucket you tried to delete has access points attached. Delete your access points before deleting your "
        "bucket."
    )

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class InvalidBucketName(S3Error):
    default_message = "The specified bucket is not valid."

    def __init__(self, bucket: str) -> None:
        super().__init__(BucketName=bucket)


class InvalidBucketAclWithBlockPublicAccessError(S3Error):
    default_message = "Bucket cannot have public ACLs set with BlockPublicAccess enabled"


class InvalidLocationConstraint(S3Error):
    default_message = "The specified location-constraint is not valid"


class IllegalLocationConstraintException(S3Error):
    pass


class PermanentRedirect(S3Error):
    """``status_code`` 301: botocore reads the bucket's region from the header that the model gives this answer."""

    status_code = 301
    default_message = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
        "future requests to this endpoint."
    )


class AuthorizationHeaderMalformed(S3Error):
    """``fault`` says what is wrong with it."""

    def __init__(self, fault: str, **members: Any) -> None:
        super().__init__(f"The authorization header is malformed; {fault}", **members)


class InvalidBucketOwnerAWSAccountID(S3Error):
    pass


class InvalidBucketState(S3Error):
    status_code = 409


class IllegalVersioningConfigurationException(S3Error):
    pass


# Access


class AccessDenied(S3Error):
    status_code = 403
    default_message = "Access Denied"


class AuthorizationQueryParametersError(S3Error):
    pass


class AccessControlListNotSupported(S3Error):
    default_message = "The bucket does not allow ACLs"


class InvalidPolicyDocument(S3Error):
    """The policy of a form, not a bucket's."""


class MalformedPOSTRequest(S3Error):
    default_message = "The body of your POST request is not well-formed multipart/form-data."


class MaxPostPreDataLengthExceededError(S3Error):
    default_message = "Your POST request fields preceding the upload file were too large."


class ExpiredToken(S3Error):
    default_message = "The provided token has expired."


class InvalidAccessKeyId(S3Error):
    status_code = 403
    default_message = "The AWS Access Key Id you provided does not exist in our records."


class SignatureDoesNotMatch(S3Error):
    status_code = 403
    default_message = (
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method."
    )


# Objects


class NoSuchKey(S3Error):
    status_code = 404
    default_message = "The specified key does not exist."

    def __init__(self, key: str, **members: Any) -> None:
        super().__init__(Key=key, **members)


class NoSuchVersion(S3Error):
    status_code = 404
    default_message = "The specified version does not exist."

    def __init__(self, key: str, version_id: str) -> None:
        super().__init__(Key=key, VersionId=version_id)


class MethodNotAllowed(S3Error):
    status_code = 405
    default_message = "The specified method is not allowed against this resource."


class NotModified(S3Error):
    code = "304"
    status_code = 304
    default_message = "Not Modified"


class PreconditionFailed(S3Error):
    status_code = 412
    default_message = "At least one of the pre-conditions you specified did not hold"

    def __init__(self, condition: str) -> None:
        super().__init__(Condition=condition)


class ConditionalRequestConflict(S3Error):
    status_code = 409
    default_message = "The conditional request cannot succeed due to a conflicting operation against this resource."

    def __init__(self, condition: str, key: str) -> None:
        super().__init__(Condition=condition, Key=key)


class InvalidRange(S3Error):
    status_code = 416
    default_message = "The requested range is not satisfiable"


class InvalidPartNumber(S3Error):
    status_code = 416
    default_message = "The requested partnumber is not satisfiable"


class KeyTooLongError(S3Error):
    default_message = "Your key is too long"


class MetadataTooLarge(S3Error):
    default_message = "Your metadata headers exceed the maximum allowed metadata size"


class InvalidObjectState(S3Error):
    status_code = 403
    shape_name = "InvalidObjectState"
    default_message = "The operation is not valid for the object's storage class"


class ObjectNotInActiveTierError(S3Error):
    status_code = 403
    shape_name = "ObjectNotInActiveTierError"
    default_message = (
        "The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier."
    )


class RestoreAlreadyInProgress(S3Error):
    status_code = 409
    default_message = "Object restore is already in progress"


class InvalidRedirectLocation(S3Error):
    default_message = "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."


class InvalidStorageClass(S3Error):
    default_message = "The storage class you specified is not valid"


class InvalidWriteOffset(S3Error):
    default_message = "The write offset value that you specified does not match the current object size."


class IdempotencyParameterMismatch(S3Error):
    default_message = (
        "Parameters on this idempotent request are inconsistent with parameters used in previous request(s)."
    )


class EntityTooLarge(S3Error):
    default_message = "Your proposed upload exceeds the maximum allowed size"


class NoSuchObjectLockConfiguration(S3Error):
    status_code = 404
    default_message = "The specified object does not have a ObjectLock configuration"


class InvalidTag(S3Error):
    pass


class BadDigest(S3Error):
    pass


class XAmzContentSHA256Mismatch(S3Error):
    default_message = "The provided 'x-amz-content-sha256' header does not match what was computed."


class MissingContentLength(S3Error):
    status_code = 411
    default_message = "You must provide the Content-Length HTTP header."


class BadRequest(S3Error):
    pass


# Annotations


class NoSuchAnnotation(S3Error):
    status_code = 404
    default_message = "The specified annotation does not exist on this object."


class InvalidAnnotationName(S3Error):
    default_message = "The annotation name you provided is invalid."


class AnnotationNameTooLong(S3Error):
    default_message = "The annotation name exceeds 512 bytes."


class AnnotationLimitExceeded(S3Error):
    default_message = "The request would exceed the maximum number of annotations allowed per object."


class UnsupportedMediaType(S3Error):
    status_code = 415
    default_message = "The annotation payload is not valid UTF-8 encoded text."


# Multipart uploads


class NoSuchUpload(S3Error):
    status_code = 404
    default_message = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed."
    )

    def __init__(self, upload_id: str) -> None:
        super().__init__(UploadId=upload_id)


class InvalidPart(S3Error):
    default_message = (
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
        "entity tag may not match the part's entity tag."
    )


class InvalidPartOrder(S3Error):
    default_message = "The list of parts was not in ascending order. Parts must be ordered by part number."


class EntityTooSmall(S3Error):
    default_message = "Your proposed upload is smaller than the minimum allowed size"


# What is wrong with a request


class InvalidRequest(S3Error):
    pass


class InvalidArgument(S3Error):
    """``ArgumentName`` and ``ArgumentValue`` say which argument and what it was."""

    def __init__(self, message: str, name: str | None = None, value: object = None, **members: Any) -> None:
        super().__init__(message, ArgumentName=name, ArgumentValue=value, **members)


class InvalidEncryptionAlgorithmError(S3Error):
    pass


class MalformedXML(S3Error):
    default_message = "The XML you provided was not well-formed or did not validate against our published schema"


class MissingRequestBodyError(S3Error):
    default_message = "Request Body is empty"


class InvalidURI(S3Error):
    default_message = "Couldn't parse the specified URI."


class NotImplementedHeader(S3Error):
    """A header that S3 takes elsewhere, or with other values."""

    code = "NotImplemented"
    status_code = 501
    sender_fault = False
    default_message = "A header you provided implies functionality that is not implemented"


class UnsupportedByBucket(S3Error):
    """What another kind of bucket can."""

    code = "NotImplemented"
    status_code = 501
    sender_fault = False


class ValidationError(S3Error):
    pass


class KmsError(S3Error):
    """What KMS refuses S3: S3 passes on its words, and its code after ``KMS.``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = f"KMS.{code}"
